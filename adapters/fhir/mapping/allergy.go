package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// allergy maps an AllergyIntolerance: an allergy, an ended one (GP Connect holds
// those inside their list), or the assertion that none is known.
func (m *Mapper) allergy(e *answer.Entry, r *model.AllergyIntolerance) {
	h := m.begin(e, lhcrv1.Section_SECTION_ALLERGIES)
	if h == nil {
		return
	}
	a := &lhcrv1.Allergy{
		Header: h, Code: contract.Concept(r.Code), CodeKind: allergyCodeKind(r.Code),
		ClinicalStatus: word(r.ClinicalStatus), Verification: word(r.Verification), Type: word(r.Type),
		Categories: r.Category, Criticality: r.Criticality, LastOccurrence: contract.When(r.LastOccurrence),
	}
	statusFrom(h, a.GetClinicalStatus(), a.GetVerification())
	refuted(h, a.GetVerification())
	absence(a, r)
	h.Recorded = contract.When(r.Recorded)
	m.participant(h, e, asRecorder, r.Recorder)
	m.participant(h, e, asAsserter, r.Asserter)
	m.notes(h, e, r.Note)
	m.inEncounter(e, r.Encounter)
	a.Onset, a.OnsetText = began(r.Onset)
	m.reactions(a, e, r.Reaction)
	m.allergyEnd(a, e, r)
	flagConcepts(h, a.GetCode())
	m.unsaid(a, e, r)
	m.rest(h, e, "AllergyIntoleranceEnd")
	m.record.Allergies = append(m.record.Allergies, a)
}

// began is when something began or ended: a moment, or the start of a period; and
// the words in which it was recorded otherwise (an age, a range, the whole period).
func began(v model.Value) (*lhcrv1.When, string) {
	at, p, words := contract.Timing(v)
	if p != nil {
		return p.GetStart(), contract.Words(v)
	}
	return at, words
}

func (m *Mapper) reactions(a *lhcrv1.Allergy, e *answer.Entry, list []model.Reaction) {
	for i := range list {
		r := &list[i]
		out := &lhcrv1.AllergyReaction{
			Manifestations: contract.Concepts(r.Manifestation), Severity: r.Severity, Description: r.Description,
			ExposureRoute: contract.Concept(r.ExposureRoute), Substance: contract.Concept(r.Substance),
			Onset: contract.When(r.Onset), Notes: m.makeNotes(e, r.Note),
		}
		flagConcepts(a.GetHeader(), out.GetSubstance())
		flagConcepts(a.GetHeader(), out.GetManifestations()...)
		a.Reactions = append(a.Reactions, out)
	}
}

// allergyEnd reads the recorded end (an extension of the allergy in STU3, of its
// clinical status in R4), and marks what stands in a list of ended allergies
// (contract ALG-002).
func (m *Mapper) allergyEnd(a *lhcrv1.Allergy, e *answer.Entry, r *model.AllergyIntolerance) {
	x := model.FindExtension(r.Extension, "AllergyIntoleranceEnd")
	if x == nil && r.ClinicalStatus != nil {
		x = model.FindExtension(r.ClinicalStatus.Extension, "AllergyIntoleranceEnd")
	}
	if x == nil && !m.listedAsEnded(e) {
		return
	}
	a.Ended = &lhcrv1.AllergyEnd{Date: contract.When(x.Part("endDate").When()), Reason: contract.Words(x.Part("reasonEnded"))}
	flag(a.GetHeader(), lhcrv1.Flag_FLAG_ENDED)
	if isPlaceholder(a.GetEnded().GetReason()) {
		flag(a.GetHeader(), lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER)
	}
}

// isPlaceholder reports a system's filler in the place of somebody's reason.
func isPlaceholder(words string) bool {
	switch strings.ToLower(strings.TrimSpace(words)) {
	case "expired", "no information available", "information not available":
		return true
	}
	return false
}

// listedAsEnded reports a resource that stands in a list of ended entries, or is
// contained in one.
func (m *Mapper) listedAsEnded(e *answer.Entry) bool {
	for _, l := range e.Lists() {
		if l.List.Ended && !l.Deleted {
			return true
		}
	}
	l := m.containing(e)
	return l != nil && l.Ended
}

// containing is the list inside which a resource came, nil when it came in none.
func (m *Mapper) containing(e *answer.Entry) *answer.List {
	return m.listOf(e.Container)
}
