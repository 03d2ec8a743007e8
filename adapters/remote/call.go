package remote

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// call makes one call. A status that the adapter sent passes through; one that grpc made of
// a failure on the way keeps its code, and its words, which name addresses, are replaced.
func call[Req, Res any](ctx context.Context, req *Req, method func(context.Context, *Req, ...grpc.CallOption) (*Res, error)) (*Res, error) {
	var header, trailer metadata.MD
	res, err := method(ctx, req, grpc.Header(&header), grpc.Trailer(&trailer),
		grpc.MaxCallRecvMsgSize(adapters.MaxMessageBytes), grpc.MaxCallSendMsgSize(adapters.MaxMessageBytes))
	if err == nil {
		return res, nil
	}
	if len(header) == 0 && len(trailer) == 0 { // nothing came back: grpc's own words
		return nil, onTheWay(status.Code(err))
	}
	return nil, err
}

func onTheWay(code codes.Code) error {
	switch code {
	case codes.DeadlineExceeded:
		return status.Error(code, "the adapter did not answer in time")
	case codes.Canceled:
		return status.Error(code, "the call was cancelled")
	case codes.ResourceExhausted:
		return status.Error(codes.DataLoss, "the adapter's answer is larger than is taken")
	default:
		return status.Error(codes.Unavailable, "the adapter could not be reached")
	}
}
