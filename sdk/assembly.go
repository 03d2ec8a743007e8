package sdk

import (
	"fmt"
	"maps"
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// assembly puts the parts of a stream together and notices what is lost.
type assembly struct {
	asked   []lhcrv1.Section
	regions map[string]*regionParts
	parts   uint32
	summary *lhcrv1.RecordSummary
	broken  string
}

// regionParts is what one region gave so far.
type regionParts struct {
	answer *lhcrv1.GetRecordResponse
	next   uint32
	whole  bool
}

func newAssembly(asked []lhcrv1.Section) *assembly {
	return &assembly{asked: asked, regions: map[string]*regionParts{}}
}

// take adds a part. It returns the region's record with the region's last part.
func (a *assembly) take(part *lhcrv1.RegionPart) (*Record, error) {
	id := part.GetRegionId()
	if a.summary != nil {
		return nil, broken("a part came after the summary: the record is partial", a.summary.GetRequestId())
	}
	r := a.regions[id]
	if r == nil {
		r = &regionParts{answer: &lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{}}}
		a.regions[id] = r
	}
	if r.whole || part.GetSequence() != r.next {
		return nil, broken(fmt.Sprintf("part %d of region %q was due and part %d came: the record is partial", r.next, id, part.GetSequence()), "")
	}
	a.parts++
	r.add(part)
	if !part.GetLast() {
		return nil, nil
	}
	r.whole = true
	r.answer.Completeness = completenessOf(r.answer.GetOutcomes())
	return NewRecord(r.answer, a.asked...), nil
}

func (r *regionParts) add(part *lhcrv1.RegionPart) {
	r.next++
	join(r.answer.GetRecord(), part.GetRecord())
	r.answer.Outcomes = append(r.answer.Outcomes, part.GetOutcomes()...)
	r.answer.Links = append(r.answer.Links, part.GetLinks()...)
	r.answer.Sources = append(r.answer.Sources, part.GetSources()...)
	if part.GetReport() != nil {
		r.answer.Regions = append(r.answer.Regions, part.GetReport())
	}
}

// finish takes the summary. The error says which part was lost.
func (a *assembly) finish(summary *lhcrv1.RecordSummary) error {
	if summary.GetParts() != a.parts {
		return broken(fmt.Sprintf("%d parts were sent and %d came: the record is partial", summary.GetParts(), a.parts), summary.GetRequestId())
	}
	for _, id := range slices.Sorted(maps.Keys(a.regions)) {
		if !a.regions[id].whole {
			return broken(fmt.Sprintf("the last part of region %q did not come: the record is partial", id), summary.GetRequestId())
		}
	}
	a.summary = summary
	return nil
}

// ended is the stream's end: without a summary before it, the record is partial.
func (a *assembly) ended(requestID string) error {
	if a.summary == nil {
		return broken("the stream ended without its summary: the record is partial", requestID)
	}
	return nil
}

// breakOff makes every section of the record incomplete.
func (a *assembly) breakOff(err error) {
	a.broken = "the stream broke off: " + err.Error()
}

// record is everything that came, regions in order of their ids.
func (a *assembly) record() *Record {
	all := &lhcrv1.GetRecordResponse{
		Record:       &lhcrv1.Record{},
		Completeness: a.summary.GetCompleteness(),
		Groups:       a.summary.GetGroups(),
		RequestId:    a.summary.GetRequestId(),
		AssembledAt:  a.summary.GetAssembledAt(),
	}
	if a.broken != "" {
		all.Completeness = lhcrv1.Completeness_COMPLETENESS_PARTIAL
	}
	for _, id := range slices.Sorted(maps.Keys(a.regions)) {
		answer := a.regions[id].answer
		join(all.GetRecord(), answer.GetRecord())
		all.Outcomes = append(all.Outcomes, answer.GetOutcomes()...)
		all.Links = append(all.Links, answer.GetLinks()...)
		all.Sources = append(all.Sources, answer.GetSources()...)
		all.Regions = append(all.Regions, answer.GetRegions()...)
	}
	record := NewRecord(all, a.asked...)
	record.broken = a.broken
	return record
}

// join adds the items of one record to those of another. It copies no item: the
// regions' records and the whole hold the same ones. Fields of a later contract come along.
func join(to, from *lhcrv1.Record) {
	whole, part := to.ProtoReflect(), from.ProtoReflect()
	part.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		items, more := whole.Mutable(field).List(), value.List()
		for i := range more.Len() {
			items.Append(more.Get(i))
		}
		return true
	})
	if unknown := part.GetUnknown(); len(unknown) > 0 {
		whole.SetUnknown(slices.Concat(whole.GetUnknown(), unknown))
	}
}
