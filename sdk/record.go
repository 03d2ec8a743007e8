package sdk

import (
	"context"
	"slices"
	"sync"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Record is one patient's record from every region asked. It is safe for concurrent reading.
type Record struct {
	answer *lhcrv1.GetRecordResponse
	asked  []lhcrv1.Section
	// broken says why not everything came. Empty when it did.
	broken string

	// Both indices are made when they are first needed: who shows a few sections needs
	// no item by its id.
	byID  func() map[itemKey]Item
	under func() map[lhcrv1.Section][]Item
}

type itemKey struct{ region, item string }

// GetRecord asks for a record and answers once, with what every region gave by the
// context's deadline. An answer above 4 MiB fails with
// ERROR_REASON_RESPONSE_TOO_LARGE: use [Client.StreamRecord].
func (c *Client) GetRecord(ctx context.Context, query Query) (*Record, error) {
	req, err := query.message()
	if err != nil {
		return nil, err
	}
	res, err := call(ctx, c.errand("GetRecord", c.timeout), req, c.records.GetRecord)
	if err != nil {
		return nil, err
	}
	return NewRecord(res, query.Sections...), nil
}

// NewRecord guards an answer that came another way: from a file, a queue or a test.
// The sections are those that were asked for; none means every section.
func NewRecord(answer *lhcrv1.GetRecordResponse, asked ...lhcrv1.Section) *Record {
	if len(asked) == 0 {
		asked = everySection()
	}
	r := &Record{answer: answer, asked: asked}
	r.byID, r.under = sync.OnceValue(r.indexed), sync.OnceValue(r.elsewhere)
	return r
}

func everySection() []lhcrv1.Section {
	values := lhcrv1.Section(0).Descriptor().Values()
	sections := make([]lhcrv1.Section, 0, values.Len()-1)
	for i := range values.Len() {
		if n := values.Get(i).Number(); n != 0 {
			sections = append(sections, lhcrv1.Section(n))
		}
	}
	return sections
}

// each visits every item, whatever list it stands in: a section that a later contract
// adds is visited too.
func (r *Record) each(visit func(Item)) {
	r.answer.GetRecord().ProtoReflect().Range(func(_ protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		list := value.List()
		for i := range list.Len() {
			if item, ok := list.Get(i).Message().Interface().(Item); ok {
				visit(item)
			}
		}
		return true
	})
}

func (r *Record) indexed() map[itemKey]Item {
	items := map[itemKey]Item{}
	r.each(func(item Item) { items[keyOf(item)] = item })
	return items
}

// elsewhere are the items recorded under other headings that belong to a section too.
func (r *Record) elsewhere() map[lhcrv1.Section][]Item {
	var under map[lhcrv1.Section][]Item
	r.each(func(item Item) {
		header := item.GetHeader()
		if len(header.GetAlsoUnder()) == 0 || header.GetRetracted() {
			return
		}
		if under == nil {
			under = map[lhcrv1.Section][]Item{}
		}
		for _, section := range header.GetAlsoUnder() {
			under[section] = append(under[section], item)
		}
	})
	return under
}

func keyOf(item Item) itemKey {
	return itemKey{item.GetHeader().GetRegionId(), item.GetHeader().GetItemId()}
}

// Unguarded is the whole answer as the gateway sent it, for storing and forwarding.
// Whoever ranges over its record answers for looking at its outcomes.
func (r *Record) Unguarded() *lhcrv1.GetRecordResponse { return r.answer }

// Completeness is the completeness of the whole answer. Show it whenever the
// record is shown. It is never better than the outcomes themselves allow.
func (r *Record) Completeness() lhcrv1.Completeness {
	stated := r.answer.GetCompleteness()
	if r.broken != "" || stated == lhcrv1.Completeness_COMPLETENESS_UNSPECIFIED {
		return lhcrv1.Completeness_COMPLETENESS_PARTIAL
	}
	if stated == lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		return completenessOf(r.answer.GetOutcomes())
	}
	return stated
}

// RequestID names the call, to quote to support.
func (r *Record) RequestID() string { return r.answer.GetRequestId() }

// AssembledAt is when the answer was put together. Zero when it was never finished.
func (r *Record) AssembledAt() time.Time {
	if t := r.answer.GetAssembledAt(); t != nil {
		return t.AsTime()
	}
	return time.Time{}
}

// Regions are the reports of the regions asked: their names, their standing
// omissions, and what of their answers did not become items.
func (r *Record) Regions() []*lhcrv1.RegionReport { return slices.Clone(r.answer.GetRegions()) }

// Outcomes are what became of every section in every region.
func (r *Record) Outcomes() []*lhcrv1.SectionOutcome { return slices.Clone(r.answer.GetOutcomes()) }

// Item finds an item by region and id. It is nil when the answer does not hold it.
func (r *Record) Item(regionID, itemID string) Item { return r.byID()[itemKey{regionID, itemID}] }

// MayBeSame are the other items that may be about the same thing, with their
// differences: nothing is dropped as a duplicate.
func (r *Record) MayBeSame(item Item) []Item {
	var others []Item
	for _, group := range r.answer.GetGroups() {
		if !slices.ContainsFunc(group.GetItems(), func(ref *lhcrv1.ItemRef) bool { return refKey(ref) == keyOf(item) }) {
			continue
		}
		for _, ref := range group.GetItems() {
			other := r.byID()[refKey(ref)]
			if other != nil && other != item && !slices.Contains(others, other) {
				others = append(others, other)
			}
		}
	}
	return others
}

func refKey(ref *lhcrv1.ItemRef) itemKey { return itemKey{ref.GetRegionId(), ref.GetItemId()} }

// Links are the pointers from an item, as the source recorded them.
func (r *Record) Links(from Item) []*lhcrv1.ItemLink {
	key := keyOf(from)
	var links []*lhcrv1.ItemLink
	for _, l := range r.answer.GetLinks() {
		if l.GetRegionId() == key.region && l.GetFromItemId() == key.item {
			links = append(links, l)
		}
	}
	return links
}

// Source is an item's original, byte for byte. It is nil unless the query asked for it.
func (r *Record) Source(item Item) *lhcrv1.SourceResource {
	key := keyOf(item)
	for _, s := range r.answer.GetSources() {
		if s.GetRegionId() == key.region && s.GetItemId() == key.item {
			return s
		}
	}
	return nil
}
