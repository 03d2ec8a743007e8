package directory_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/directory"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
)

func endpoint(region, host string, port uint32, purpose string) *lhcrv1.NetworkEndpoint {
	return &lhcrv1.NetworkEndpoint{
		RegionId: region, Host: host, Port: port, Protocol: "https", Network: "HSCN", Direction: "outbound", Purpose: purpose,
	}
}

// placed is a region with a record and a token address in its definition.
func placed(id string, addresses ...directory.Address) directory.Entry {
	return directory.Entry{
		About: &adapterv1.DescribeResponse{
			Region: &lhcrv1.Region{RegionId: id},
			Endpoints: []*lhcrv1.NetworkEndpoint{
				{Host: "token." + id + ".invalid", Port: 443, Protocol: "https", Network: "HSCN", Purpose: "token"},
				{Host: "fhir." + id + ".invalid", Port: 443, Protocol: "https", Network: "HSCN", Purpose: "record"},
			},
		},
		Addresses: addresses,
	}
}

func TestNetworkEndpointsAreCompleteSortedAndTheConfiguredOnes(t *testing.T) {
	off := placed("london")
	off.DisabledReason = "not onboarded"
	opts := directory.Options{Entries: []directory.Entry{
		placed("yorkshire", directory.Address{Purpose: "adapter", URL: "https://127.0.0.1:9000"},
			directory.Address{Purpose: "registry", URL: "https://xds.example"}),
		placed("dorset",
			directory.Address{Purpose: "record", URL: "https://Records.Example.:8443/fhir/R4"},
			directory.Address{Purpose: "other", URL: "https://pages.example/x"},
			directory.Address{Purpose: "other", URL: "https://pages.example:443"}),
		off,
	}}
	opts.Entries[0].About.Endpoints = append(opts.Entries[0].About.Endpoints, &lhcrv1.NetworkEndpoint{Host: "fixed.example", Port: 443, Protocol: "https", Network: "nww", Purpose: "pix"})
	local := endpoint("yorkshire", "127.0.0.1", 9000, "adapter")
	local.Protocol, local.Network = "grpc", "local"
	fixed := endpoint("yorkshire", "fixed.example", 443, "pix")
	fixed.Network = "nww"
	want := []*lhcrv1.NetworkEndpoint{
		endpoint("dorset", "pages.example", 443, "other"),
		endpoint("dorset", "records.example", 8443, "record"),
		local, fixed,
		endpoint("yorkshire", "xds.example", 443, "registry"),
	}
	for range 3 {
		slices.Reverse(opts.Entries)
		got, err := mustNew(t, opts).Endpoints(nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("endpoints (-want +got):\n%s", diff)
		}
	}
}

func TestNetworkEndpointsOfNamedRegionsOnly(t *testing.T) {
	off := placed("london")
	off.DisabledReason = "not onboarded"
	d := mustNew(t, directory.Options{Entries: []directory.Entry{
		placed("dorset"), placed("yorkshire"), off,
		{About: about(&lhcrv1.Region{RegionId: "both", ExpandsTo: []string{"dorset", "yorkshire"}})},
	}})
	for name, want := range map[string]int{"dorset": 2, "both": 4, "london": 2} {
		got, err := d.Endpoints([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != want {
			t.Errorf("%s needs %d endpoints, want %d", name, len(got), want)
		}
	}
}
