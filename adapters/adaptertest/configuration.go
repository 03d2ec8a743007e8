package adaptertest

import (
	"context"
	"strings"
	"testing"
)

// configurationIsTold wants the digest by which what was kept of a region is known to have
// been read under the same settings. Every adapter here was given an address, so none has
// nothing that can change.
func configurationIsTold(_ context.Context, t *testing.T, s Subject) {
	first := s.New(t).Describe().GetConfiguration()
	if first == "" {
		t.Error("no configuration is described: want a digest of the addresses and codes that the adapter goes by, so that what was kept under others is not served")
	}
	if again := s.New(t).Describe().GetConfiguration(); again != first {
		t.Error("two adapters of the same settings describe two configurations: want the same, or nothing kept outlives a restart")
	}
	for _, canary := range append([]string{"://"}, s.Canaries...) {
		if strings.Contains(first, canary) {
			t.Errorf("the configuration tells %q: want a digest", canary)
		}
	}
}
