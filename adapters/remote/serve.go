// Package remote lets adapters run out of the gateway's process, in any language: [Serve]
// offers a Go adapter as lhcr.adapter.v1.AdapterService, and [New] makes any such service a
// Go adapter. The gateway cannot tell the two apart.
package remote

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc"
)

// ServerOptions are the message limits that a server of an adapter needs: a whole record
// is larger than grpc takes by itself.
func ServerOptions() []grpc.ServerOption {
	return []grpc.ServerOption{grpc.MaxRecvMsgSize(adapters.MaxMessageBytes), grpc.MaxSendMsgSize(adapters.MaxMessageBytes)}
}

// Serve registers an adapter with a server made with [ServerOptions]. A panic of the adapter
// is INTERNAL, and its messages are scrubbed, as in the gateway's process. The error says what
// is wrong with its description.
func Serve(s grpc.ServiceRegistrar, adapter adapters.Adapter) error {
	region, err := adapters.NewRegion(adapter)
	if err != nil {
		return err
	}
	adapterv1.RegisterAdapterServiceServer(s, &server{region: region})
	return nil
}

var _ adapterv1.AdapterServiceServer = (*server)(nil)

// server answers for one region.
type server struct {
	adapterv1.UnimplementedAdapterServiceServer
	region *adapters.Region
}

// Describe says what the region gives.
func (s *server) Describe(context.Context, *adapterv1.DescribeRequest) (*adapterv1.DescribeResponse, error) {
	return s.region.Describe(), nil
}

// Locate asks the adapter, or answers UNIMPLEMENTED.
func (s *server) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	return s.region.Locate(ctx, req)
}

// Fetch asks the adapter.
func (s *server) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return s.region.Fetch(ctx, req)
}

// FetchDocument asks the adapter, or answers UNIMPLEMENTED.
func (s *server) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return s.region.FetchDocument(ctx, req)
}

// Contribute asks the adapter, or answers UNIMPLEMENTED.
func (s *server) Contribute(ctx context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error) {
	return s.region.Contribute(ctx, req)
}

// Check asks the adapter, or answers UNIMPLEMENTED.
func (s *server) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	return s.region.Check(ctx, req)
}
