// Package lend makes, for the tests of adapters, what a deployment would lend to one: an environment of what a simulated
// region hands out at onboarding. Tests alone import it.
package lend

import (
	"crypto/rand"
	"maps"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// System starts the simulator of one region alone. It is closed when the test ends.
func System(t *testing.T, regionID string) *sandbox.System {
	t.Helper()
	sb, err := sandbox.Start(sandbox.Options{Regions: []string{regionID}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Close(); err != nil {
			t.Error(err)
		}
	})
	if sb.System(regionID) == nil {
		t.Fatalf("the sandbox simulates no region %s", regionID)
	}
	return sb.System(regionID)
}

// Adapter makes the adapter of an entry in the environment that the access facts describe.
func Adapter(t *testing.T, entry adapters.Entry, access sandbox.Access) adapters.Adapter {
	t.Helper()
	a, err := entry.New(Environment(t, access))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Environment is what a gateway would lend to an adapter of the region, its further systems included.
func Environment(t *testing.T, access sandbox.Access) adapters.Environment {
	t.Helper()
	client, err := transport.NewClient(transport.Config{
		CAPEM: []byte(access.CACertPEM), CertPEM: []byte(access.ClientCertPEM), KeyPEM: []byte(access.ClientKeyPEM),
		AllowedHosts: hosts(t, access),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return adapters.Environment{
		HTTP: client, Now: time.Now, Random: rand.Reader, Settings: settings(t, access), Parts: parts(t, access),
	}
}

func parts(t *testing.T, access sandbox.Access) map[string]adapters.Environment {
	t.Helper()
	if len(access.Parts) == 0 {
		return nil
	}
	out := map[string]adapters.Environment{}
	for name, part := range access.Parts {
		out[name] = Environment(t, part)
	}
	return out
}

func settings(t *testing.T, access sandbox.Access) adapters.Settings {
	t.Helper()
	secrets := map[string]adapters.Secret{}
	for name, secret := range access.Secrets {
		secrets[name] = adapters.Secret(secret)
	}
	return adapters.Settings{
		BaseURL: access.BaseURL, TokenURL: access.TokenURL, Addresses: access.Addresses,
		ClientID: access.ClientID, ClientSecret: adapters.Secret(access.ClientSecret), Secrets: secrets,
		SigningKey: signer(t, access.SigningKeyPEM), SigningKeyID: access.SigningKeyID,
		SigningCertificates: certificates(access.SigningCertPEM), Codes: codes(access),
	}
}

// codes are those of the region for what [Pharmacist] does.
func codes(access sandbox.Access) map[string]string {
	out := map[string]string{
		"reason.direct-care":     access.ReasonCode,
		"role." + pharmacistRole: access.RoleCode, "token.subject": access.Subject, "username": access.Username,
	}
	maps.Copy(out, access.Codes)
	for name, code := range out {
		if code == "" {
			delete(out, name)
		}
	}
	return out
}

// hosts are every address of the region, as host:port.
func hosts(t *testing.T, access sandbox.Access) []string {
	t.Helper()
	var out []string
	for _, raw := range append(slices.Sorted(maps.Values(access.Addresses)), access.BaseURL, access.TokenURL) {
		if raw == "" {
			continue
		}
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, transport.HostPort(u))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

const pharmacistRole = "R1290"

// Pharmacist is an invented caller who gives direct care.
func Pharmacist() *adapterv1.Caller {
	return &adapterv1.Caller{
		OrganisationOdsCode: "FA001", OrganisationName: "Example Pharmacy",
		PersonId: "555000111222", PersonIdSystem: "https://fhir.nhs.uk/Id/sds-user-id", PersonName: "Pat Example",
		RoleCode: pharmacistRole, RoleName: "Pharmacist", SupplierId: "example-pmr",
		RequestId: "0b7d9a3c-52a4-4c39-9d0b-6f1f1a2b3c4d",
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP,
		},
	}
}

// Fault switches the faults of [adaptertest.Expectations] on in a simulated region: for one patient and, unless the
// expectation is of the whole system, for searches of one resource type.
func Fault(sys *sandbox.System, nhsNumber, resourceType string) func(*testing.T, adaptertest.Expectation) {
	return func(t *testing.T, e adaptertest.Expectation) {
		t.Helper()
		f := sandbox.Fault{Kind: fault.Kind(e.Name), NHSNumber: nhsNumber, ResourceType: resourceType}
		if e.Whole {
			f.ResourceType = ""
		}
		sys.Fault(f)
		t.Cleanup(sys.ClearFaults)
	}
}
