// Package scr is the adapter of the national Summary Care Record with Additional Information:
// FHIR R4, the id of the patient's latest record first, then the record by that id.
//
// The patient's permission is asked anew for each reading and decides what is done with it
// (docs/adr/0024). It is off unless a deployment configures it; region.yaml says why.
package scr

import (
	"context"
	_ "embed"
	"io"
	"regexp"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// ID is the region's id.
const ID = "scr"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry {
	d := definition.MustParse(source).WithCode("asid", "an alert must say which system raises it")
	return adapters.Entry{
		ID:       d.ID,
		Describe: func() *adapterv1.DescribeResponse { return fhirsearch.Describe(d, adapters.Settings{}) },
		New:      func(env adapters.Environment) (adapters.Adapter, error) { return newAdapter(d, env) },
	}
}

var (
	_ adapters.Adapter     = (*adapter)(nil)
	_ adapters.Checker     = (*adapter)(nil)
	_ adapters.Contributor = (*adapter)(nil)
)

// adapter reads the record and keeps nothing of a patient.
type adapter struct {
	definition *definition.Definition
	service    *fhirsearch.Region
	asid       string // by which the national services know this system
	now        func() time.Time
	random     io.Reader
}

func newAdapter(d *definition.Definition, env adapters.Environment) (*adapter, error) {
	service, err := fhirsearch.New(d, env)
	if err != nil {
		return nil, err
	}
	return &adapter{definition: d, service: service, asid: env.Settings.Codes["asid"], now: env.Now, random: env.Random}, nil
}

// Describe says what the record gives.
func (a *adapter) Describe() *adapterv1.DescribeResponse { return a.service.Describe() }

// Check gets a token: the API has no CapabilityStatement.
func (a *adapter) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	return a.service.Check(ctx, req)
}

var roleProfile = regexp.MustCompile(`^[0-9]{1,20}$`)

// talk begins calls on a caller's behalf. The API takes the id of a role profile, and no
// other code for a role.
func (a *adapter) talk(caller *adapterv1.Caller, patient *lhcrv1.PatientQuery) (*fhirsearch.Talk, *call.Failure) {
	t, failure := a.service.Talk(caller, patient)
	if failure == nil && roleProfile.MatchString(caller.GetRoleProfileId()) {
		t.Tell("NHSD-Session-URID", caller.GetRoleProfileId())
	}
	return t, failure
}
