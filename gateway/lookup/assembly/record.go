package assembly

import (
	"errors"
	"time"

	"github.com/openlhcr/openlhcr/gateway/wire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// MaxRecordBytes is the largest GetRecordResponse: what a client of grpc takes
// unless told otherwise.
const MaxRecordBytes = 4 << 20

// ErrTooLarge says that an answer exceeds [MaxRecordBytes].
var ErrTooLarge = errors.New("the answer exceeds 4 MiB")

// The fields of GetRecordResponse that are laid out here.
const (
	recordField       protowire.Number = 1
	outcomesField     protowire.Number = 2
	completenessField protowire.Number = 3
	linksField        protowire.Number = 4
	groupsField       protowire.Number = 5
	sourcesField      protowire.Number = 6
	regionsField      protowire.Number = 7
	requestIDField    protowire.Number = 8
	assembledField    protowire.Number = 9
)

// Record puts one answer together from the selections of all regions, in their
// order. The error is [ErrTooLarge].
func Record(selections []*Selection, requestID string, at time.Time) (*wire.Answer, error) {
	items, beside, outcomes := 0, 0, 0
	for _, s := range selections {
		items += s.itemsSize()
		beside += s.besideSize()
		outcomes += len(s.outcomes)
	}
	if items+beside > MaxRecordBytes {
		return nil, ErrTooLarge
	}
	a := &wire.Answer{Outcomes: make([]wire.Outcome, 0, outcomes)}
	p := newPile(beside + closingRoom)
	p.record(selections, items)
	var tally Tally
	for _, s := range selections {
		p.own = s.appendBeside(p.own)
		a.Outcomes = s.appendOutcomes(a.Outcomes)
		tally.Merge(s.tally)
	}
	a.Completeness = tally.Completeness()
	p.own = appendClosing(p.own, selections, a.Completeness, requestID, at)
	if a.Pieces = p.whole(); a.Size() > MaxRecordBytes {
		return nil, ErrTooLarge
	}
	return a, nil
}

// closingRoom is about what stands at the end of an answer.
const closingRoom = 1 << 10

// appendClosing lays what is known only of the whole.
func appendClosing(b []byte, selections []*Selection, completeness lhcrv1.Completeness, requestID string, at time.Time) []byte {
	b = protowire.AppendVarint(protowire.AppendTag(b, completenessField, protowire.VarintType), uint64(completeness))
	var groups Groups
	groups.addAll(selections)
	b = groups.append(b, groupsField)
	b = protowire.AppendString(protowire.AppendTag(b, requestIDField, protowire.BytesType), requestID)
	return appendPair(b, assembledField, uint64(at.Unix()), uint64(at.Nanosecond()))
}

// besideSize is the size of what stands beside the items.
func (s *Selection) besideSize() int {
	n := framedSize(regionsField, len(s.report))
	for _, o := range s.outcomes {
		n += framedSize(outcomesField, o.size())
	}
	for _, l := range s.links {
		n += framedSize(linksField, len(l.Encoded))
	}
	for _, x := range s.sources {
		n += framedSize(sourcesField, len(x.Encoded))
	}
	return n
}

func (s *Selection) itemsSize() int {
	n := 0
	for _, i := range s.items {
		n += len(i.Encoded)
	}
	return n
}

// appendBeside lays what stands beside the items.
func (s *Selection) appendBeside(b []byte) []byte {
	for _, o := range s.outcomes {
		b = o.append(b, outcomesField)
	}
	for _, l := range s.links {
		b = appendFramed(b, linksField, l.Encoded)
	}
	for _, x := range s.sources {
		b = appendFramed(b, sourcesField, x.Encoded)
	}
	return appendFramed(b, regionsField, s.report)
}

func (s *Selection) appendOutcomes(all []wire.Outcome) []wire.Outcome {
	for _, o := range s.outcomes {
		all = append(all, wire.Outcome{Region: s.region, Section: o.part.Section, Status: o.status})
	}
	return all
}
