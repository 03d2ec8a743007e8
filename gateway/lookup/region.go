package lookup

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// region is a regional system with what is computed of its definition once.
type region struct {
	fetcher
	timeout   time.Duration
	canLocate bool
	lag       string
	about     []byte                    // its RegionReport as the definition has it
	reasons   map[lhcrv1.Section]string // why a section is never given
}

func (l *Lookup) newRegion(f fetcher) *region {
	described := f.Describe()
	r := &region{fetcher: f, timeout: l.opts.RegionTimeout, canLocate: f.CanLocate(), lag: described.GetRegion().GetSourceLag()}
	if t := described.GetFetchTimeout(); t != nil && t.AsDuration() > 0 {
		r.timeout = t.AsDuration()
	}
	r.about = aboutRegion(f.ID(), described.GetRegion().GetName(), described.GetRegion().GetNotes())
	r.reasons = map[lhcrv1.Section]string{}
	for _, section := range everySection() {
		if given, reason := f.Supports(section); !given {
			r.reasons[section] = reason
		}
	}
	return r
}

func aboutRegion(id, name string, notes []string) []byte {
	about := &lhcrv1.RegionReport{RegionId: id, Name: name, Notes: notes}
	encoded, err := proto.Marshal(about)
	if err != nil { // a definition whose words are no UTF-8: its id is a-z
		encoded, _ = proto.Marshal(&lhcrv1.RegionReport{RegionId: id})
	}
	return encoded
}

// everySection lists the sections of the contract by number.
func everySection() []lhcrv1.Section {
	values := lhcrv1.Section_SECTION_UNSPECIFIED.Descriptor().Values()
	var sections []lhcrv1.Section
	for i := range values.Len() {
		if n := lhcrv1.Section(values.Get(i).Number()); n != lhcrv1.Section_SECTION_UNSPECIFIED {
			sections = append(sections, n)
		}
	}
	return sections
}
