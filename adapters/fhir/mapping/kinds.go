package mapping

import (
	"strconv"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// In which part somebody took part.
const (
	asRecorder    = lhcrv1.ParticipantRole_PARTICIPANT_ROLE_RECORDER
	asRequester   = lhcrv1.ParticipantRole_PARTICIPANT_ROLE_REQUESTER
	asAsserter    = lhcrv1.ParticipantRole_PARTICIPANT_ROLE_ASSERTER
	asPerformer   = lhcrv1.ParticipantRole_PARTICIPANT_ROLE_PERFORMER
	asAuthor      = lhcrv1.ParticipantRole_PARTICIPANT_ROLE_AUTHOR
	asResponsible = lhcrv1.ParticipantRole_PARTICIPANT_ROLE_RESPONSIBLE
	asOther       = lhcrv1.ParticipantRole_PARTICIPANT_ROLE_OTHER
)

// How one item points at another.
const (
	toUnnamed     = lhcrv1.LinkKind_LINK_KIND_UNSPECIFIED
	toBasis       = lhcrv1.LinkKind_LINK_KIND_BASED_ON
	toReplaced    = lhcrv1.LinkKind_LINK_KIND_REPLACES
	toMember      = lhcrv1.LinkKind_LINK_KIND_HAS_MEMBER
	toEncounter   = lhcrv1.LinkKind_LINK_KIND_ENCOUNTER
	toReason      = lhcrv1.LinkKind_LINK_KIND_REASON
	toContent     = lhcrv1.LinkKind_LINK_KIND_RELATED_CONTENT
	toProblem     = lhcrv1.LinkKind_LINK_KIND_RELATED_PROBLEM
	toActual      = lhcrv1.LinkKind_LINK_KIND_ACTUAL_PROBLEM
	toWhole       = lhcrv1.LinkKind_LINK_KIND_PART_OF
	toOrigin      = lhcrv1.LinkKind_LINK_KIND_DERIVED_FROM
	toCommented   = lhcrv1.LinkKind_LINK_KIND_COMMENTS_ON
	toHeaded      = lhcrv1.LinkKind_LINK_KIND_UNDER_HEADING
	toTopic       = lhcrv1.LinkKind_LINK_KIND_ABOUT
	toActivity    = lhcrv1.LinkKind_LINK_KIND_ACTIVITY
	toDiagnosis   = lhcrv1.LinkKind_LINK_KIND_DIAGNOSIS
	toEvidence    = lhcrv1.LinkKind_LINK_KIND_EVIDENCE
	commentOfItem = lhcrv1.NoteKind_NOTE_KIND_COMMENT
)

// inEncounter links a resource to the encounter in which it was made: its own
// element, and the extension by which UK Core and FHIR add one to types without.
func (m *Mapper) inEncounter(e *answer.Entry, ref *model.Reference) {
	m.link(e, toEncounter, ref)
	if x := model.FindExtension(e.Head().Extension, "ssociatedEncounter"); x != nil {
		m.link(e, toEncounter, model.Of[model.Reference](x.Value))
	}
}

// participants adds several people in one part.
func (m *Mapper) participants(h *lhcrv1.ItemHeader, e *answer.Entry, kind lhcrv1.ParticipantRole, refs []model.Reference) {
	for i := range refs {
		m.participant(h, e, kind, &refs[i])
	}
}

// agents adds several people with their roles in one part.
func (m *Mapper) agents(h *lhcrv1.ItemHeader, e *answer.Entry, kind lhcrv1.ParticipantRole, list []model.Agent) {
	for i := range list {
		m.agent(h, e, kind, &list[i])
	}
}

// partner adds somebody whose part is known by the name of the source's element.
func (m *Mapper) partner(h *lhcrv1.ItemHeader, e *answer.Entry, part string, ref *model.Reference) {
	if a := m.actor(e, ref); a != nil {
		h.Participants = append(h.Participants, &lhcrv1.Participant{
			Kind: asOther, Role: &lhcrv1.Concept{Text: part, Display: part}, Actor: a,
		})
	}
}

// partners adds several.
func (m *Mapper) partners(h *lhcrv1.ItemHeader, e *answer.Entry, part string, refs []model.Reference) {
	for i := range refs {
		m.partner(h, e, part, &refs[i])
	}
}

// remark keeps, as a note that begins with the name of the source's element, what
// the item's message has no field for.
func remark(h *lhcrv1.ItemHeader, element, words string) {
	if words != "" {
		h.Notes = append(h.Notes, &lhcrv1.Note{Text: element + ": " + words})
	}
}

// boolWords is a boolean in words; empty when it was not recorded.
func boolWords(b model.Bool) string {
	if !b.IsSet() {
		return ""
	}
	return strconv.FormatBool(b.IsTrue())
}

// word is a status or the like: its code, else its words.
func word(c *model.Concept) string {
	if code := c.Code(); code != "" {
		return code
	}
	return c.Show()
}

// statusFrom fills the header's status from a clinical status, for the types that
// have no status of their own, and reads a retraction from the verification.
func statusFrom(h *lhcrv1.ItemHeader, clinical, verification string) {
	if h.GetStatus() == "" {
		h.Status = clinical
	}
	if isRetracted(verification) || isRetracted(clinical) {
		h.Retracted = true
	}
}

// lapsed flags an item that its source calls current though its period is over.
func (m *Mapper) lapsed(h *lhcrv1.ItemHeader, p *lhcrv1.Period) {
	switch said(h.GetStatus()) {
	case "active", "current", "booked", "arrived", "pending", "proposed", "planned", "in-progress":
		if m.past(p.GetEnd()) {
			flag(h, lhcrv1.Flag_FLAG_PERIOD_LAPSED)
		}
	}
}
