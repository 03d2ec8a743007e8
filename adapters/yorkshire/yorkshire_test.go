package yorkshire_test

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/url"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	simulated "github.com/openlhcr/openlhcr/adapters/sandbox/yorkshire"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/adapters/yorkshire"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	carol    = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"}
	margaret = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"} // one provider always fails for medicines
	maeve    = adaptertest.Patient{NHSNumber: "9990002738", DateOfBirth: "1994-01-05"} // is held in Dorset only
)

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: pharmacist(),
		Held:   margaret, Another: carol, NotHeld: maeve,
		Sections: []lhcrv1.Section{
			lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_ALERTS,
			lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_VACCINATIONS,
		},
		Broken:   lhcrv1.Section_SECTION_ALLERGIES,
		Fault:    func(t *testing.T, e adaptertest.Expectation) { breakSystem(t, sys, e) },
		Faults:   adaptertest.Expectations(),
		Document: &adaptertest.Document{Patient: margaret, MediaType: "application/pdf", Content: binary(t)},
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

// binary is the content of the only document that the sandbox has of margaret in Yorkshire.
func binary(t *testing.T) []byte {
	t.Helper()
	patients, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Entry []struct {
			Resource struct {
				ResourceType string `json:"resourceType"`
				Content      any    `json:"content"`
			} `json:"resource"`
		} `json:"entry"`
	}
	for _, p := range patients {
		if p.NHSNumber == margaret.NHSNumber {
			if err := json.Unmarshal(p.Bundle(yorkshire.ID), &bundle); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, e := range bundle.Entry {
		if encoded, ok := e.Resource.Content.(string); ok && e.Resource.ResourceType == "Binary" {
			content, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatal(err)
			}
			return content
		}
	}
	t.Fatal("the sandbox has no document of margaret")
	return nil
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
	a, err := yorkshire.Entry().New(environment(t, sys.Access()))
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
		SigningKey: signer(t, access.SigningKeyPEM), SigningKeyID: access.SigningKeyID,
		Codes: map[string]string{
			"reason.direct-care": access.ReasonCode, "role.R1290": access.RoleCode, "token.subject": access.Subject,
		},
	}}
}

func signer(t *testing.T, keyPEM string) crypto.Signer {
	t.Helper()
	block, _ := pem.Decode([]byte(keyPEM))
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := key.(crypto.Signer)
	if !ok {
		t.Fatalf("a %T signs nothing", key)
	}
	return s
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
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP,
		},
	}
}
