package remote_test

import (
	"context"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/remote"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.uber.org/goleak"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// minimal is an adapter that can only describe and fetch.
type minimal struct {
	fetch func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)
}

func (minimal) Describe() *adapterv1.DescribeResponse {
	return &adapterv1.DescribeResponse{ReaderVersion: "r1", Region: &lhcrv1.Region{
		RegionId: "smallshire",
		Sections: []*lhcrv1.SectionSupport{{Section: lhcrv1.Section_SECTION_ALLERGIES, Supported: true}},
	}}
}

func (m minimal) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return m.fetch(ctx, req)
}

// bridged is the adapter through a server and back.
func bridged(t *testing.T, adapter adapters.Adapter) *remote.Client {
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
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	client, err := remote.Dial(t.Context(), "passthrough:///adapter.invalid", insecure.NewCredentials(),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := client.Close(); err != nil {
			t.Error(err)
		}
	})
	return client
}

func region(t *testing.T, adapter adapters.Adapter) *adapters.Region {
	t.Helper()
	r, err := adapters.NewRegion(adapter)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var asked = []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES}

func TestGatewayCannotTellRemoteFromLocal(t *testing.T) {
	for name, fetch := range map[string]func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error){
		"an answer": func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{{Section: asked[0], Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD}}}, nil
		},
		"a missing outcome": func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return &adapterv1.FetchResponse{}, nil
		},
		"a status with an identifier": func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return nil, status.Error(codes.PermissionDenied, "no consent for 999 000 0018")
		},
		"a status with a time to retry": func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			s, err := status.New(codes.Unavailable, "busy").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(7e9)}, &errdetails.DebugInfo{Detail: "9990000018"})
			if err != nil {
				return nil, err
			}
			return nil, s.Err()
		},
		"a panic": func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { panic("9990000018") },
		"nothing": func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { return nil, nil },
	} {
		t.Run(name, func(t *testing.T) {
			local := region(t, minimal{fetch})
			there := region(t, bridged(t, minimal{fetch}))
			if diff := cmp.Diff(local.Describe(), there.Describe(), protocmp.Transform()); diff != "" {
				t.Errorf("Describe (-local +remote):\n%s", diff)
			}
			req := &adapterv1.FetchRequest{Sections: asked}
			want, wantErr := local.Fetch(t.Context(), req)
			got, gotErr := there.Fetch(t.Context(), req)
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("Fetch (-local +remote):\n%s", diff)
			}
			if diff := cmp.Diff(status.Convert(wantErr).Proto(), status.Convert(gotErr).Proto(), protocmp.Transform()); diff != "" {
				t.Errorf("error (-local +remote):\n%s", diff)
			}
			if strings.Contains(status.Convert(gotErr).Proto().String(), "0018") {
				t.Errorf("the error names a patient: %v", gotErr)
			}
		})
	}
}

func TestAnswerAboveGRPCsOwnLimitComesWhole(t *testing.T) {
	const size = 5 << 20
	client := bridged(t, minimal{func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return &adapterv1.FetchResponse{Sources: []*lhcrv1.SourceResource{{Content: make([]byte, size)}}}, nil
	}})
	res, err := client.Fetch(t.Context(), &adapterv1.FetchRequest{Sections: asked})
	if err != nil || len(res.GetSources()[0].GetContent()) != size {
		t.Errorf("%d sources, %v", len(res.GetSources()), err)
	}
}

func TestWhatTheAdapterLacksIsUnimplemented(t *testing.T) {
	client := bridged(t, minimal{})
	calls := map[string]func() error{
		"Locate": func() error { _, err := client.Locate(t.Context(), &adapterv1.LocateRequest{}); return err },
		"FetchDocument": func() error {
			_, err := client.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{})
			return err
		},
		"Contribute": func() error { _, err := client.Contribute(t.Context(), &adapterv1.ContributeRequest{}); return err },
		"Check":      func() error { _, err := client.Check(t.Context(), &adapterv1.CheckRequest{}); return err },
	}
	for name, call := range calls {
		err := call()
		if status.Code(err) != codes.Unimplemented || status.Convert(err).Message() != "this region's adapter has no "+name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if region(t, client).CanLocate() {
		t.Error("the gateway takes it for one that can locate")
	}
}

func TestCancellationReachesTheAdapter(t *testing.T) {
	started, ended := make(chan struct{}), make(chan error, 1)
	client := bridged(t, minimal{func(ctx context.Context, _ *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		close(started)
		<-ctx.Done()
		ended <- ctx.Err()
		return nil, ctx.Err()
	}})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	_, err := client.Fetch(ctx, &adapterv1.FetchRequest{Sections: asked})
	if status.Code(err) != codes.Canceled {
		t.Errorf("got %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("the adapter was not told")
	}
}

func TestAdapterThatIsNotThere(t *testing.T) {
	refuse := grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Name: "adapter.invalid", Err: "no such host"}}
	})
	_, err := remote.Dial(t.Context(), "passthrough:///adapter.invalid", insecure.NewCredentials(), refuse)
	if err == nil || strings.Contains(err.Error(), "invalid") || !strings.Contains(err.Error(), "could not be reached") {
		t.Errorf("got %v, want words without the address", err)
	}
}

// nameless describes no region.
type nameless struct{ minimal }

func (nameless) Describe() *adapterv1.DescribeResponse { return &adapterv1.DescribeResponse{} }

func TestAdapterWithoutADescriptionIsNotServed(t *testing.T) {
	if err := remote.Serve(grpc.NewServer(), nameless{}); err == nil || !strings.Contains(err.Error(), "region id") {
		t.Errorf("got %v", err)
	}
}
