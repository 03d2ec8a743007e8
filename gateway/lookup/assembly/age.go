package assembly

import (
	"bytes"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// The fields of SectionOutcome, and of Duration, that are laid out here.
const (
	statusField    protowire.Number = 3
	retrievedField protowire.Number = 13
	cachedField    protowire.Number = 14
	ageField       protowire.Number = 15
	secondsField   protowire.Number = 1
	nanosField     protowire.Number = 2
)

// AppendAge appends the mark of a part that was kept: that it is from a cache, and
// its age. Both fields of the age are written, zero or not, so that nothing of an
// age which stood there before shines through.
func AppendAge(b []byte, age time.Duration) []byte {
	b = protowire.AppendVarint(protowire.AppendTag(b, cachedField, protowire.VarintType), 1)
	return appendPair(b, ageField, uint64(age/time.Second), uint64(age%time.Second))
}

// AppendRetrieved appends the mark of a part that does not say itself when it came.
func AppendRetrieved(b []byte, at time.Time) []byte {
	return appendPair(b, retrievedField, uint64(at.Unix()), uint64(at.Nanosecond()))
}

// appendPair appends a Duration or a Timestamp, which are alike.
func appendPair(b []byte, field protowire.Number, seconds, nanos uint64) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(2+protowire.SizeVarint(seconds)+protowire.SizeVarint(nanos)))
	b = protowire.AppendVarint(protowire.AppendTag(b, secondsField, protowire.VarintType), seconds)
	return protowire.AppendVarint(protowire.AppendTag(b, nanosField, protowire.VarintType), nanos)
}

// version names an item in a part.
type version struct {
	part *part.Part
	id   string
}

// versions are the items of parts of which a newer part has a newer version.
type versions map[version]struct{}

func (v versions) has(p *part.Part, id string) bool {
	if len(v) == 0 {
		return false
	}
	_, ok := v[version{p, id}]
	return ok
}

// outdated finds the items of which another part, fetched later, has a version that
// differs. It is the same item only where each part has one of that id, and each of
// the two versions stands under both headings: anything less could be two items,
// and then both are delivered.
func outdated(parts []*part.Part) versions {
	var found versions
	for _, p := range parts {
		for i := range p.Items {
			item := &p.Items[i]
			if len(item.Sections) == 1 || item.ID == "" || !newerElsewhere(parts, p, item) {
				continue
			}
			if found == nil {
				found = versions{}
			}
			found[version{p, item.ID}] = struct{}{}
		}
	}
	return found
}

func newerElsewhere(parts []*part.Part, p *part.Part, item *part.Item) bool {
	for _, newer := range parts {
		if !newer.Retrieved.After(p.Retrieved) || p.Retrieved.IsZero() || !slices.Contains(item.Sections, newer.Section) {
			continue
		}
		other := only(newer, item)
		if other != nil && slices.Contains(other.Sections, p.Section) && !bytes.Equal(other.Encoded, item.Encoded) && only(p, item) != nil {
			return true
		}
	}
	return false
}

// only is a part's one item of the id and field of another. Nil when it has none, or several.
func only(p *part.Part, like *part.Item) (found *part.Item) {
	for i := range p.Items {
		item := &p.Items[i]
		if item.Field != like.Field || item.ID != like.ID {
			continue
		}
		if found != nil {
			return nil
		}
		found = item
	}
	return found
}

// addOutcomes takes the outcomes. One that says that there is none, though an item
// of its section is delivered with a part of another age, says that it was returned:
// as it would, had both come in one answer.
func (s *Selection) addOutcomes(r Region) {
	s.outcomes = make([]outcome, 0, len(r.Parts))
	for i, p := range r.Parts {
		o := outcome{part: p, status: p.Status}
		if r.Marks != nil {
			o.mark = r.Marks[i]
		}
		if saysNone(o.status) && s.belies(p) {
			o.status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
			o.mark = appendStatus(slices.Clone(o.mark), o.status)
		}
		s.outcomes = append(s.outcomes, o)
		s.tally.Add(o.status, p.Flawed)
	}
}

func saysNone(status lhcrv1.OutcomeStatus) bool {
	return status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE || status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
}

// belies says whether an item is delivered that belongs to the part's section and
// that the part has not.
func (s *Selection) belies(p *part.Part) bool {
	return slices.ContainsFunc(s.items, func(i *part.Item) bool {
		return len(i.Sections) > 1 && slices.Contains(i.Sections, p.Section) && !hasItem(p, i)
	})
}

func appendStatus(b []byte, status lhcrv1.OutcomeStatus) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, statusField, protowire.VarintType), uint64(status))
}
