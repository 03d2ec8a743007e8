package dorset_test

import (
	"crypto/rand"
	"net/url"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/dorset"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	simulated "github.com/openlhcr/openlhcr/adapters/sandbox/dorset"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	margaret  = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"}
	carol     = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"}
	farida    = adaptertest.Patient{NHSNumber: "9990001847", DateOfBirth: "1988-04-27"} // has documents
	edwin     = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	gwenOld   = adaptertest.Patient{NHSNumber: "9990001928", DateOfBirth: "1930-02-14"} // has another number today
	yorkshire = adaptertest.Patient{NHSNumber: "9990001413", DateOfBirth: "1962-12-02"} // is held in Yorkshire only
)

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: pharmacist(),
		Held:   margaret, Another: carol, NotHeld: yorkshire,
		Mismatched: []adaptertest.Patient{edwin, gwenOld},
		Sections: []lhcrv1.Section{
			lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS,
			lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_FORMULATION,
		},
		Broken:   lhcrv1.Section_SECTION_ALLERGIES,
		Fault:    func(t *testing.T, e adaptertest.Expectation) { breakSystem(t, sys, e) },
		Faults:   adaptertest.Expectations(),
		Document: &adaptertest.Document{Patient: farida, MediaType: "text/plain", Content: []byte("Thyroid clinic letter. Dose unchanged.\n")},
		Canaries: []string{"Margaret", "Ashdown", "MARGARET", "ASHDOWN", "127.0.0.1"},
	})
}

// breakSystem switches a fault on for the held patient until the test ends.
func breakSystem(t *testing.T, sys *sandbox.System, e adaptertest.Expectation) {
	t.Helper()
	f := sandbox.Fault{Kind: fault.Kind(e.Name), NHSNumber: margaret.NHSNumber, ResourceType: "AllergyIntolerance"}
	if e.Whole {
		f.ResourceType = ""
	}
	sys.Fault(f)
	t.Cleanup(sys.ClearFaults)
}

func system(t *testing.T) *sandbox.System {
	t.Helper()
	patients, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	sys, err := simulated.Start(patients, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sys.Close(); err != nil {
			t.Error(err)
		}
	})
	return sys
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	a, err := dorset.Entry().New(environment(t, sys.Access()))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// environment is what a gateway would lend to the adapter.
func environment(t *testing.T, access sandbox.Access) adapters.Environment {
	t.Helper()
	client, err := transport.NewClient(transport.Config{
		CAPEM: []byte(access.CACertPEM), CertPEM: []byte(access.ClientCertPEM), KeyPEM: []byte(access.ClientKeyPEM),
		AllowedHosts: []string{hostPort(t, access.BaseURL), hostPort(t, access.TokenURL)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return adapters.Environment{HTTP: client, Now: time.Now, Random: rand.Reader, Settings: adapters.Settings{
		BaseURL: access.BaseURL, TokenURL: access.TokenURL,
		ClientID: access.ClientID, ClientSecret: adapters.Secret(access.ClientSecret),
	}}
}

func hostPort(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return transport.HostPort(u)
}

func pharmacist() *adapterv1.Caller {
	return &adapterv1.Caller{
		OrganisationOdsCode: "FA001", OrganisationName: "Example Pharmacy",
		PersonId: "555000111222", PersonIdSystem: "https://fhir.nhs.uk/Id/sds-user-id", PersonName: "Pat Example",
		RoleCode: "R1290", RoleName: "Pharmacist", SupplierId: "example-pmr",
		RequestId: "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d",
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP,
		},
	}
}
