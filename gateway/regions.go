package gateway

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// deployment is what the configuration makes of the registry.
type deployment struct {
	// regions are those that are switched on, ready to be asked.
	regions []*adapters.Region
	// entries are all of them, for the directory.
	entries []directory.Entry
	// clients are those lent to the adapters.
	clients []*http.Client
}

// deploy makes an adapter of each region that is switched on. The error names the
// key that is missing or wrong.
func deploy(opts Options) (*deployment, error) {
	if err := checkKnown(opts.Config, opts.Registry); err != nil {
		return nil, err
	}
	d := &deployment{}
	for _, entry := range opts.Registry.Entries() {
		if err := d.add(entry, opts); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// checkKnown refuses the configuration of a region that the binary was built without.
func checkKnown(c *config.Config, registry *adapters.Registry) error {
	var ids []string
	for _, e := range registry.Entries() {
		ids = append(ids, e.ID)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Regions)) {
		if !slices.Contains(ids, id) {
			return fmt.Errorf("regions.%s: this gateway was built without such a region (it has %s)", id, strings.Join(ids, ", "))
		}
	}
	return nil
}

func (d *deployment) add(entry adapters.Entry, opts Options) error {
	about := entry.Describe()
	if reason := disabled(entry.ID, about, opts.Config); reason != "" || len(about.GetRegion().GetExpandsTo()) > 0 {
		d.entries = append(d.entries, directory.Entry{About: about, DisabledReason: reason})
		return nil
	}
	settings := opts.Config.Regions[entry.ID]
	environment, err := newEnvironment(settings, opts)
	if err != nil {
		return fmt.Errorf("regions.%s.%w", entry.ID, err)
	}
	region, err := newRegion(entry, environment, settings)
	if err != nil {
		return fmt.Errorf("regions.%s: %w", entry.ID, err)
	}
	d.regions = append(d.regions, region)
	d.clients = append(d.clients, environment.HTTP)
	d.entries = append(d.entries, directory.Entry{About: region.Describe(), Addresses: addresses(settings)})
	return nil
}

// disabled says why a region is switched off. A name that stands for several
// regions needs no configuration of its own.
func disabled(id string, about *adapterv1.DescribeResponse, c *config.Config) string {
	settings, ok := c.Regions[id]
	switch {
	case len(about.GetRegion().GetExpandsTo()) > 0:
		return ""
	case !ok:
		return "this deployment has not configured it"
	case !settings.Enabled:
		return "this deployment's configuration switches it off"
	}
	return ""
}

func newRegion(entry adapters.Entry, environment adapters.Environment, settings config.Region) (*adapters.Region, error) {
	adapter, err := entry.New(environment)
	if err != nil {
		return nil, err
	}
	if settings.Timeout.Duration > 0 {
		adapter = bound(adapter, settings.Timeout.Duration)
	}
	region, err := adapters.NewRegion(adapter)
	if err != nil {
		return nil, err
	}
	if region.ID() != entry.ID {
		return nil, fmt.Errorf("its adapter calls itself %q", region.ID())
	}
	return region, nil
}

// addresses are where a region is reached, for the list of network endpoints. The
// purposes are those of the definitions.
func addresses(settings config.Region) []directory.Address {
	out := []directory.Address{{Purpose: "record", URL: settings.BaseURL}}
	if settings.TokenURL != "" {
		out = append(out, directory.Address{Purpose: "token", URL: settings.TokenURL})
	}
	for _, host := range settings.AllowHosts {
		out = append(out, directory.Address{Purpose: "other", URL: "https://" + host})
	}
	return out
}
