package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// document maps a DocumentReference, once: the frame of the document may have asked
// for it before.
func (m *Mapper) document(e *answer.Entry, r *model.DocumentReference) {
	if _, done := m.references[e]; done {
		return
	}
	m.references[e] = nil
	h := m.begin(e, lhcrv1.Section_SECTION_DOCUMENTS)
	if h == nil {
		return
	}
	d := &lhcrv1.Document{
		Header: h, MasterIdentifier: contract.Identifier(r.MasterIdentifier), EntryId: entryUUID(r.Identifier),
		RepositoryId: identified(r.Extension, "repositoryUniqueId"), HomeCommunityId: identified(r.Extension, "homeCommunityId"),
		DocumentStatus: r.DocStatus, Type: contract.Concept(r.Type), Classes: contract.Concepts(r.Class),
		Description: r.Description, Created: contract.When(r.Created), Indexed: contract.When(r.Indexed),
		Custodian: m.organisation(e, r.Custodian),
	}
	for i := range r.Security {
		d.Confidentiality = append(d.Confidentiality, contract.Codings(r.Security[i].Coding)...)
		remark(h, "securityLabel", r.Security[i].Text)
	}
	m.participants(h, e, asAuthor, r.Author)
	m.partner(h, e, "authenticator", r.Authenticator)
	m.documentContext(d, e, r.Context)
	m.relations(d, e, r.RelatesTo)
	for i := range r.Content {
		d.Contents = append(d.Contents, m.content(h, e, &r.Content[i]))
		for j := range r.Content[i].Extension {
			m.remarks(h, e, &r.Content[i].Extension[j])
		}
	}
	flagConcepts(h, d.GetType())
	route(h, r.Type)
	routeAll(h, r.Class)
	m.rest(h, e, "repositoryUniqueId", "homeCommunityId")
	m.references[e] = d
	m.record.Documents = append(m.record.Documents, d)
}

// entryUUID is the id of the entry in an XDS registry, which MHD carries as an
// identifier of the form urn:uuid.
func entryUUID(list []model.Identifier) string {
	for i := range list {
		if strings.HasPrefix(list[i].Value, "urn:uuid:") {
			return list[i].Value
		}
	}
	return ""
}

// identified is the identifier in the first extension of a name.
func identified(list []model.Extension, name string) string {
	x := model.FindExtension(list, name)
	if x == nil {
		return ""
	}
	if id := model.Of[model.Identifier](x.Value); id != nil {
		return id.Value
	}
	return x.Value.Text()
}

func (m *Mapper) documentContext(d *lhcrv1.Document, e *answer.Entry, c *model.DocumentContext) {
	m.inEncounter(e, nil)
	if c == nil {
		return
	}
	d.ServicePeriod, d.Events = contract.Period(c.Period), contract.Concepts(c.Event)
	d.Setting, d.Facility = contract.Concept(c.PracticeSetting), contract.Concept(c.FacilityType)
	m.linkAll(e, toEncounter, c.Encounter)
	for i := range c.Related {
		related := &c.Related[i]
		ref := &related.Reference
		if ref.Reference == "" && !related.Ref.IsEmpty() {
			ref = related.Ref
		}
		m.link(e, toTopic, ref)
	}
}

func (m *Mapper) relations(d *lhcrv1.Document, e *answer.Entry, list []model.RelatesTo) {
	for i := range list {
		r := &list[i]
		out := &lhcrv1.DocumentRelation{Type: r.Code, Target: unresolved(r.Target)}
		if out.GetTarget() == "" && r.ID != nil {
			out.Target = r.ID.Value
		}
		d.Relations = append(d.Relations, out)
		if m.answer.Follow(e, r.Target) == nil {
			continue
		}
		if r.Code == "replaces" {
			m.link(e, toReplaced, r.Target)
			continue
		}
		m.labelled(e, toUnnamed, r.Target, r.Code)
	}
}

func (m *Mapper) content(h *lhcrv1.ItemHeader, e *answer.Entry, c *model.DocumentContent) *lhcrv1.Attachment {
	if c.Attachment == nil {
		return &lhcrv1.Attachment{Format: contract.Coding(c.Format)}
	}
	out := m.attachment(h, e, c.Attachment)
	fetchable(out, c.Attachment)
	out.Format = contract.Coding(c.Format)
	return out
}
