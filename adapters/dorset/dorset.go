// Package dorset is the adapter of the Dorset Care Record: FHIR R4 over mutual TLS with
// OAuth2 client credentials. What it assumes of the region, region.yaml says.
package dorset

import (
	"context"
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// ID is the region's id.
const ID = "dorset"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry {
	return fhirsearch.Entry(source, func(r *fhirsearch.Region) adapters.Adapter { return &adapter{region: r} })
}

var (
	_ adapters.Adapter         = (*adapter)(nil)
	_ adapters.Locator         = (*adapter)(nil)
	_ adapters.DocumentFetcher = (*adapter)(nil)
	_ adapters.Checker         = (*adapter)(nil)
)

// adapter offers what the region can do.
type adapter struct{ region *fhirsearch.Region }

// Describe says what the region gives.
func (a *adapter) Describe() *adapterv1.DescribeResponse { return a.region.Describe() }

// Locate finds the patient's records by NHS number.
func (a *adapter) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	return a.region.Locate(ctx, req)
}

// Fetch searches the patient's records for the asked sections.
func (a *adapter) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return a.region.Fetch(ctx, req)
}

// FetchDocument gets a Binary that a DocumentReference of the patient points at.
func (a *adapter) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return a.region.FetchDocument(ctx, req)
}

// Check gets a token and the CapabilityStatement.
func (a *adapter) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	return a.region.Check(ctx, req)
}
