// Package fhirsearch is an adapter of any region whose record is searched in FHIR, R4 or
// STU3: its definition says how, and the few things that are a region's own stay in the
// region's package.
//
// It plans the searches that the asked sections need, makes each once and side by side,
// follows pages within the region's own address, and lets package fhir read what came. A
// search that fails touches only the sections that need it; pages that came before a
// failure are delivered, with the gap.
package fhirsearch

import (
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// Region is a regional system searched in FHIR. It has all methods of an adapter; a
// region's package offers those that its definition supports. It is safe for concurrent use.
type Region struct {
	definition *definition.Definition
	client     *client
	handles    call.Handles
	about      *adapterv1.DescribeResponse
}

// New makes a region of its definition in a deployment. The error names every setting that
// is missing or wrong.
func New(d *definition.Definition, env adapters.Environment) (*Region, error) {
	if d.FHIR == nil {
		return nil, fmt.Errorf("region %s: its definition has no fhir", d.ID)
	}
	reached, err := newClient(d, env)
	if err != nil {
		return nil, fmt.Errorf("region %s: %w", d.ID, err)
	}
	keys, err := call.NewHandles(d.ID, env)
	if err != nil {
		return nil, fmt.Errorf("region %s: no random bytes", d.ID)
	}
	return &Region{definition: d, handles: keys, about: Describe(d, env.Settings), client: reached}, nil
}

func newClient(d *definition.Definition, env adapters.Environment) (*client, error) {
	base, wrongBase := call.BaseURL("base URL", env.Settings.BaseURL)
	secrets, wrongSecret := secretHeaders(d, env.Settings)
	further, wrongAddress := furtherAddresses(env.Settings)
	if err := definition.Together(wrongBase, d.Unmet(env), wrongSecret, wrongAddress); err != nil {
		return nil, err
	}
	c := &client{
		http: withSecrets(env.HTTP, base, secrets), base: base, definition: d, pace: call.NewPace(d.Limits.PerSecond),
		further: further, now: env.Now, random: env.Random,
	}
	var err error
	c.tokens, err = newTokens(d, env, c.http, base)
	return c, err
}

func furtherAddresses(settings adapters.Settings) ([]*url.URL, error) {
	var out []*url.URL
	var wrong []error
	for _, purpose := range slices.Sorted(maps.Keys(settings.Addresses)) {
		at, err := call.BaseURL("address "+purpose, settings.Addresses[purpose])
		out, wrong = append(out, at), append(wrong, err)
	}
	return out, definition.Together(wrong...)
}

// Describe is a definition in the contract's words, with this reader's version.
func Describe(d *definition.Definition, settings adapters.Settings) *adapterv1.DescribeResponse {
	about := d.DescribeFor(settings)
	about.ReaderVersion = fhir.ReaderVersion
	return about
}

// Describe says what the region gives.
func (r *Region) Describe() *adapterv1.DescribeResponse { return proto.CloneOf(r.about) }

// input is what the reader needs to know of the region and a question.
func (r *Region) input(number string, sections []lhcrv1.Section) fhir.Input {
	return fhir.Input{
		RegionID: r.definition.ID, Version: versionOf(r.definition.FHIR.Version), Sections: slices.Clone(sections), NHSNumber: number,
		LinksAsserted: r.definition.FHIR.LinksAsserted, PagesFollowed: true, Courses: coursesOf(r.definition.FHIR.Courses), Now: r.client.now(),
	}
}

func versionOf(word string) fhir.Version {
	if word == "STU3" {
		return fhir.STU3
	}
	return fhir.R4
}

func coursesOf(word string) mapping.CourseRule {
	switch word {
	case "gp-connect":
		return mapping.CourseRuleGPConnect
	case "interweave":
		return mapping.CourseRuleInterweave
	case "graphnet":
		return mapping.CourseRuleGraphnet
	}
	return mapping.CourseRuleR4
}
