// Package ihe is an adapter of any region that exchanges documents by IHE's profiles over
// SOAP: XDS.b within one affinity domain, or XCA through a gateway to others; the patient is
// known by the NHS number itself, or looked up by PIX V3 or XCPD. Its definition says how.
//
// A fetch lists the patient's documents. If more than that list is asked for, the documents
// that hold coded sections are retrieved, few requests side by side, and what they say becomes
// items. What is not the patient's is never delivered: the registry's entries, what their
// sources say of the patient, and the documents themselves are each checked.
package ihe

import (
	"fmt"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// Region is a regional document exchange. It has all methods of an adapter; [Adapter] offers
// those that its definition supports. It is safe for concurrent use.
type Region struct {
	definition *definition.Definition
	client     *client
	handles    call.Handles
	about      *adapterv1.DescribeResponse
}

// New makes a region of its definition in a deployment. The error names every setting that
// is missing, and what is wrong.
func New(d *definition.Definition, env adapters.Environment) (*Region, error) {
	if d.IHE == nil {
		return nil, fmt.Errorf("region %s: its definition has no ihe", d.ID)
	}
	if err := d.Unmet(env); err != nil {
		return nil, fmt.Errorf("region %s: %w", d.ID, err)
	}
	c, err := newClient(d, env)
	if err != nil {
		return nil, fmt.Errorf("region %s: %w", d.ID, err)
	}
	keys, err := call.NewHandles(d.ID, env)
	if err != nil {
		return nil, fmt.Errorf("region %s: no random bytes", d.ID)
	}
	return &Region{definition: d, client: c, handles: keys, about: Describe(d, env.Settings)}, nil
}

// Describe is a definition in the contract's words, with this reader's version.
func Describe(d *definition.Definition, settings adapters.Settings) *adapterv1.DescribeResponse {
	about := d.DescribeFor(settings)
	about.ReaderVersion = ReaderVersion + " " + fhir.ReaderVersion
	return about
}

// ReaderVersion changes when the same entries would read differently.
const ReaderVersion = "ihe-1"

// Describe says what the region gives.
func (r *Region) Describe() *adapterv1.DescribeResponse { return proto.CloneOf(r.about) }

// Entry is a region for a registry, from the region.yaml that its package embeds. A broken
// region.yaml panics.
func Entry(source []byte) adapters.Entry {
	d := definition.MustParse(source)
	return adapters.Entry{
		ID:       d.ID,
		Describe: func() *adapterv1.DescribeResponse { return Describe(d, adapters.Settings{}) },
		New: func(env adapters.Environment) (adapters.Adapter, error) {
			region, err := New(d, env)
			if err != nil {
				return nil, err
			}
			return Adapter(region), nil
		},
	}
}

// documentsOnly is what is asked for to list documents.
func documentsOnly() []lhcrv1.Section {
	return []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS}
}
