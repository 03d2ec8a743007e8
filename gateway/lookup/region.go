package lookup

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// region is a regional system with what is computed of its definition once.
type region struct {
	Fetcher
	id        string
	timeout   time.Duration
	canLocate bool
	consents  bool // it asks for a consent for each period of care
	lag       string
	about     []byte // its RegionReport as the definition has it
	varies    variety
	reader    string // who read what is kept of it

	// By section: the part of one that is never given, and that of a patient who is
	// not held, which does not say when that was told.
	never, notHeld map[lhcrv1.Section]*part.Part
}

func newRegion(f Fetcher, timeout time.Duration) *region {
	described := f.Describe()
	about := described.GetRegion()
	r := &region{
		Fetcher: f, id: f.ID(), timeout: timeout, canLocate: f.CanLocate(), lag: about.GetSourceLag(), consents: about.GetConsentPerPeriodOfCare(),
		varies: varietyOf(about.GetVariesBy()), reader: readerOf(described),
		never: map[lhcrv1.Section]*part.Part{}, notHeld: map[lhcrv1.Section]*part.Part{},
	}
	if t := described.GetFetchTimeout(); t != nil && t.AsDuration() > 0 {
		r.timeout = t.AsDuration()
	}
	r.about = aboutRegion(r.id, about.GetName(), about.GetNotes())
	for _, section := range everySection() {
		if given, reason := f.Supports(section); !given {
			r.never[section] = part.OfOutcome(r.neverOutcome(section, reason))
		} else {
			r.notHeld[section] = part.OfOutcome(r.notHeldOutcome(section))
		}
	}
	return r
}

// readerOf names the reader of a region's answers and what it was told to read: what
// one definition read is not served under another, nor what one address gave for
// what another would.
func readerOf(described *adapterv1.DescribeResponse) string {
	told, _ := proto.MarshalOptions{Deterministic: true}.Marshal(described) // what cannot be told in full is told in part
	sum := sha256.Sum256(told)
	return described.GetReaderVersion() + "/" + hex.EncodeToString(sum[:8])
}

func (r *region) neverOutcome(section lhcrv1.Section, reason string) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{
		RegionId: r.id, Section: section, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, Message: reason,
	}
}

func (r *region) notHeldOutcome(section lhcrv1.Section) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{
		RegionId: r.id, Section: section, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD,
		Message: "no record available", SourceLag: r.lag,
	}
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
