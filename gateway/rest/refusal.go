package rest

import (
	"fmt"
	"net/http"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// refusal is why a request goes no further, before it reached gRPC.
type refusal struct {
	status int
	err    error
	allow  string
}

// refuse answers a refusal and tells of it.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, method string, why *refusal) {
	if why.allow != "" {
		w.Header().Set("Allow", why.allow)
	}
	if h.opts.Refused != nil {
		h.opts.Refused(Refusal{
			RequestID: r.Header.Get(requestIDHeader), Method: method,
			Code: status.Code(why.err), Reason: failure.Reason(why.err),
		})
	}
	answerError(w, why.status, numbered(why.err, r.Header.Get(requestIDHeader)))
}

func invalid(message string) *refusal {
	return &refusal{status: http.StatusBadRequest, err: invalidRequest(message)}
}

func invalidRequest(message string) error {
	return failure.New(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, message)
}

func notFound() *refusal {
	return &refusal{status: http.StatusNotFound, err: failure.New(codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED,
		"nothing answers at this path: /docs lists the operations and their paths")}
}

func methodNotAllowed(allow string) *refusal {
	return &refusal{status: http.StatusMethodNotAllowed, allow: allow, err: failure.New(codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED,
		"this path answers "+allow+" only")}
}

func bodyTooLarge(limit int64) *refusal {
	return &refusal{status: http.StatusRequestEntityTooLarge, err: invalidRequest(fmt.Sprintf("the body is larger than the %d bytes that are taken", limit))}
}

func wrongMediaType() *refusal {
	return &refusal{status: http.StatusUnsupportedMediaType, err: invalidRequest(
		"the body must be JSON in UTF-8, not compressed: send content-type: application/json and no content-encoding")}
}
