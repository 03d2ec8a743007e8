package sdk

import (
	"context"
	"regexp"

	"google.golang.org/grpc/metadata"
)

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// WithRequestID names the calls of this context by an id of your own, so that your
// logs and the gateway's tell of the same call. It must be a UUID, made anew for each
// call: anything else is passed over, since an id goes into logs and to regions, and
// a freer one could carry an identifier of a patient.
func WithRequestID(ctx context.Context, uuid string) context.Context {
	if !uuidForm.MatchString(uuid) {
		return ctx
	}
	return metadata.AppendToOutgoingContext(ctx, requestIDHeader, uuid)
}
