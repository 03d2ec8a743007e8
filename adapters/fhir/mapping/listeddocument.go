package mapping

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/proto"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A document that was read for its entries and is listed in the same answer is one
// item, not two: its own frame adds to the item of its listing.

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
// counts as part of that, and its header says what the document says of itself. It gives
// nil as begin does.
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

// complete adds what a document says of itself to the item of its listing, where that is
// silent. What restricts, or takes back, is added in any case.
func complete(listed, own *lhcrv1.Document) {
	listed.Type = cmp.Or(listed.Type, own.Type)
	listed.Description = cmp.Or(listed.Description, own.Description)
	listed.Created = cmp.Or(listed.Created, own.Created)
	listed.Custodian = cmp.Or(listed.Custodian, own.Custodian)
	listed.DocumentStatus = cmp.Or(listed.DocumentStatus, own.DocumentStatus)
	if len(listed.Classes) == 0 {
		listed.Classes = own.Classes
	}
	for _, c := range own.Confidentiality {
		if !slices.ContainsFunc(listed.Confidentiality, func(have *lhcrv1.Coding) bool { return have.GetCode() == c.GetCode() }) {
			listed.Confidentiality = append(listed.Confidentiality, c)
		}
	}
	listed.Relations = union(listed.Relations, own.Relations)
	completeHeader(listed.GetHeader(), own.GetHeader())
	for _, id := range own.GetHeader().GetIdentifiers() {
		if !proto.Equal(id, listed.GetMasterIdentifier()) {
			listed.Header.Identifiers = union(listed.GetHeader().GetIdentifiers(), []*lhcrv1.Identifier{id})
		}
	}
}

func completeHeader(h, own *lhcrv1.ItemHeader) {
	h.SourceOrganisation = cmp.Or(h.SourceOrganisation, own.SourceOrganisation)
	h.SourceSystem = cmp.Or(h.SourceSystem, own.SourceSystem)
	h.SourceVersion = cmp.Or(h.SourceVersion, own.SourceVersion)
	h.Recorded = cmp.Or(h.Recorded, own.Recorded)
	h.Narrative = cmp.Or(h.Narrative, own.Narrative)
	h.Security = union(h.Security, own.Security)
	h.Tags = union(h.Tags, own.Tags)
	h.Notes = append(h.Notes, own.Notes...)
	h.NotForPatient = h.NotForPatient || own.NotForPatient
	if own.Retracted && !h.Retracted {
		h.Retracted = true
		remark(h, "Composition.status", strings.TrimSpace(own.GetStatus()))
	}
	for _, f := range own.Flags {
		flag(h, f)
	}
	for _, s := range own.AlsoUnder {
		alsoUnder(h, s, true)
	}
	if !slices.ContainsFunc(h.Participants, isAuthor) {
		h.Participants = append(h.Participants, own.Participants...)
	}
}

func isAuthor(p *lhcrv1.Participant) bool { return p.GetKind() == asAuthor }

// union adds the messages that are not there yet.
func union[T proto.Message](have, more []T) []T {
	for _, x := range more {
		if !slices.ContainsFunc(have, func(y T) bool { return proto.Equal(x, y) }) {
			have = append(have, x)
		}
	}
	return have
}
