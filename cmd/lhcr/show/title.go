package show

import (
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// title is the name of any item.
func title(item sdk.Item) string {
	switch i := item.(type) {
	case *lhcrv1.Person:
		return "the person above, " + actors(i.GetGeneralPractitioners())
	case *lhcrv1.CarePlan:
		return joined(": ", i.GetTitle(), displays(i.GetCategories()))
	case *lhcrv1.Encounter:
		return joined(", ", displays(i.GetTypes()), i.GetClass().GetDisplay(), i.GetServiceType().GetDisplay())
	case *lhcrv1.ClinicalNote:
		return joined(": ", i.GetHeader().GetHeading(), i.GetType().GetDisplay())
	case *lhcrv1.Document:
		return documentName(i)
	case *lhcrv1.Immunisation:
		return vaccinationName(i)
	case *lhcrv1.Medication:
		return i.GetProduct().GetCode().GetDisplay()
	case interface{ GetCode() *lhcrv1.Concept }:
		return i.GetCode().GetDisplay()
	}
	return ""
}

// actors names parties: by name, by organisation, or as the source wrote them.
func actors(all []*lhcrv1.Actor) string {
	var said []string
	for _, a := range all {
		at := organisation(a.GetOrganisation())
		if a.GetName() == a.GetOrganisation().GetName() {
			said = append(said, joined(", ", at, a.GetUnresolved()))
			continue
		}
		said = append(said, joined(", ", a.GetName(), at, a.GetUnresolved()))
	}
	return orUnstated(joined("; ", said...))
}

// says is what an item says beyond its name.
func says(item sdk.Item) string {
	switch i := item.(type) {
	case *lhcrv1.Statement:
		return statementWords(i)
	case *lhcrv1.CarePlan:
		return joined("; ", append([]string{i.GetDescription()}, activities(i)...)...)
	case *lhcrv1.Encounter:
		return encounterWords(i)
	case *lhcrv1.ClinicalNote:
		return i.GetText()
	case *lhcrv1.Procedure:
		return procedureWords(i)
	case *lhcrv1.Recall:
		return recallWords(i)
	}
	return ""
}

func statementWords(s *lhcrv1.Statement) string {
	said := []string{s.GetText(), found(s.GetFinding())}
	for _, a := range s.GetAttributes() {
		said = append(said, joined(": ", a.GetName(), value(a.GetValue())))
	}
	return joined("; ", append(said, answers(s.GetAnswers())...)...)
}

func answers(all []*lhcrv1.Answer) []string {
	var said []string
	for _, a := range all {
		var values []string
		for _, v := range a.GetValues() {
			values = append(values, value(v))
		}
		said = append(said, joined(": ", a.GetQuestion(), joined(", ", values...)))
		said = append(said, answers(a.GetAnswers())...)
	}
	return said
}

func activities(plan *lhcrv1.CarePlan) []string {
	var said []string
	for _, a := range plan.GetActivities() {
		words := joined(" ", a.GetCode().GetDisplay(), a.GetDescription(), a.GetUnresolved())
		if a.GetDoNotPerform() {
			words = "NOT TO BE DONE: " + words
		}
		said = append(said, joined(", ", words, a.GetStatus(), a.GetScheduled()))
	}
	return said
}

func encounterWords(e *lhcrv1.Encounter) string {
	said := []string{displays(e.GetReasons()), organisation(e.GetProvider()), strings.Join(e.GetLocations(), ", ")}
	for _, d := range e.GetDiagnoses() {
		said = append(said, joined(": ", d.GetRole().GetDisplay(), d.GetDiagnosis().GetDisplay()))
	}
	said = append(said, joined(", ", e.GetAdmission().GetMethod().GetDisplay(), e.GetAdmission().GetSource().GetDisplay()))
	said = append(said, joined(", ", e.GetDischarge().GetMethod().GetDisplay(), e.GetDischarge().GetDestination(), e.GetDischarge().GetDisposition().GetDisplay()))
	return joined("; ", said...)
}

func procedureWords(p *lhcrv1.Procedure) string {
	said := joined("; ", displays(p.GetReasons()), displays(p.GetBodySites()), p.GetOutcome().GetDisplay())
	if p.GetNotDone() {
		return joined(": ", "NOT DONE", joined("; ", displays(p.GetStatusReasons()), said))
	}
	return said
}

func recallWords(r *lhcrv1.Recall) string {
	said := joined("; ", displays(r.GetReasons()), r.GetDueText(), r.GetPriority())
	if r.GetDoNotPerform() {
		return joined(": ", "NOT TO BE DONE", said)
	}
	return said
}

// dated is the date that matters of any item.
func dated(item sdk.Item) string {
	switch i := item.(type) {
	case *lhcrv1.Statement:
		return joined(" ", once([]string{day(i.GetDate()), period(i.GetPeriod()), day(i.GetFinding().GetEffective()), period(i.GetFinding().GetEffectivePeriod())})...)
	case *lhcrv1.CarePlan:
		return joined(" ", period(i.GetPeriod()), day(i.GetCreated()))
	case *lhcrv1.Encounter:
		return period(i.GetPeriod())
	case *lhcrv1.ClinicalNote:
		return day(i.GetDate())
	case *lhcrv1.Procedure:
		return joined(" ", day(i.GetPerformed()), period(i.GetPerformedPeriod()), i.GetPerformedText())
	case *lhcrv1.Recall:
		return joined(" ", day(i.GetDue()), period(i.GetDuePeriod()))
	}
	return ""
}
