package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// impression maps a ClinicalImpression, whose summary is what a pharmacy wrote of its
// consultation, to a clinical note.
func (m *Mapper) impression(e *answer.Entry, r *model.ClinicalImpression) {
	h := m.begin(e, lhcrv1.Section_SECTION_CLINICAL_NOTES)
	if h == nil {
		return
	}
	note := &lhcrv1.ClinicalNote{Header: h, Text: r.Summary, MediaType: "text/plain", Type: contract.Concept(r.Code)}
	if note.GetText() == "" {
		note.Text = r.Description
	} else {
		remark(h, "description", r.Description)
	}
	at, p := effective(h, r.Effective)
	if at == nil {
		at = p.GetStart()
	}
	note.Date, h.Recorded = at, contract.When(r.Date)
	remark(h, "effective.end", p.GetEnd().GetOriginal())
	remark(h, "statusReason", r.StatusReason.Show())
	m.participant(h, e, asAuthor, r.Assessor)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toTopic, r.Problem)
	m.linkAll(e, toEvidence, r.Supporting)
	m.found(h, e, r)
	route(h, r.Code)
	m.rest(h, e)
	m.record.ClinicalNotes = append(m.record.ClinicalNotes, note)
}

// found keeps what an assessment found and expects.
func (m *Mapper) found(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.ClinicalImpression) {
	for i := range r.Finding {
		f := &r.Finding[i]
		if ref := model.Of[model.Reference](f.Item); ref != nil {
			m.labelled(e, toEvidence, ref, f.Basis)
			continue
		}
		words := f.Item.Concept().Show()
		if f.Basis != "" {
			words += " (" + f.Basis + ")"
		}
		remark(h, "finding", words)
	}
	for i := range r.Prognosis {
		remark(h, "prognosis", r.Prognosis[i].Show())
	}
}

// communication maps a message about the patient, sent or asked for, to a clinical
// note.
func (m *Mapper) communication(e *answer.Entry, r *model.Communication) {
	h := m.begin(e, lhcrv1.Section_SECTION_CLINICAL_NOTES)
	if h == nil {
		return
	}
	note := &lhcrv1.ClinicalNote{Header: h, MediaType: "text/plain", Date: contract.When(r.Sent)}
	for _, c := range append(append([]model.Concept{}, r.Topic...), r.Category...) {
		if note.GetType() == nil {
			note.Type = contract.Concept(&c)
			continue
		}
		remark(h, "category", c.Show())
	}
	remark(h, "received", r.Received.String())
	for i := range r.ReasonCode {
		remark(h, "reason", r.ReasonCode[i].Show())
	}
	m.participant(h, e, asAuthor, r.Sender)
	m.agent(h, e, asRequester, r.Requester)
	m.partners(h, e, "recipient", r.Recipient)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	h.Negated = r.NotDone.IsTrue() || said(r.Status) == "not-done"
	note.Text = m.payload(h, e, r.Payload)
	m.rest(h, e)
	m.record.ClinicalNotes = append(m.record.ClinicalNotes, note)
}

// payload is a message in words; what it points at is linked, an attachment named.
func (m *Mapper) payload(h *lhcrv1.ItemHeader, e *answer.Entry, list []model.Payload) string {
	var out []string
	for i := range list {
		c := list[i].Content
		if ref := model.Of[model.Reference](c); ref != nil {
			m.link(e, toTopic, ref)
			continue
		}
		if a := model.Of[model.Attachment](c); a != nil {
			remark(h, "attachment", attachmentWords(m.attachment(h, e, a)))
			continue
		}
		out = append(out, c.Text())
	}
	return strings.Join(out, "\n")
}
