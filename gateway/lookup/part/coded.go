package part

import (
	"strconv"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// coded gives the concepts that say what an item is, and what it says of that. An
// item whose code is only its sort (a letter, a visit, a plan) has none: two
// letters of one day are two letters.
func coded(item proto.Message) (concepts []*lhcrv1.Concept, says []string, ok bool) {
	switch m := item.(type) {
	case *lhcrv1.Allergy:
		return []*lhcrv1.Concept{m.GetCode()}, []string{m.GetAbsence().String()}, true
	case *lhcrv1.Medication:
		return []*lhcrv1.Concept{m.GetProduct().GetCode()}, medicationSays(m), true
	case *lhcrv1.Immunisation:
		return []*lhcrv1.Concept{m.GetProcedure(), m.GetVaccine()}, immunisationSays(m), true
	case *lhcrv1.Problem:
		return []*lhcrv1.Concept{m.GetCode()}, nil, true
	case *lhcrv1.Procedure:
		return []*lhcrv1.Concept{m.GetCode()}, []string{strconv.FormatBool(m.GetNotDone())}, true
	case *lhcrv1.InvestigationReport:
		return []*lhcrv1.Concept{reportName(m)}, nil, true
	case *lhcrv1.InvestigationResult:
		return []*lhcrv1.Concept{m.GetCode()}, append(findingSays(m.GetFinding()), m.GetKind().String()), true
	case *lhcrv1.Statement:
		return []*lhcrv1.Concept{m.GetCode()}, append(findingSays(m.GetFinding()), m.GetText(), m.GetCode().GetText()), true
	case *lhcrv1.Alert:
		return []*lhcrv1.Concept{m.GetCode()}, []string{m.GetCode().GetText()}, true
	case *lhcrv1.Recall:
		return []*lhcrv1.Concept{m.GetCode()}, []string{m.GetDue().GetOriginal(), m.GetDueText(), strconv.FormatBool(m.GetDoNotPerform())}, true
	}
	return nil, nil, false
}

// medicationSays is the kind of record, so that a plan is not tied to its issues,
// and each dosage in its words or, without words, in its structure.
func medicationSays(m *lhcrv1.Medication) []string {
	says := []string{m.GetKind().String()}
	for _, d := range m.GetDosages() {
		if d.GetText() != "" {
			says = append(says, d.GetText(), d.GetPatientInstruction())
		} else {
			says = append(says, encoded(d))
		}
	}
	return says
}

func immunisationSays(m *lhcrv1.Immunisation) []string {
	given := "not said"
	if m.Given != nil {
		given = strconv.FormatBool(m.GetGiven())
	}
	return []string{given, m.GetOccurrence().GetOriginal()}
}

// findingSays is what was found and when: two readings of one day are two readings.
func findingSays(f *lhcrv1.Finding) []string {
	if f == nil {
		return []string{"no finding"}
	}
	return []string{encoded(&lhcrv1.Finding{
		Value: f.GetValue(), AbsentReason: f.GetAbsentReason(), Components: f.GetComponents(),
		Effective: f.GetEffective(), EffectivePeriod: f.GetEffectivePeriod(),
	})}
}

// reportName is the name of a report without the codings of the report's own code,
// which is often the same for all reports of a source.
func reportName(r *lhcrv1.InvestigationReport) *lhcrv1.Concept {
	own := map[[2]string]bool{}
	for _, c := range r.GetCode().GetCodings() {
		own[[2]string{c.GetSystem(), c.GetCode()}] = true
	}
	name := &lhcrv1.Concept{Degraded: r.GetName().GetDegraded(), CodingsDisagree: r.GetName().GetCodingsDisagree()}
	for _, c := range r.GetName().GetCodings() {
		if !own[[2]string{c.GetSystem(), c.GetCode()}] {
			name.Codings = append(name.Codings, c)
		}
	}
	return name
}

// encoded is a message as the text of a key.
func encoded(m proto.Message) string {
	b, _ := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	return string(b)
}
