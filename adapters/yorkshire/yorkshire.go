// Package yorkshire is the adapter of the Yorkshire & Humber Care Record: FHIR STU3 through
// the Interweave exchange, over mutual TLS with a token that names the originating user.
//
// Every search names the patient by NHS number, so there is no separate Locate: the exchange
// would ask each of its providers twice. The asynchronous bulk form is left out, because how
// it is called on the wire is not published; region.yaml says so.
//
// A deployment sets under codes what onboarding gave it: "reason.direct-care",
// "reason.emergency-override", "role.<role code>" for each role that may ask, and
// "token.subject" where the subject is not the client id. Codes are never guessed: a call
// whose code is missing is refused.
package yorkshire

import (
	"context"
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// ID is the region's id.
const ID = "yorkshire"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry {
	return fhirsearch.Entry(source, func(r *fhirsearch.Region) adapters.Adapter { return &adapter{region: r} })
}

var (
	_ adapters.Adapter         = (*adapter)(nil)
	_ adapters.DocumentFetcher = (*adapter)(nil)
	_ adapters.Checker         = (*adapter)(nil)
)

// adapter offers what the region can do.
type adapter struct{ region *fhirsearch.Region }

// Describe says what the region gives.
func (a *adapter) Describe() *adapterv1.DescribeResponse { return a.region.Describe() }

// Fetch searches by NHS number for the asked sections.
func (a *adapter) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return a.region.Fetch(ctx, req)
}

// FetchDocument gets the bytes that the exchange streams from a provider.
func (a *adapter) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return a.region.FetchDocument(ctx, req)
}

// Check asks for the CapabilityStatement without a token, since a token names a person.
func (a *adapter) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	return a.region.Check(ctx, req)
}
