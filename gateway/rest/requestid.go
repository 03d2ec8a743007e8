package rest

import (
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/google/uuid"
	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/proto"
)

const requestIDHeader = "X-Request-Id"

// uuidForm is the only form of id that is taken from outside: ids are logged, and
// anything freer could carry an identifier of a patient.
var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// requestID is the id that the caller sent, when it is a UUID, in lower case as gRPC
// answers it, or a new one.
func requestID(r *http.Request, random io.Reader) string {
	if id := r.Header.Get(requestIDHeader); uuidForm.MatchString(id) {
		return strings.ToLower(id)
	}
	id, err := uuid.NewRandomFromReader(random)
	if err != nil {
		return uuid.Nil.String() // without chance there is no id; the call itself needs none
	}
	return id.String()
}

// adoptRequestID shows the id under which gRPC answered.
func adoptRequestID(ctx context.Context, w http.ResponseWriter, _ proto.Message) error {
	md, _ := runtime.ServerMetadataFromContext(ctx)
	if ids := md.HeaderMD.Get("x-request-id"); len(ids) > 0 && uuidForm.MatchString(ids[0]) {
		w.Header().Set(requestIDHeader, ids[0])
	}
	return nil
}
