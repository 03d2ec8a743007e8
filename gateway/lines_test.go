package gateway_test

import (
	"context"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/network"
)

// outsideOnly is a deployment of one region, whose adapter runs in a process of its own
// and is not there.
func outsideOnly(t *testing.T) gateway.Options {
	t.Helper()
	registry, err := adapters.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Strict = false
	c.Regions = map[string]config.Region{"smallshire": {Enabled: true, Adapter: config.Adapter{Target: "127.0.0.1:9", PlainText: true}}}
	return gateway.Options{Config: c, Registry: registry}
}

func TestTheLineToAnAdapterInAProcessOfItsOwn(t *testing.T) {
	lines, err := gateway.Lines(outsideOnly(t))
	if err != nil {
		t.Fatal(err)
	}
	steps := network.Check(t.Context(), lines, network.Options{Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	}})
	var got []string
	for _, s := range steps {
		got = append(got, strings.Join([]string{s.RegionID, s.Purpose, s.Network, s.Name, string(s.State)}, " "))
	}
	want := []string{"smallshire adapter local dns ok", "smallshire adapter local tcp failed", "smallshire   adapter: check failed"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	if !strings.Contains(steps[1].Ask, "whoever runs the adapter") {
		t.Errorf("%+v", steps[1])
	}
}

func TestLinesOfNobodyKnown(t *testing.T) {
	opts := outsideOnly(t)
	if _, err := gateway.Lines(opts, "nowhere"); err == nil {
		t.Error("a line to nowhere")
	}
	opts.Config.Regions["atlantis"] = config.Region{Enabled: true}
	if _, err := gateway.Directory(opts); err == nil || !strings.Contains(err.Error(), "regions.atlantis") {
		t.Errorf("a region that this binary was built without: %v", err)
	}
}

func TestADirectoryReadsOrganisationsAndLinesDoNot(t *testing.T) {
	opts := outsideOnly(t)
	opts.Config.Directory.ODSFiles = []string{"/nowhere/edispensary.csv"}
	if _, err := gateway.Directory(opts); err == nil || !strings.Contains(err.Error(), "directory.ods_files") {
		t.Errorf("organisations that are not there: %v", err)
	}
	if _, err := gateway.Lines(opts); err != nil {
		t.Errorf("for lines nobody is looked for: %v", err)
	}
}
