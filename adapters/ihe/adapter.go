package ihe

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Adapter is a region as its definition declares it: what is not among its capabilities
// answers UNIMPLEMENTED. A region of no peculiarity needs no other.
func Adapter(r *Region) adapters.Adapter { return &declared{region: r} }

var (
	_ adapters.Adapter         = (*declared)(nil)
	_ adapters.Locator         = (*declared)(nil)
	_ adapters.DocumentFetcher = (*declared)(nil)
	_ adapters.Checker         = (*declared)(nil)
)

type declared struct{ region *Region }

// Describe says what the region gives.
func (d *declared) Describe() *adapterv1.DescribeResponse { return d.region.Describe() }

// Fetch lists the patient's documents and reads those that the asked sections need.
func (d *declared) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return d.region.Fetch(ctx, req)
}

// Locate asks the patient index or, without one, the registry.
func (d *declared) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	if !d.has("locate") {
		return nil, undeclared("Locate")
	}
	return d.region.Locate(ctx, req)
}

// FetchDocument gets a content of a document that the region lists for the patient.
func (d *declared) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	if !d.has("documents") {
		return nil, undeclared("FetchDocument")
	}
	return d.region.FetchDocument(ctx, req)
}

// Check asks each service for what cannot exist.
func (d *declared) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	if !d.has("check") {
		return nil, undeclared("Check")
	}
	return d.region.Check(ctx, req)
}

func (d *declared) has(capability string) bool {
	return d.region.definition.Capabilities[capability].Supported
}

func undeclared(method string) error {
	return status.Errorf(codes.Unimplemented, "this region has no %s", method)
}
