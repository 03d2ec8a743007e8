package fhir

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// failuresInside turns the OperationOutcomes of a success into gaps of the sections
// that their payload answers: a regional exchange answers 200 when some of its
// providers failed (contract rule 1).
func (r *reader) failuresInside() {
	for _, g := range r.answer.Gaps() {
		if g.NotFound {
			continue // a provider without a record of the patient is no gap
		}
		for _, s := range r.sectionsAt(g.Entry.Position) {
			r.gap(s, &lhcrv1.Gap{
				Kind: g.Kind, ProviderOdsCode: g.Provider.ODSCode, ProviderName: g.Provider.Name,
				Retryable: g.Retryable, SourceRequestId: g.Provider.RequestID, Message: r.failureMessage(g),
			})
		}
	}
}

// failureMessage says what a failure means, and after it the source's own words for
// users without what could name a patient.
func (r *reader) failureMessage(g answer.Gap) string {
	meaning := failureWords[g.Kind]
	if meaning == "" {
		meaning = "a provider behind the region failed"
	}
	if words := r.nameless(g.Text); words != "" {
		return meaning + ": " + words
	}
	return meaning
}

// failureWords is read only.
var failureWords = map[lhcrv1.GapKind]string{
	lhcrv1.GapKind_GAP_KIND_TIMED_OUT:               "a provider behind the region did not answer in time",
	lhcrv1.GapKind_GAP_KIND_REFUSED:                 "the region refused a part",
	lhcrv1.GapKind_GAP_KIND_WITHHELD:                "something is withheld",
	lhcrv1.GapKind_GAP_KIND_PAGE_MISSING:            "a part of the answer is missing",
	lhcrv1.GapKind_GAP_KIND_TOO_LARGE:               "a part is larger than the region delivers",
	lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE: "an item failed the region's checks and was left out",
}

// nameless takes out of a source's words what could name the patient: numbers, dates
// and addresses, and the names of the patients who came with it.
func (r *reader) nameless(words string) string {
	words = adapters.Scrub(words)
	if words == "" {
		return ""
	}
	for _, p := range r.answer.Patients() {
		resource := answer.As[model.Patient](p.Entry)
		for i := range resource.Name {
			words = withoutName(words, &resource.Name[i])
		}
	}
	return words
}

func withoutName(words string, n *model.HumanName) string {
	for _, part := range append([]string{n.Text, n.Family}, n.Given...) {
		if len(part) > 1 {
			words = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(part)).ReplaceAllString(words, "[name]")
		}
	}
	return words
}

// sectionsAt is the sections that the payload of a resource's position answers.
func (r *reader) sectionsAt(position int) []lhcrv1.Section {
	for i := range r.parts {
		if position < r.parts[i].end {
			return r.of(r.in.Payloads[i])
		}
	}
	return r.sections
}

// onlyNotFound reports an answer that says nothing but that the patient is not known.
func (r *reader) onlyNotFound() bool {
	return len(r.answer.Entries()) == len(r.answer.Of("OperationOutcome")) &&
		slices.ContainsFunc(r.answer.Gaps(), func(g answer.Gap) bool { return g.NotFound })
}

// missing adds the gaps that the reading itself found: items about another person,
// lists' entries that did not come, resources that could not be mapped.
func (r *reader) missing(account answer.Account) {
	for s, n := range r.mapped.OtherPerson {
		r.gap(s, &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, Count: uint32(n),
			Message: "items about another person came and are not delivered",
		})
	}
	for _, l := range r.answer.Lists() {
		if l.Kind == answer.ListPrimary && l.Unresolved > 0 {
			r.gap(l.Section, &lhcrv1.Gap{
				Kind: lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, Count: uint32(l.Unresolved),
				Message: "the source's list names items that did not come",
			})
		}
	}
	for _, x := range account.Reported {
		if s := homeOf(x.Type); x.Reason != answer.ReasonOtherPerson && s != lhcrv1.Section_SECTION_UNSPECIFIED {
			r.gap(s, &lhcrv1.Gap{
				Kind: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, Count: uint32(x.Count),
				Message: "a resource of type " + x.Type + " could not be read: " + x.Reason,
			})
		}
	}
}

// homeOf is the section whose items a resource type becomes, for the types whose
// loss must show as a gap there.
func homeOf(resourceType string) lhcrv1.Section {
	switch resourceType {
	case "AllergyIntolerance":
		return lhcrv1.Section_SECTION_ALLERGIES
	case "Patient":
		return lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS
	case "Medication", "MedicationRequest", "MedicationStatement", "MedicationDispense", "MedicationAdministration":
		return lhcrv1.Section_SECTION_MEDICATIONS
	case "Immunization":
		return lhcrv1.Section_SECTION_VACCINATIONS
	case "Condition":
		return lhcrv1.Section_SECTION_PROBLEMS
	case "Procedure":
		return lhcrv1.Section_SECTION_PROCEDURES
	case "Observation", "DiagnosticReport":
		return lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
	case "Encounter":
		return lhcrv1.Section_SECTION_CONTACTS_WITH_PROFESSIONALS
	case "DocumentReference":
		return lhcrv1.Section_SECTION_DOCUMENTS
	case "CarePlan":
		return lhcrv1.Section_SECTION_CARE_AND_SUPPORT_PLAN
	case "Flag":
		return lhcrv1.Section_SECTION_ALERTS
	}
	return lhcrv1.Section_SECTION_UNSPECIFIED
}

// impairments are the OperationOutcomes that only inform: the source altered
// something and says so.
func (r *reader) impairments(s lhcrv1.Section) []*lhcrv1.Warning {
	var out []*lhcrv1.Warning
	for e, o := range answer.Each[model.OperationOutcome](r.answer) {
		if !slices.Contains(r.sectionsAt(e.Position), s) || !informs(o) {
			continue
		}
		out = append(out, &lhcrv1.Warning{
			Code: lhcrv1.WarningCode_WARNING_CODE_SOURCE_IMPAIRMENT, SourceCode: adapters.Scrub(o.Issue[0].Code),
			Text: cmp.Or(r.nameless(o.Issue[0].Details.Show()), "the source says that there is something to know of its answer"),
		})
	}
	return out
}

func informs(o *model.OperationOutcome) bool {
	for i := range o.Issue {
		if o.Issue[i].Severity != "information" {
			return false
		}
	}
	return len(o.Issue) > 0
}
