package call

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Able is a region of a kit: it has every method that any region of its protocol has.
type Able interface {
	adapters.Adapter
	adapters.Locator
	adapters.DocumentFetcher
	adapters.Checker
}

// Declared is a region as its definition declares it: what is not among its capabilities
// answers UNIMPLEMENTED. A region of no peculiarity needs no other.
func Declared(region Able, d *definition.Definition) adapters.Adapter {
	return &declared{Able: region, definition: d}
}

var _ Able = (*declared)(nil)

type declared struct {
	Able
	definition *definition.Definition
}

// Locate finds the patient's records, where the region can tell.
func (d *declared) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	if !d.has("locate") {
		return nil, undeclared("Locate")
	}
	return d.Able.Locate(ctx, req)
}

// FetchDocument gets a content of a document that the region lists for the patient.
func (d *declared) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	if !d.has("documents") {
		return nil, undeclared("FetchDocument")
	}
	return d.Able.FetchDocument(ctx, req)
}

// Check tries the region.
func (d *declared) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	if !d.has("check") {
		return nil, undeclared("Check")
	}
	return d.Able.Check(ctx, req)
}

func (d *declared) has(capability string) bool {
	return d.definition.Capabilities[capability].Supported
}

func undeclared(method string) error {
	return status.Errorf(codes.Unimplemented, "this region has no %s", method)
}
