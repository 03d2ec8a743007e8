package lookup

import (
	"cmp"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Deployment is what of a Lookup can change while it runs.
type Deployment struct {
	// Regions are all regions.
	Regions []Fetcher
	// Directory says which of them a call is about. Nil leaves the present one.
	Directory Directory
	// Keep says how long what is kept from now on.
	Keep Keep
	// CallTimeout bounds a call whose caller set no deadline: DefaultCallTimeout when zero.
	CallTimeout time.Duration
	// RegionTimeout bounds a region whose definition says nothing: DefaultRegionTimeout when zero.
	RegionTimeout time.Duration
}

// deployed is a deployment in use. It never changes: a call has one of them from its
// beginning to its end.
type deployed struct {
	directory   Directory
	regions     map[string]*region
	keep        Keep
	callTimeout time.Duration
	sections    []lhcrv1.Section // every one
}

// Replace puts another deployment in the place of the present one. A call that is
// under way ends with the regions, the directory and the times that it began with.
func (l *Lookup) Replace(d Deployment) {
	next := &deployed{
		directory: d.Directory, regions: make(map[string]*region, len(d.Regions)), keep: d.Keep,
		callTimeout: cmp.Or(max(0, d.CallTimeout), DefaultCallTimeout), sections: everySection(),
	}
	if present := l.deployed.Load(); next.directory == nil && present != nil {
		next.directory = present.directory
	}
	for _, f := range d.Regions {
		r := newRegion(f, cmp.Or(max(0, d.RegionTimeout), DefaultRegionTimeout))
		next.regions[r.id] = r
	}
	l.deployed.Store(next)
}
