package gateway

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// standing is what a configuration has made of the registry. It never changes: a
// reload makes another, and what is under way ends with the one that it began with.
type standing struct {
	config *config.Config
	// regions are those that are switched on, by id.
	regions map[string]*connected
	// directory knows all of them, on or off.
	directory *directory.Directory
}

// stand makes a standing of a configuration, and takes over what it can of the one
// before, which may be nil. The error names the key that is missing or wrong.
func (w workshop) stand(c *config.Config, before *standing) (*standing, error) {
	if err := checkKnown(c, w.opts.Registry); err != nil {
		return nil, err
	}
	s := &standing{config: c, regions: map[string]*connected{}}
	var entries []directory.Entry
	for _, entry := range w.opts.Registry.Entries() {
		one, err := w.enter(s, entry, before.region(entry.ID))
		if err != nil {
			s.closeIdle(before)
			return nil, err
		}
		entries = append(entries, one)
	}
	var err error
	s.directory, err = directory.New(directory.Options{Entries: entries, Organisations: c.Organisations, Suppliers: c.Suppliers})
	if err != nil {
		s.closeIdle(before)
	}
	return s, err
}

// enter connects a region, if it is switched on, and says what the directory has of it.
func (w workshop) enter(s *standing, entry adapters.Entry, before *connected) (directory.Entry, error) {
	about := entry.Describe()
	if reason := disabled(entry.ID, about, s.config); reason != "" || len(about.GetRegion().GetExpandsTo()) > 0 {
		return directory.Entry{About: about, DisabledReason: reason}, nil
	}
	c, err := w.connect(entry, s.config, before)
	if err != nil {
		return directory.Entry{}, err
	}
	s.regions[entry.ID] = c
	return directory.Entry{About: c.region.Describe(), Addresses: addresses(c.origin.settings)}, nil
}

// region is one that is switched on, or nil.
func (s *standing) region(id string) *connected {
	if s == nil {
		return nil
	}
	return s.regions[id]
}

// closeIdle lets go of the connections to the regions that nobody uses, but for those
// of clients that another standing has too.
func (s *standing) closeIdle(but *standing) {
	for id, c := range s.regions {
		if other := but.region(id); other == nil || other.client != c.client {
			c.client.CloseIdleConnections()
		}
	}
}

// ids are those of the regions that are switched on, sorted.
func (s *standing) ids() []string { return slices.Sorted(maps.Keys(s.regions)) }

// fetchers are the regions as lookups ask them.
func (s *standing) fetchers() []lookup.Fetcher {
	var out []lookup.Fetcher
	for _, id := range s.ids() {
		out = append(out, s.regions[id].guarded)
	}
	return out
}

// guards are what stands around the regions.
func (s *standing) guards() guard.Regions {
	out := guard.Regions{}
	for id, c := range s.regions {
		out[id] = c.guarded
	}
	return out
}

// readerVersion is that of each region's reader, once.
func (s *standing) readerVersion() string {
	var versions []string
	for _, c := range s.regions {
		if v := c.region.Describe().GetReaderVersion(); v != "" {
			versions = append(versions, v)
		}
	}
	slices.Sort(versions)
	return strings.Join(slices.Compact(versions), ",")
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
