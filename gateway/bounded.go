package gateway

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// bounded is an adapter whose fetches may take as long as the deployment says, and
// not as long as its definition does.
type bounded struct {
	adapters.Adapter
	about *adapterv1.DescribeResponse
}

var (
	_ adapters.Locator         = (*bounded)(nil)
	_ adapters.DocumentFetcher = (*bounded)(nil)
	_ adapters.Contributor     = (*bounded)(nil)
	_ adapters.Checker         = (*bounded)(nil)
)

func bound(adapter adapters.Adapter, timeout time.Duration) *bounded {
	about := proto.CloneOf(adapter.Describe())
	about.FetchTimeout = durationpb.New(timeout)
	return &bounded{Adapter: adapter, about: about}
}

// Describe is the adapter's own description but for the time.
func (b *bounded) Describe() *adapterv1.DescribeResponse { return b.about }

// Locate asks the adapter, if it can.
func (b *bounded) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	if a, ok := b.Adapter.(adapters.Locator); ok {
		return a.Locate(ctx, req)
	}
	return nil, lacking()
}

// FetchDocument asks the adapter, if it can.
func (b *bounded) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	if a, ok := b.Adapter.(adapters.DocumentFetcher); ok {
		return a.FetchDocument(ctx, req)
	}
	return nil, lacking()
}

// Contribute asks the adapter, if it can.
func (b *bounded) Contribute(ctx context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error) {
	if a, ok := b.Adapter.(adapters.Contributor); ok {
		return a.Contribute(ctx, req)
	}
	return nil, lacking()
}

// Check asks the adapter, if it can.
func (b *bounded) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	if a, ok := b.Adapter.(adapters.Checker); ok {
		return a.Check(ctx, req)
	}
	return nil, lacking()
}

func lacking() error {
	return status.Error(codes.Unimplemented, "this region's adapter does not do this")
}
