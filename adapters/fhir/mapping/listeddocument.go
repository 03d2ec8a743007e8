package mapping

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A document that was read for its entries and is listed in the same answer is one
// item, not two: that of its listing, which says the same when nothing is read. What the
// document says of itself stands with its entries, its narratives and its notes.

// listedAs is the item of the listing of a document, nil for one that is not listed.
func (m *Mapper) listedAs(e *answer.Entry, r *model.Composition) *lhcrv1.Document {
	at := m.listing(e, r)
	if at == nil {
		return nil
	}
	m.document(at, answer.As[model.DocumentReference](at))
	return m.references[cmp.Or(m.first(at), at)]
}

// listing is the resource that lists a document: the one by which it was found, else the
// only one that carries its identifier as that of a document (IHE XDS, uniqueId).
func (m *Mapper) listing(e *answer.Entry, r *model.Composition) *answer.Entry {
	var found *model.DocumentReference
	if e.Page < len(m.options.Listings) {
		found = m.options.Listings[e.Page]
	}
	if e.Container != nil || found == nil && r.Origin == nil {
		return nil
	}
	var named []*answer.Entry
	for at, d := range answer.Each[model.DocumentReference](m.answer) {
		switch {
		case at.Container != nil || m.answer.Subject(at) == answer.Mismatch:
		case sameListing(d, found):
			return at
		case r.Origin != nil && names(r.Identifier, d.MasterIdentifier):
			named = append(named, at)
		}
	}
	if len(named) == 1 {
		return named[0]
	}
	return nil
}

// sameListing reports one listing, be it that it was read twice.
func sameListing(a, b *model.DocumentReference) bool {
	if a == nil || b == nil || a == b {
		return a == b && a != nil
	}
	return a.ID == b.ID && masterOf(a) == masterOf(b) && (a.ID != "" || len(a.Content) > 0) &&
		slices.EqualFunc(a.Content, b.Content, func(x, y model.DocumentContent) bool {
			return x.Attachment == y.Attachment || x.Attachment != nil && y.Attachment != nil &&
				x.Attachment.URL == y.Attachment.URL && x.Attachment.Data == y.Attachment.Data
		})
}

func masterOf(d *model.DocumentReference) string {
	if d.MasterIdentifier == nil {
		return ""
	}
	return d.MasterIdentifier.Value
}

func names(list []model.Identifier, id *model.Identifier) bool {
	return id != nil && id.Value != "" && slices.ContainsFunc(list, func(own model.Identifier) bool {
		return own.System == id.System && own.Value == id.Value
	})
}

// beginListed is begin for the frame of a document whose listing is an item already: it
// counts as part of that. Its own header signs its narratives and notes. It gives nil as
// begin does.
func (m *Mapper) beginListed(e *answer.Entry, whole *lhcrv1.ItemHeader) *lhcrv1.ItemHeader {
	check := m.answer.Subject(e)
	if check == answer.Mismatch {
		e.Report(answer.ReasonOtherPerson)
		m.out.OtherPerson[whole.GetSection()]++
		return nil
	}
	e.Item()
	id := whole.GetItemId()
	m.ids[e] = id
	if slices.ContainsFunc(m.frames[id], func(f *answer.Entry) bool { return string(f.Source) == string(e.Source) }) {
		return nil
	}
	m.frames[id] = append(m.frames[id], e)
	h := &lhcrv1.ItemHeader{
		ItemId: id, ItemIdUnstable: whole.GetItemIdUnstable(), RegionId: m.options.RegionID, Section: whole.GetSection(),
		SourceType: e.Type, SourceId: e.ID, SubjectCheck: subjectCheck(check),
	}
	m.describe(h, e)
	return h
}

// framePath is where the sections of a document begin: those of a listing's further
// documents apart from those of its first.
func (m *Mapper) framePath(h *lhcrv1.ItemHeader) string {
	if n := len(m.frames[h.GetItemId()]); n > 1 {
		return "#" + strconv.Itoa(n)
	}
	return ""
}
