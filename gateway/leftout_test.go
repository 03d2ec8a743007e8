package gateway_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// A system that the deployment leaves out is spoken of to the region, and has nothing to be reached with.
func TestASystemThatIsLeftOutIsLentWithoutAClient(t *testing.T) {
	dorset := &region{id: "dorset", fetch: answers(nil)}
	h := prepare(t, dorset)
	h.dorset(func(r *config.Region) { r.Systems = map[string]config.System{"documents": {Off: true}} })
	if err := gateway.Check(h.opts); err != nil {
		t.Fatal(err)
	}
	if _, err := gateway.New(h.opts); err != nil {
		t.Fatal(err)
	}
	part, spoken := dorset.lent.Parts["documents"]
	if !spoken || part.HTTP != nil || part.Now == nil || part.Random == nil {
		t.Errorf("spoken of %v, client %v", spoken, part.HTTP)
	}
}
