package edge

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// RequestIDKey is the key of the request id in the metadata of calls and answers.
const RequestIDKey = "x-request-id"

// isUUID says whether an id has the only form that is taken from a caller: ids are
// logged and passed on to regions, and anything freer could carry an identifier of a
// patient.
func isUUID(id string) bool {
	if len(id) != 36 {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return false
			}
		}
	}
	return true
}

// numbered gives the call its id and tells the caller of it.
func (e *Edge) numbered(ctx context.Context, c *call) error {
	c.id = e.requestID(ctx)
	// It fails only when headers are out already, which no stage before this does.
	_ = grpc.SetHeader(ctx, metadata.Pairs(RequestIDKey, c.id))
	return c.next(ctx)
}

// requestID is the caller's id of the call, when it is a UUID, or a new one.
func (e *Edge) requestID(ctx context.Context) string {
	if ids := metadata.ValueFromIncomingContext(ctx, RequestIDKey); len(ids) == 1 && isUUID(ids[0]) {
		return strings.ToLower(ids[0])
	}
	id, err := uuid.NewRandomFromReader(e.options.Random)
	if err != nil {
		panic("no request id can be made") // without chance nothing of TLS works either
	}
	return id.String()
}

// numberedError adds the request id to an error, for the caller to quote.
func (e *Edge) numberedError(c *call, err error) error {
	s := status.Convert(shape(c, err))
	if c.id == "" {
		return s.Err()
	}
	with, err := s.WithDetails(&errdetails.RequestInfo{RequestId: c.id})
	if err != nil {
		return s.Err()
	}
	return with.Err()
}
