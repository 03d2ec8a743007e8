package gateway

import (
	"cmp"
	"errors"
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
	// awaited are those that are switched on and whose adapters could not be reached, sorted.
	awaited []string
	// directory knows all of them, on or off.
	directory *directory.Directory
	// organisations is what was read of whom the regions serve.
	organisations organisations
}

// stand makes a standing of a configuration, and takes over what it can of the one
// before, which may be nil. The error names the key that is missing or wrong.
func (w workshop) stand(c *config.Config, before *standing) (*standing, error) {
	if err := checkKnown(c, w.opts.Registry); err != nil {
		return nil, err
	}
	s := &standing{config: c, regions: map[string]*connected{}}
	err := w.fill(s, before)
	if err != nil {
		s.letGo(before, (*reach).close)
	}
	return s, err
}

func (w workshop) fill(s, before *standing) (err error) {
	c := s.config
	outsides, err := callOutside(c)
	if err != nil {
		return err
	}
	defer func() {
		for id, out := range outsides {
			if s.regions[id] == nil {
				out.letGo()
			}
		}
	}()
	var entries []directory.Entry
	for _, entry := range entriesOf(c, w.opts.Registry) {
		one, err := w.enter(s, entry, before.region(entry.ID), outsides[entry.ID])
		if err != nil {
			return err
		}
		entries = append(entries, one)
	}
	if s.organisations, err = w.readOrganisations(c, before); err != nil {
		return err
	}
	s.directory, err = directory.New(directory.Options{
		Entries: entries, Organisations: c.Organisations, Suppliers: c.Suppliers, Extract: s.organisations.extract,
	})
	return err
}

// enter connects a region, if it is switched on, and says what the directory has of it.
func (w workshop) enter(s *standing, entry adapters.Entry, before *connected, out *outside) (directory.Entry, error) {
	about := entry.Describe()
	if reason := disabled(entry.ID, about, s.config); reason != "" || isName(entry, about) {
		return directory.Entry{About: about, DisabledReason: reason}, nil
	}
	c, err := w.connect(entry, s.config, before, out)
	var absent *unreached
	switch {
	case errors.As(err, &absent):
		s.awaited = append(s.awaited, entry.ID)
		return directory.Entry{About: about, DisabledReason: absent.reason}, nil
	case err != nil:
		return directory.Entry{}, err
	}
	s.regions[entry.ID] = c
	return directory.Entry{About: c.region.Describe(), Addresses: addresses(c.origin.settings)}, nil
}

// isName says whether an entry is a name that stands for several regions, and no system.
func isName(entry adapters.Entry, about *adapterv1.DescribeResponse) bool {
	return len(about.GetRegion().GetExpandsTo()) > 0 || entry.New == nil
}

// region is one that is switched on, or nil.
func (s *standing) region(id string) *connected {
	if s == nil {
		return nil
	}
	return s.regions[id]
}

// letGo lets go of what the regions are reached by, in a way, but for what another
// standing has too.
func (s *standing) letGo(but *standing, how func(*reach)) {
	for id, c := range s.regions {
		if other := but.region(id); other == nil || other.reach != c.reach {
			how(c.reach)
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

// checkKnown refuses the configuration of a region that the binary was built without,
// and of a name that is no system.
func checkKnown(c *config.Config, registry *adapters.Registry) error {
	for _, id := range slices.Sorted(maps.Keys(c.Regions)) {
		if err := checkRegion(id, c.Regions[id], registry); err != nil {
			return fmt.Errorf("regions.%s: %w", id, err)
		}
	}
	return nil
}

func checkRegion(id string, settings config.Region, registry *adapters.Registry) error {
	entry, built := registry.Entry(id)
	switch {
	case built && isName(entry, entry.Describe()):
		return fmt.Errorf("is a name for %s and no system of its own: configure those, and take this out", strings.Join(entry.Describe().GetRegion().GetExpandsTo(), " and "))
	case built, settings.Adapter.Target != "":
		return nil
	}
	return fmt.Errorf("this gateway was built without such a region (it has %s), and adapter.target names no adapter of it", strings.Join(idsOf(registry.Entries()), ", "))
}

func idsOf(entries []adapters.Entry) []string {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	return ids
}

// disabled says why a region is switched off. A name that stands for several
// regions needs no configuration of its own. A region's definition may have a reason
// of its own for which it is off unless somebody switches it on.
func disabled(id string, about *adapterv1.DescribeResponse, c *config.Config) string {
	settings, ok := c.Regions[id]
	switch {
	case len(about.GetRegion().GetExpandsTo()) > 0:
		return ""
	case !ok:
		return cmp.Or(about.GetRegion().GetDisabledReason(), "this deployment has not configured it")
	case !settings.Enabled:
		return "this deployment's configuration switches it off"
	}
	return ""
}
