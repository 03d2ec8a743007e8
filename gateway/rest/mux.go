package rest

import (
	"context"
	"net/http"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	restv1 "github.com/openlhcr/openlhcr/gen/go/rest/lhcr/v1"
	"google.golang.org/grpc"
)

// gateway makes the handler of the contract's routes.
func (h *Handler) gateway(conn *grpc.ClientConn) (http.Handler, error) {
	mux := runtime.NewServeMux(
		runtime.WithMarshalerOption(runtime.MIMEWildcard, newCodec()),
		runtime.WithIncomingHeaderMatcher(incoming),
		runtime.WithOutgoingHeaderMatcher(none),
		runtime.WithOutgoingTrailerMatcher(none),
		runtime.WithForwardResponseOption(adoptRequestID),
		runtime.WithErrorHandler(h.failed),
		runtime.WithStreamErrorHandler(brokenOff),
		runtime.WithRoutingErrorHandler(h.misrouted),
		runtime.WithDisablePathLengthFallback(),
		runtime.WithDisableHTTPMethodOverride(),
		runtime.WithDisableChunkedEncoding(), // net/http does it, and only where it may
	)
	ctx := context.Background() // registering starts nothing that would end with it
	for _, register := range []func() error{
		func() error {
			return restv1.RegisterRecordServiceHandlerClient(ctx, mux, prompt{lhcrv1.NewRecordServiceClient(conn)})
		},
		func() error { return restv1.RegisterRegionServiceHandler(ctx, mux, conn) },
		func() error { return restv1.RegisterServerServiceHandler(ctx, mux, conn) },
	} {
		if err := register(); err != nil {
			return nil, err
		}
	}
	return mux, nil
}

// incoming lets the request id through; grpc-gateway itself passes the
// authorization on, and forward drops everything else that it adds.
func incoming(header string) (string, bool) {
	return "x-request-id", header == requestIDHeader
}

// none keeps gRPC's own headers and trailers from leaving as headers of HTTP.
func none(string) (string, bool) { return "", false }
