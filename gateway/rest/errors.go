package rest

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// failed answers the error of a call: one of gRPC, or that of a body that could not be read.
func (h *Handler) failed(ctx context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, err error) {
	method, _ := runtime.RPCMethod(ctx)
	if why := refusalOf(r); why != nil {
		h.refuse(w, r, method, why)
		return
	}
	_ = adoptRequestID(ctx, w, nil) // it never fails
	err = numbered(inCamelCase(documented(err)), w.Header().Get(requestIDHeader))
	answerError(w, httpStatus(err), err)
}

// misrouted answers what grpc-gateway's own routing does not match though ours did.
func (h *Handler) misrouted(_ context.Context, _ *runtime.ServeMux, _ runtime.Marshaler, w http.ResponseWriter, r *http.Request, _ int) {
	h.refuse(w, r, "", notFound())
}

// brokenOff is the last line of a stream that failed on its way.
func brokenOff(_ context.Context, err error) *status.Status {
	return status.Convert(documented(err))
}

// documented gives an error that carries no reason of ours one. It comes from the
// connection or from grpc-gateway itself; its words may repeat what was sent.
func documented(err error) error {
	if failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED {
		return err
	}
	switch code := status.Code(err); code {
	case codes.InvalidArgument:
		return invalidRequest("a parameter could not be understood: /docs lists what the operation takes")
	case codes.Canceled:
		return failure.New(code, lhcrv1.ErrorReason_ERROR_REASON_CANCELLED, "the caller gave up")
	case codes.DeadlineExceeded:
		return failure.New(code, lhcrv1.ErrorReason_ERROR_REASON_DEADLINE_EXCEEDED, "the call's deadline passed")
	case codes.Unavailable:
		return failure.New(code, lhcrv1.ErrorReason_ERROR_REASON_SHUTTING_DOWN, "the gateway is shutting down or overloaded: try again")
	case codes.ResourceExhausted:
		return failure.New(code, lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE, "the answer is larger than one message carries: use /v1/record:stream")
	case codes.Unimplemented:
		return failure.New(code, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED, "this gateway does not do this")
	}
	return failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault of the gateway: quote the request id to its support")
}

// numbered adds the request id to an error that has none, for the caller to quote.
func numbered(err error, id string) error {
	s := status.Convert(err)
	for _, d := range s.Details() {
		if _, ok := d.(*errdetails.RequestInfo); ok {
			return err
		}
	}
	with, failed := s.WithDetails(&errdetails.RequestInfo{RequestId: id})
	if failed != nil {
		return err
	}
	return with.Err()
}

// httpStatus is the usual one for the code, but for an answer that is too large:
// 429 would have it asked for again.
func httpStatus(err error) int {
	if failure.Reason(err) == lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE {
		return http.StatusUnprocessableEntity
	}
	return runtime.HTTPStatusFromCode(status.Code(err))
}

// answerError writes an error as a google.rpc.Status.
func answerError(w http.ResponseWriter, httpStatus int, err error) {
	s := status.Convert(err)
	body, marshalErr := newCodec().Marshal(s.Proto())
	if marshalErr != nil { // a detail of a type that is not linked in
		body = []byte(`{"code":13,"message":"a fault of the gateway: quote the request id to its support","details":[]}`)
		httpStatus = http.StatusInternalServerError
	}
	if httpStatus == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	if after, ok := retryAfter(s); ok {
		w.Header().Set("Retry-After", strconv.FormatInt(after, 10))
	}
	w.Header().Set("Content-Type", mediaJSON)
	w.WriteHeader(httpStatus)
	_, _ = w.Write(body) // a caller who has gone is no fault
}

// retryAfter is in whole seconds, rounded up.
func retryAfter(s *status.Status) (int64, bool) {
	for _, d := range s.Details() {
		if info, ok := d.(*errdetails.RetryInfo); ok {
			return int64(math.Ceil(info.GetRetryDelay().AsDuration().Seconds())), info.GetRetryDelay().AsDuration() > -time.Second
		}
	}
	return 0, false
}
