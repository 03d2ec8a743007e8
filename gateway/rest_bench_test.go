package gateway_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	restv1 "github.com/openlhcr/openlhcr/gen/go/rest/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/encoding/protojson"
)

// BenchmarkRESTLookup compares a warm GetRecord over REST with grpc-gateway as it
// comes, before a bare handler that answers the same message.
func BenchmarkRESTLookup(b *testing.B) {
	h := prepare(b, warmRegionsOf()...).quiet(b).open(b)
	answer := h.warm(b)
	floor := bareGateway(b, h, answer)
	comparePairs(b, 128, h.posting(b, floor), h.posting(b, "https://"+h.RESTAddr().String()))
}

// bareGateway serves the answer's JSON with nothing but grpc-gateway before
// grpc-go, over the same TLS, and gives its address.
func bareGateway(b *testing.B, h *house, answer []byte) string {
	b.Helper()
	memory := bufconn.Listen(1 << 20)
	server := bareServer(func(context.Context) []byte { return answer })
	go func() { _ = server.Serve(memory) }()
	b.Cleanup(server.Stop)
	conn, err := grpc.NewClient("passthrough:///memory", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return memory.DialContext(ctx) }))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	mux := runtime.NewServeMux(runtime.WithMarshalerOption(runtime.MIMEWildcard, &runtime.JSONPb{
		MarshalOptions: protojson.MarshalOptions{EmitUnpopulated: true},
	}))
	if err := restv1.RegisterRecordServiceHandlerClient(b.Context(), mux, lhcrv1.NewRecordServiceClient(conn)); err != nil {
		b.Fatal(err)
	}
	web := httptest.NewUnstartedServer(mux)
	web.TLS = h.serverTLS(b)
	web.EnableHTTP2 = true
	web.StartTLS()
	b.Cleanup(web.Close)
	return web.URL
}

// posting makes the calls of one side over REST, and reads each answer to its end.
func (h *house) posting(b *testing.B, url string) side {
	b.Helper()
	body, err := protojson.Marshal(asking(warmSections...))
	if err != nil {
		b.Fatal(err)
	}
	clients := make([]*http.Client, pairConns)
	for i := range clients {
		clients[i] = h.web(b, h.clientTLS(b, h.ca, ""))
	}
	authorization := "Bearer " + h.token(b)
	return func(ctx context.Context, caller int) {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/record:get", bytes.NewReader(body))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Authorization", authorization)
		req.Header.Set("Content-Type", "application/json")
		res, err := clients[caller%pairConns].Do(req)
		if err != nil {
			panic(err)
		}
		n, err := io.Copy(io.Discard, res.Body)
		if err := res.Body.Close(); err != nil || res.StatusCode != http.StatusOK || n < warmBytes {
			panic(res.Status)
		}
		if err != nil {
			panic(err)
		}
	}
}
