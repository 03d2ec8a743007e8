package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// problem maps a Condition: a problem, a diagnosis, a header of GP Connect's
// problem list.
func (m *Mapper) problem(e *answer.Entry, r *model.Condition) {
	h := m.begin(e, lhcrv1.Section_SECTION_PROBLEMS)
	if h == nil {
		return
	}
	p := &lhcrv1.Problem{
		Header: h, Code: contract.Concept(r.Code), ClinicalStatus: word(r.ClinicalStatus), Verification: word(r.Verification),
		Categories: contract.Concepts(r.Category), Severity: contract.Concept(r.Severity), BodySites: contract.Concepts(r.BodySite),
	}
	statusFrom(h, p.GetClinicalStatus(), p.GetVerification())
	refuted(h, p.GetVerification())
	h.Recorded = contract.When(r.Recorded)
	m.participant(h, e, asRecorder, r.Recorder)
	m.participant(h, e, asAsserter, r.Asserter)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	p.Onset, p.OnsetText = began(r.Onset)
	p.Abatement, p.AbatementText = ended(r.Abatement)
	m.evidence(h, e, r.Evidence)
	m.problemExtensions(p, e, r.Extension)
	flagConcepts(h, p.GetCode())
	route(h, r.Code)
	routeAllergy(h, r.Code)
	m.rest(h, e, "ProblemSignificance", "ActualProblem", "RelatedClinicalContent", "RelatedProblemHeader")
	m.record.Problems = append(m.record.Problems, p)
}

// ended is when something ended: a moment, or the end of a period; and the words
// in which it was recorded otherwise ("true" where only the fact was).
func ended(v model.Value) (*lhcrv1.When, string) {
	at, p, words := contract.Timing(v)
	if p != nil {
		return p.GetEnd(), contract.Words(v)
	}
	return at, words
}

func (m *Mapper) evidence(h *lhcrv1.ItemHeader, e *answer.Entry, list []model.Evidence) {
	for i := range list {
		m.linkAll(e, toEvidence, list[i].Detail)
		for j := range list[i].Code {
			remark(h, "evidence", list[i].Code[j].Show())
		}
	}
}

// problemExtensions reads Care Connect's extensions of a problem header.
func (m *Mapper) problemExtensions(p *lhcrv1.Problem, e *answer.Entry, list []model.Extension) {
	for i := range list {
		x := &list[i]
		ref := model.Of[model.Reference](x.Value)
		switch tail := x.Tail(); {
		case strings.Contains(tail, "ProblemSignificance"):
			p.Significance = contract.Words(x.Value)
		case strings.Contains(tail, "ActualProblem"):
			m.link(e, toActual, ref)
		case strings.Contains(tail, "RelatedClinicalContent"):
			m.link(e, toContent, ref)
		case strings.Contains(tail, "RelatedProblemHeader"):
			m.relatedProblem(p, e, x)
		}
	}
}

func (m *Mapper) relatedProblem(p *lhcrv1.Problem, e *answer.Entry, x *model.Extension) {
	ref := model.Of[model.Reference](x.Part("target"))
	kind := contract.Words(x.Part("type"))
	out := &lhcrv1.RelatedProblem{Type: kind}
	if m.answer.Follow(e, ref) == nil {
		out.Unresolved = unresolved(ref)
	}
	p.Related = append(p.Related, out)
	m.labelled(e, toProblem, ref, kind)
}
