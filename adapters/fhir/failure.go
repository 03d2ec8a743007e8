package fhir

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// failuresInside turns the failures that came inside a success into gaps of the
// sections that their payload answers: a regional exchange answers 200 when some of its
// providers failed (contract rule 1).
func (r *reader) failuresInside() {
	for _, g := range r.answer.Gaps() {
		if g.NotFound {
			continue // a provider without a record of the patient is no gap
		}
		for _, s := range r.sectionsOf(g.Page) {
			r.gap(s, &lhcrv1.Gap{
				Kind: g.Kind, ProviderOdsCode: g.Provider.ODSCode, ProviderName: g.Provider.Name,
				Retryable: g.Retryable, SourceRequestId: g.Provider.RequestID, Message: failureMessage(g),
			})
		}
	}
}

// unanswered makes gaps of entries that hold nothing (a part of a batch that failed, a
// deletion) and of further pages that nobody followed.
func (r *reader) unanswered() {
	for _, m := range r.answer.Missing() {
		r.gaps(m.Page, &lhcrv1.Gap{
			Kind: m.Kind, Retryable: m.Retryable, Count: uint32(m.Count), Message: failureWords(m.Kind, somebody),
		})
	}
	if r.in.PagesFollowed {
		return
	}
	for _, u := range r.answer.Unfollowed() {
		r.gaps(u.Page, &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, Count: uint32(max(0, u.Total-u.Came)),
			Message: "there are more results than came: this is not all of it",
		})
	}
}

// somebody stands for a provider that has no name.
const somebody = "a provider behind the region"

// maxProviderName bounds what is said of a provider in a message.
const maxProviderName = 100

// failureMessage says in our words what a failure means. What the source says of it can
// hold anything of a patient, so none of it is quoted but the provider's name and a code
// that is known.
func failureMessage(g answer.Gap) string {
	who := somebody
	if name := strings.TrimSpace(g.Provider.Name); name != "" && len(name) <= maxProviderName && adapters.Scrub(name) == name {
		who = name
	}
	words := failureWords(g.Kind, who)
	if failureCodes[g.Detail] {
		words += " (" + g.Detail + ")"
	}
	return words
}

func failureWords(kind lhcrv1.GapKind, who string) string {
	switch kind {
	case lhcrv1.GapKind_GAP_KIND_TIMED_OUT:
		return who + " did not answer in time: what it holds of this section is missing"
	case lhcrv1.GapKind_GAP_KIND_REFUSED:
		return who + " refused a part"
	case lhcrv1.GapKind_GAP_KIND_WITHHELD:
		return who + " withholds something"
	case lhcrv1.GapKind_GAP_KIND_PAGE_MISSING:
		return "a part of the answer of " + who + " is missing"
	case lhcrv1.GapKind_GAP_KIND_TOO_LARGE:
		return "a part is larger than " + who + " delivers"
	case lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE:
		return "an item of " + who + " failed the region's checks and was left out"
	case lhcrv1.GapKind_GAP_KIND_ITEM_MISSING:
		return "an item of " + who + " was named and did not come"
	case lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, lhcrv1.GapKind_GAP_KIND_MALFORMED:
		return "something that came could not be read"
	}
	return who + " failed or could not be reached: what it holds of this section is missing"
}

// failureCodes are the coded details that may be quoted (Spine-ErrorOrWarningCode). Any
// other could be words. Read only.
var failureCodes = map[string]bool{
	"ACCESS_DENIED": true, "NO_RELATIONSHIP": true, "NO_PATIENT_CONSENT": true, "NO_ORGANISATION_CONSENT": true,
	"RESOURCE_NOT_FOUND": true, "INVALID_RESOURCE": true, "INTERNAL_SERVER_ERROR": true, "BAD_REQUEST": true,
	"NOT_IMPLEMENTED": true, "REFERENCE_NOT_FOUND": true, "FLAG_ALREADY_SET": true,
}

// sectionsOf is the sections that a payload answers, by its place among them.
func (r *reader) sectionsOf(page int) []lhcrv1.Section {
	if page < 0 || page >= len(r.in.Payloads) {
		return r.sections
	}
	return r.of(r.in.Payloads[page])
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
	for _, kind := range []lhcrv1.GapKind{lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, lhcrv1.GapKind_GAP_KIND_WITHHELD} {
		if n := r.mapped.Unsaid[kind]; n > 0 {
			r.gap(lhcrv1.Section_SECTION_ALLERGIES, &lhcrv1.Gap{
				Kind: kind, Count: uint32(n), Message: "allergies came of which nothing says to what they are",
			})
		}
	}
	for s, n := range r.dangling() {
		r.gap(s, &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_ITEM_MISSING, Count: uint32(n),
			Message: "the source's list names items that did not come",
		})
	}
	r.brokenFrames()
	for _, x := range account.Reported {
		if s := homeOf(x.Type); x.Reason != answer.ReasonOtherPerson && s != lhcrv1.Section_SECTION_UNSPECIFIED {
			r.gap(s, &lhcrv1.Gap{
				Kind: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, Count: uint32(x.Count),
				Message: "a resource of type " + x.Type + " could not be read: " + x.Reason,
			})
		}
	}
}

// brokenFrames adds what of a bundle or of parameters could not be read as a resource:
// nobody knows what stood there, so it is a gap of every section.
func (r *reader) brokenFrames() {
	lostEntries := 0
	for _, p := range r.answer.Problems() {
		if holdsResources(p.Path) && lost(p) && p.Reason != decode.ReasonUntyped { // that one is reported as a resource
			lostEntries += p.Count
		}
	}
	if lostEntries == 0 {
		return
	}
	for _, s := range r.sections {
		r.gap(s, &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, Count: uint32(lostEntries),
			Message: "a part of the answer is no readable resource",
		})
	}
}

// holdsResources reports the path of an element in which resources stand: the frames
// themselves and their entries, not a bundle's links or meta.
func holdsResources(path string) bool {
	for _, frame := range []string{"Bundle.entry", "Parameters.parameter"} {
		if path == frame || strings.HasPrefix(path, frame+".resource") || strings.HasPrefix(path, frame+".part") {
			return true
		}
	}
	return path == "Bundle" || path == "Parameters" || path == ""
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
