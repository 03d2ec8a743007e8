package rest

import (
	"context"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
)

// prompt is a client whose streams have their first message when they are handed
// out. A stream that fails before it is then an error like any other, with its own
// HTTP status, and not a line in an answer that began with 200.
type prompt struct {
	lhcrv1.RecordServiceClient
}

var _ lhcrv1.RecordServiceClient = prompt{}

// StreamRecord opens a stream and waits for its first message.
func (p prompt) StreamRecord(ctx context.Context, in *lhcrv1.StreamRecordRequest, opts ...grpc.CallOption) (grpc.ServerStreamingClient[lhcrv1.StreamRecordResponse], error) {
	stream, err := p.RecordServiceClient.StreamRecord(ctx, in, opts...)
	return begun(stream, err)
}

// GetDocument opens a stream and waits for its first message.
func (p prompt) GetDocument(ctx context.Context, in *lhcrv1.GetDocumentRequest, opts ...grpc.CallOption) (grpc.ServerStreamingClient[lhcrv1.GetDocumentResponse], error) {
	stream, err := p.RecordServiceClient.GetDocument(ctx, in, opts...)
	return begun(stream, err)
}

func begun[Res any](stream grpc.ServerStreamingClient[Res], err error) (grpc.ServerStreamingClient[Res], error) {
	if err != nil {
		return nil, err
	}
	first, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	return &replay[Res]{ServerStreamingClient: stream, first: first}, nil
}

// replay gives the message that was received ahead first.
type replay[Res any] struct {
	grpc.ServerStreamingClient[Res]
	first *Res
}

// Recv is the next message.
func (r *replay[Res]) Recv() (*Res, error) {
	if first := r.first; first != nil {
		r.first = nil
		return first, nil
	}
	return r.ServerStreamingClient.Recv()
}
