package gateway_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/config"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Whoever opens the network for a region is told of every address of every system of it.
func TestTheAddressesOfEachSystemAreListed(t *testing.T) {
	h := prepare(t, &region{id: "dorset", fetch: answers(nil)})
	h.dorset(func(r *config.Region) {
		r.TokenURL, r.Addresses = "https://login.example/token", map[string]string{"index": "https://index.example:8443/pix"}
		r.Systems = map[string]config.System{"documents": {
			BaseURL: "https://documents.example", TokenURL: "https://login.example:444/token",
			Addresses: map[string]string{"repository": "https://repository.example"}, AllowHosts: []string{"files.example:9443"},
		}}
	})
	h.open(t)
	res, err := lhcrv1.NewRegionServiceClient(h.conn(t)).ListNetworkEndpoints(h.as(t), &lhcrv1.ListNetworkEndpointsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range res.GetEndpoints() {
		got = append(got, fmt.Sprintf("%s %s:%d %s", e.GetPurpose(), e.GetHost(), e.GetPort(), e.GetProtocol()))
	}
	want := []string{
		"documents-record documents.example:443 https", "record fhir.dorset.example:443 https", "documents-other files.example:9443 https",
		"index index.example:8443 https", "token login.example:443 https", "documents-token login.example:444 https",
		"documents-repository repository.example:443 https",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("endpoints (-want +got):\n%s", diff)
	}
}
