package adaptertest

import (
	"context"
	"net"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/remote"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/testing/protocmp"
)

// bridge puts an adapter behind a gRPC server and gives it back as a client of that server.
func bridge(t *testing.T, adapter adapters.Adapter) adapters.Adapter {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpc.NewServer(remote.ServerOptions()...)
	if err := remote.Serve(server, adapter); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	t.Cleanup(func() {
		server.Stop()
		<-done
	})
	client, err := remote.Dial(t.Context(), "passthrough:///adapter", insecure.NewCredentials(),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() }) // the server is stopped right after it
	return client
}

// sameThroughBridge makes each call of the gateway's wrapper on both sides and compares.
func (s Subject) sameThroughBridge(t *testing.T) {
	local := s.New(t)
	near, far := wrapped(t, local), wrapped(t, bridge(t, local))
	if diff := cmp.Diff(near.Describe(), far.Describe(), protocmp.Transform()); diff != "" {
		t.Errorf("Describe (-local +remote):\n%s", diff)
	}
	for _, p := range append([]Patient{s.Held, s.NotHeld}, s.Mismatched...) {
		compareCall(t, "Fetch", near.Fetch, far.Fetch, s.fetch(p))
		compareCall(t, "Locate", near.Locate, far.Locate, s.locate(p))
		compareCall(t, "FetchDocument", near.FetchDocument, far.FetchDocument, s.document(p, "none", ""))
	}
	compareCall(t, "Check", near.Check, far.Check, &adapterv1.CheckRequest{})
	compareCall(t, "Contribute", near.Contribute, far.Contribute, &adapterv1.ContributeRequest{Caller: s.Caller, Patient: s.Held.query()})
	forged := s.fetch(s.Held)
	forged.Handle = []byte("forged")
	compareCall(t, "Fetch with a forged handle", near.Fetch, far.Fetch, forged)
}

func wrapped(t *testing.T, adapter adapters.Adapter) *adapters.Region {
	t.Helper()
	region, err := adapters.NewRegion(adapter)
	if err != nil {
		t.Fatal(err)
	}
	return region
}

func compareCall[Req, Res any](t *testing.T, name string, near, far func(context.Context, *Req) (*Res, error), req *Req) {
	t.Helper()
	want, wantErr := near(t.Context(), req)
	got, gotErr := far(t.Context(), req)
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("%s (-local +remote):\n%s", name, diff)
	}
	if diff := cmp.Diff(status.Convert(wantErr).Proto(), status.Convert(gotErr).Proto(), protocmp.Transform()); diff != "" {
		t.Errorf("error of %s (-local +remote):\n%s", name, diff)
	}
}
