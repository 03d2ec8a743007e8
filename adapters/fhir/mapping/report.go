package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// anyReport is the code that GP Connect gives to every report ("Diagnostic studies
// report"): it names none.
const anyReport = "721981007"

// report maps a DiagnosticReport. Its results are items of their own.
func (m *Mapper) report(e *answer.Entry, r *model.DiagnosticReport) {
	h := m.begin(e, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS)
	if h == nil {
		return
	}
	out := &lhcrv1.InvestigationReport{
		Header: h, Name: m.reportName(e, r), Code: contract.Concept(r.Code), Categories: contract.Concepts(r.Category),
		RequestDetails: m.requestDetails(e, r), Conclusion: r.Conclusion, ConclusionCodes: contract.Concepts(r.ConclusionCode),
		Issued: contract.When(r.Issued), FilingComments: m.filingComments(e, r),
	}
	out.Effective, out.EffectivePeriod = effective(h, r.Effective)
	for i := range r.Specimen {
		if s := m.specimen(e, &r.Specimen[i]); s != nil {
			out.Specimens = append(out.Specimens, s)
		}
	}
	for i := range r.Form {
		out.Forms = append(out.Forms, m.attachment(h, e, &r.Form[i]))
	}
	m.agents(h, e, asPerformer, r.Performer)
	m.partners(h, e, "results interpreter", r.Interpreter)
	m.reportLinks(h, e, r)
	flagConcepts(h, out.GetName(), out.GetCode())
	m.rest(h, e)
	m.record.InvestigationReports = append(m.record.InvestigationReports, out)
}

func (m *Mapper) reportLinks(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.DiagnosticReport) {
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toBasis, r.BasedOn)
	m.linkAll(e, toMember, r.Result)
	m.linkAll(e, toTopic, r.ImagingStudy)
	for i := range r.Media {
		m.labelled(e, toTopic, r.Media[i].Link, r.Media[i].Comment)
		if r.Media[i].Link.IsEmpty() {
			remark(h, "media", r.Media[i].Comment)
		}
	}
}

// results are the observations that a report names and that came, comments apart.
func (m *Mapper) results(e *answer.Entry, r *model.DiagnosticReport, comments bool) []*answer.Entry {
	var out []*answer.Entry
	for i := range r.Result {
		found := m.answer.Follow(e, &r.Result[i])
		o := answer.As[model.Observation](found)
		if o != nil && isComment(o) == comments && m.answer.Subject(found) != answer.Mismatch {
			out = append(out, found)
		}
	}
	return out
}

// reportName is the report's own code where that names it, else the names of its
// header observations.
func (m *Mapper) reportName(e *answer.Entry, r *model.DiagnosticReport) *lhcrv1.Concept {
	if !r.Code.IsEmpty() && (r.Code.Text != "" || !r.Code.HasCode(anyReport)) {
		return contract.Concept(r.Code)
	}
	headers := m.results(e, r, false)
	switch len(headers) {
	case 0:
		return contract.Concept(r.Code)
	case 1:
		return contract.Concept(answer.As[model.Observation](headers[0]).Code)
	}
	var names []string
	for _, h := range headers {
		names = append(names, answer.As[model.Observation](h).Code.Show())
	}
	return contract.TextConcept(strings.Join(names, "; "))
}

func (m *Mapper) filingComments(e *answer.Entry, r *model.DiagnosticReport) []*lhcrv1.Note {
	var out []*lhcrv1.Note
	for _, c := range m.results(e, r, true) {
		out = append(out, m.filingComment(c, answer.As[model.Observation](c)))
	}
	return out
}

// requestDetails are the words of the requests that a report is based on: notes
// and reasons, else what was asked for.
func (m *Mapper) requestDetails(e *answer.Entry, r *model.DiagnosticReport) string {
	var out []string
	for i := range r.BasedOn {
		found := m.answer.Follow(e, &r.BasedOn[i])
		q := answer.As[model.ServiceRequest](found)
		if q != nil && m.answer.Subject(found) != answer.Mismatch {
			out = append(out, requestWords(q)...)
		}
	}
	return strings.Join(out, "\n")
}

func requestWords(q *model.ServiceRequest) []string {
	var out []string
	for i := range q.Note {
		out = append(out, q.Note[i].Text)
	}
	for i := range q.ReasonCode {
		out = append(out, q.ReasonCode[i].Show())
	}
	if q.Description != "" {
		out = append(out, q.Description)
	}
	if len(out) == 0 && !q.Code.IsEmpty() {
		out = append(out, q.Code.Show())
	}
	return out
}
