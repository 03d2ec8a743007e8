package sandbox_test

import (
	"net/http"
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
	if got := len(sb.Systems()); got != 2 {
		t.Errorf("%d systems, want 2", got)
	}
	for _, id := range []string{"dorset", "yorkshire"} {
		access := sb.System(id).Access()
		for name, fact := range map[string]string{
			"base": access.BaseURL, "token": access.TokenURL, "client": access.ClientID, "secret": access.ClientSecret,
			"CA": access.CACertPEM, "certificate": access.ClientCertPEM, "key": access.ClientKeyPEM,
		} {
			if fact == "" {
				t.Errorf("%s: no %s", id, name)
			}
		}
		client := probe.Gateway(t, access)
		answer := probe.Must(t, client, probe.Request(t, http.MethodGet, access.TokenURL, nil))
		if answer.Status < 400 {
			t.Errorf("%s: GET of a token: %d", id, answer.Status)
		}
		client.CloseIdleConnections()
	}
	if sb.System("atlantis") != nil {
		t.Error("a system of no region")
	}
	if err := sb.Close(); err != nil {
		t.Error(err)
	}
}

func TestSecretsDifferBetweenStarts(t *testing.T) {
	first, second := started(t), started(t)
	for _, id := range []string{"dorset", "yorkshire"} {
		a, b := first.System(id).Access(), second.System(id).Access()
		if a.ClientSecret == b.ClientSecret || a.ClientKeyPEM == b.ClientKeyPEM || a.CACertPEM == b.CACertPEM {
			t.Errorf("%s: a secret outlives its sandbox", id)
		}
	}
}

func TestRegionsDoNotTrustEachOthersClients(t *testing.T) {
	sb := started(t)
	dorset, yorkshire := sb.System("dorset").Access(), sb.System("yorkshire").Access()
	dorset.ClientCertPEM, dorset.ClientKeyPEM = yorkshire.ClientCertPEM, yorkshire.ClientKeyPEM
	_, err := probe.Do(probe.Gateway(t, dorset), probe.Request(t, http.MethodGet, dorset.TokenURL, nil))
	if err == nil || !strings.Contains(err.Error(), "tls:") {
		t.Errorf("handshake: %v", err)
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
