package sdktest

import (
	"context"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// unary is what every call meets that has one request and one answer.
func (g *Gateway) unary(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	message, _ := request.(proto.Message)
	if err := g.admit(ctx, info.FullMethod, message); err != nil {
		return nil, err
	}
	return handle(ctx, request)
}

// stream is what every call meets whose answer is a stream. Its one request is seen
// when the handler reads it.
func (g *Gateway) stream(server any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
	return handle(server, &admitted{stream, g, info.FullMethod})
}

// admitted is a stream whose request is admitted as it is read.
type admitted struct {
	grpc.ServerStream
	gateway *Gateway
	method  string
}

// RecvMsg reads the request.
func (a *admitted) RecvMsg(request any) error {
	if err := a.ServerStream.RecvMsg(request); err != nil {
		return err
	}
	message, _ := request.(proto.Message)
	return a.gateway.admit(a.Context(), a.method, message)
}

// admit notes a call, and refuses it as a gateway would and as the test says.
func (g *Gateway) admit(ctx context.Context, method string, request proto.Message) error {
	token := bearer(ctx)
	g.mu.Lock()
	g.calls = append(g.calls, Call{Method: method, Token: token, Request: proto.Clone(request)})
	g.mu.Unlock()
	_ = grpc.SetHeader(ctx, metadata.Pairs("x-request-id", requestID()))
	if strings.HasPrefix(method, "/"+lhcrv1.ServerService_ServiceDesc.ServiceName+"/") {
		return nil
	}
	if token == "" {
		return refuse(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING, `no token came: send "authorization: Bearer …"`)
	}
	return g.interfere(ctx)
}

func bearer(ctx context.Context) string {
	values := metadata.ValueFromIncomingContext(ctx, "authorization")
	if len(values) != 1 {
		return ""
	}
	token, _ := strings.CutPrefix(values[0], "Bearer ")
	return token
}
