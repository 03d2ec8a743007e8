package rest

import (
	"context"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// maxAnswerBytes is above the 4 MiB that the gateway lets one answer have, so that
// its own refusal, which names StreamRecord, is what a caller meets.
const maxAnswerBytes = 16 << 20

// dial makes the client of the connection in memory.
func dial(open func(context.Context) (net.Conn, error)) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///memory",
		grpc.WithTransportCredentials(insecure.NewCredentials()), // it never leaves the process
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return open(ctx) }),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
		grpc.WithUnaryInterceptor(forwardUnary),
		grpc.WithStreamInterceptor(forwardStream),
	)
}

// forwarded are the headers that go on to gRPC, in the form of metadata keys.
func forwarded() []string { return []string{"authorization", "x-request-id"} }

// forward drops every other header: grpc-gateway adds the caller's address and
// host, and nothing may come in beside what the contract names.
func forward(ctx context.Context) context.Context {
	had, _ := metadata.FromOutgoingContext(ctx)
	kept := metadata.MD{}
	for _, key := range forwarded() {
		if values := had.Get(key); len(values) > 0 {
			kept.Set(key, values...)
		}
	}
	return metadata.NewOutgoingContext(ctx, kept)
}

func forwardUnary(ctx context.Context, method string, req, reply any, cc *grpc.ClientConn, invoke grpc.UnaryInvoker, opts ...grpc.CallOption) error {
	return invoke(forward(ctx), method, req, reply, cc, opts...)
}

func forwardStream(ctx context.Context, desc *grpc.StreamDesc, cc *grpc.ClientConn, method string, stream grpc.Streamer, opts ...grpc.CallOption) (grpc.ClientStream, error) {
	return stream(forward(ctx), desc, cc, method, opts...)
}
