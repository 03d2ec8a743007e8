package sandbox_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
)

func TestStartsEveryRegionAndLeavesNothingRunning(t *testing.T) {
	defer goleak.VerifyNone(t)
	sb, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, sys := range sb.Systems() {
		ids = append(ids, sys.Access().RegionID)
		everyPartIsWhole(t, sys.Access().RegionID, sys.Access())
	}
	if !slices.IsSorted(ids) || len(slices.Compact(ids)) != len(sb.Systems()) || len(ids) < 2 {
		t.Errorf("regions %v, want each once and in order", ids)
	}
	if sb.System("atlantis") != nil {
		t.Error("a system of no region")
	}
	if err := sb.Close(); err != nil {
		t.Error(err)
	}
}

// everyPartIsWhole sees that the access facts of a system and its further systems name an address that answers, how to
// prove oneself, and what to trust.
func everyPartIsWhole(t *testing.T, name string, access sandbox.Access) {
	t.Helper()
	for what, fact := range map[string]string{
		"region": access.RegionID, "address": access.BaseURL, "login": access.ClientID + access.Issuer,
		"CA": access.CACertPEM, "certificate": access.ClientCertPEM, "key": access.ClientKeyPEM,
		"secret": access.ClientSecret + access.SigningKeyPEM,
	} {
		if fact == "" {
			t.Errorf("%s: no %s", name, what)
		}
	}
	client := probe.Gateway(t, access)
	defer client.CloseIdleConnections()
	for _, address := range addresses(access) {
		if answer := probe.Must(t, client, probe.Request(t, http.MethodDelete, address, nil)); answer.Status < 400 {
			t.Errorf("%s: DELETE of an address: %d", name, answer.Status)
		}
	}
	for part, further := range access.Parts {
		everyPartIsWhole(t, name+" "+part, further)
	}
}

// addresses are all that one system answers at.
func addresses(access sandbox.Access) []string {
	all := append(slices.Collect(maps.Values(access.Addresses)), access.BaseURL, access.TokenURL)
	return slices.DeleteFunc(all, func(address string) bool { return address == "" })
}

func TestSecretsDifferBetweenStarts(t *testing.T) {
	first, second := started(t), started(t)
	for _, sys := range first.Systems() {
		a, b := sys.Access(), second.System(sys.Access().RegionID).Access()
		if a.ClientSecret+a.SigningKeyPEM == b.ClientSecret+b.SigningKeyPEM || a.ClientKeyPEM == b.ClientKeyPEM || a.CACertPEM == b.CACertPEM {
			t.Errorf("%s: a secret outlives its sandbox", a.RegionID)
		}
		for name, secret := range a.Secrets {
			if b.Secrets[name] == secret {
				t.Errorf("%s: the secret %s outlives its sandbox", a.RegionID, name)
			}
		}
	}
}

func TestRegionsDoNotTrustEachOthersClients(t *testing.T) {
	systems := started(t).Systems()
	for i, sys := range systems {
		access, other := sys.Access(), systems[(i+1)%len(systems)].Access()
		access.ClientCertPEM, access.ClientKeyPEM = other.ClientCertPEM, other.ClientKeyPEM
		for _, address := range addresses(access) {
			_, err := probe.Do(probe.Gateway(t, access), probe.Request(t, http.MethodGet, address, nil))
			if err == nil || !strings.Contains(err.Error(), "tls:") {
				t.Errorf("%s: handshake of another region's client: %v", access.RegionID, err)
			}
		}
	}
}

func TestOnlyTheRegionsAskedForAreStarted(t *testing.T) {
	sb, err := sandbox.Start(sandbox.Options{Regions: []string{"yorkshire"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sb.Close() })
	if len(sb.Systems()) != 1 || sb.System("yorkshire") == nil {
		t.Errorf("%d systems, want Yorkshire alone", len(sb.Systems()))
	}
}

func started(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	sb, err := sandbox.Start(sandbox.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sb.Close() })
	return sb
}
