// Package directory knows the regions of a deployment: which there are, which are
// switched on, whom they serve, which addresses they need and how they fare.
package directory

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/directory/ods"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// Entry is one region, or one name that stands for several, as a deployment has it.
type Entry struct {
	// About is what its definition says.
	About *adapterv1.DescribeResponse
	// DisabledReason says why it is switched off. Empty when it is on.
	DisabledReason string
	// Addresses are where the deployment reaches it.
	Addresses []Address
}

// Options are what a deployment knows of its regions and of whom they serve.
type Options struct {
	// Entries are every region that the binary was built with, on or off.
	Entries []Entry
	// Organisations maps an organisation's ODS code to its regions.
	Organisations map[string][]string
	// Suppliers maps a supplier to the regions that it has declared.
	Suppliers map[string][]string
	// Extract is the public data of organisations that the deployment has loaded: it says
	// in whose area those lie that Organisations does not name. Nil for none.
	Extract *ods.Extract
}

// Directory answers which regions there are. It never changes, and is safe for concurrent use.
type Directory struct {
	ids           []string
	regions       map[string]*lhcrv1.Region
	endpoints     map[string][]*lhcrv1.NetworkEndpoint
	organisations map[string][]string
	suppliers     map[string][]string
	committees    map[string][]string
	boards        map[string][]string
	named         map[string][]string
	boardCodes    map[string]string
	extract       *ods.Extract
}

// New makes a directory. Its error names the region, organisation or supplier that does not fit.
func New(opts Options) (*Directory, error) {
	d := &Directory{
		regions:    make(map[string]*lhcrv1.Region, len(opts.Entries)),
		endpoints:  make(map[string][]*lhcrv1.NetworkEndpoint, len(opts.Entries)),
		committees: map[string][]string{},
		boards:     map[string][]string{},
		named:      map[string][]string{},
		boardCodes: boardCodes(),
		extract:    opts.Extract,
	}
	for _, e := range opts.Entries {
		if err := d.add(e); err != nil {
			return nil, err
		}
	}
	d.ids = slices.Sorted(maps.Keys(d.regions))
	if err := d.checkExpansions(); err != nil {
		return nil, err
	}
	d.indexServed()
	var err error
	if d.organisations, err = d.members("organisations", opts.Organisations, strings.ToUpper); err != nil {
		return nil, err
	}
	d.suppliers, err = d.members("suppliers", opts.Suppliers, func(id string) string { return id })
	return d, err
}

func (d *Directory) add(e Entry) error {
	region := proto.CloneOf(e.About.GetRegion())
	id := region.GetRegionId()
	if id == "" {
		return fmt.Errorf("a region without an id was registered")
	}
	if d.regions[id] != nil {
		return fmt.Errorf("region %q is registered twice", id)
	}
	region.DisabledReason = e.DisabledReason
	region.Configured = e.DisabledReason == ""
	d.regions[id] = region
	endpoints, err := endpoints(e)
	d.endpoints[id] = endpoints
	return err
}

// checkExpansions keeps names that stand for several regions one step deep. Such a
// name is on when all that it stands for is on. Where only some of it is, the reason says
// so, and who asks for the name is answered by each.
func (d *Directory) checkExpansions() error {
	for _, id := range d.ids {
		name := d.regions[id]
		var on, off []string
		for _, target := range name.GetExpandsTo() {
			region := d.regions[target]
			if region == nil || len(region.GetExpandsTo()) > 0 {
				return fmt.Errorf("%q stands for %q, which is not a registered region", id, target)
			}
			if region.GetConfigured() {
				on = append(on, target)
			} else {
				off = append(off, target)
			}
		}
		if name.GetConfigured() && len(off) > 0 {
			name.Configured, name.DisabledReason = false, partlyOff(on, off)
		}
	}
	return nil
}

func partlyOff(on, off []string) string {
	reason := "of what it stands for, " + list(off) + " " + isOrAre(off) + " switched off"
	if len(on) > 0 {
		reason += " and " + list(on) + " " + isOrAre(on) + " asked"
	}
	return reason
}

func isOrAre(ids []string) string {
	if len(ids) == 1 {
		return "is"
	}
	return "are"
}

// list is words as a sentence has them.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// members checks who belongs to which regions, under keys of one form.
func (d *Directory) members(key string, given map[string][]string, form func(string) string) (map[string][]string, error) {
	out := make(map[string][]string, len(given))
	for who, ids := range given {
		expanded, unknown := d.expand(ids)
		if unknown != "" {
			return nil, fmt.Errorf("%s.%s names region %q: no such region is registered (there are %s)",
				key, who, unknown, strings.Join(d.ids, ", "))
		}
		out[form(who)] = union(out[form(who)], expanded)
	}
	return out, nil
}

// Regions are every region and every name that stands for several, sorted by id.
// Callers must not change them.
func (d *Directory) Regions() []*lhcrv1.Region {
	out := make([]*lhcrv1.Region, 0, len(d.ids))
	for _, id := range d.ids {
		out = append(out, d.regions[id])
	}
	return out
}

// Region finds one by its id. Callers must not change it.
func (d *Directory) Region(id string) (*lhcrv1.Region, bool) {
	region, ok := d.regions[id]
	return region, ok
}

// Systems are the ids of every region that is a system of its own and no name for
// several, on or off, sorted.
func (d *Directory) Systems() []string {
	return slices.DeleteFunc(slices.Clone(d.ids), func(id string) bool {
		return len(d.regions[id].GetExpandsTo()) > 0
	})
}

// All are the ids of every region that is switched on, sorted: what a request for
// all regions asks.
func (d *Directory) All() []string {
	return slices.DeleteFunc(d.Systems(), func(id string) bool { return !d.regions[id].GetConfigured() })
}

// RegionsOf are the regions of a caller: those of its organisation, as the deployment
// says or, where it says nothing of it, the public data that it has loaded, and those that
// its supplier has declared, sorted. A region that is switched off stays among them: an
// organisation that belongs to it must see that it was not asked.
func (d *Directory) RegionsOf(caller *adapterv1.Caller) []string {
	return union(d.regionsOf(caller.GetOrganisationOdsCode()), d.suppliers[caller.GetSupplierId()])
}

func (d *Directory) regionsOf(organisation string) []string {
	if configured := d.organisations[strings.ToUpper(organisation)]; len(configured) > 0 || d.extract == nil {
		return configured
	}
	place := d.place(organisation)
	if place.inPart {
		return nil // nobody is told of a customer who may not be theirs
	}
	expanded, _ := d.expand(place.regions)
	return expanded
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
