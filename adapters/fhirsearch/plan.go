package fhirsearch

import (
	"maps"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// patientType is the resource type that says who the patient is, documentType the one that
// lists documents.
const (
	patientType  = "Patient"
	documentType = "DocumentReference"
)

// step is one search of a plan, and which of the sections asked for need it.
type step struct {
	search   definition.Search
	sections []lhcrv1.Section
}

// plan is the searches that a fetch needs: each is made once, however many sections need it.
type plan struct {
	// patient finds who the patient is. Always made.
	patient step
	// steps are the others.
	steps []step
}

// plan says what must be searched for the sections asked for. With nothing to search, steps
// and patient.sections are empty.
func (r *Region) plan(sections []lhcrv1.Section) plan {
	byName := map[string][]lhcrv1.Section{}
	for _, s := range sections {
		for _, name := range r.definition.SearchesOf(s) {
			if !slices.Contains(byName[name], s) {
				byName[name] = append(byName[name], s)
			}
		}
	}
	p := plan{patient: step{search: r.barePatient()}}
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		made := step{search: r.definition.FHIR.Searches[name], sections: byName[name]}
		if made.search.Type == patientType {
			p.patient = made
			continue
		}
		p.steps = append(p.steps, made)
	}
	return p
}

// barePatient is the search for the patient where no section asks for what comes with it:
// it has the definition's own parameters, which can decide who is found.
func (r *Region) barePatient() definition.Search {
	out := definition.Search{Type: patientType}
	for _, name := range slices.Sorted(maps.Keys(r.definition.FHIR.Searches)) {
		if search := r.definition.FHIR.Searches[name]; search.Type == patientType {
			out.Parameters = search.Parameters
		}
	}
	return out
}

func (p plan) empty() bool { return len(p.steps) == 0 && len(p.patient.sections) == 0 }

// asked says what is known of each section before an answer is read: what the region
// never gives, and the query that is applied to the others.
func (r *Region) asked(sections []lhcrv1.Section, p plan, window *lhcrv1.TimeWindow) map[lhcrv1.Section]fhir.Asked {
	out := map[lhcrv1.Section]fhir.Asked{}
	for _, s := range sections {
		if !r.definition.Gives(s) {
			out[s] = fhir.Asked{
				Failure: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, Message: r.definition.NotSupported(s),
			}
			continue
		}
		out[s] = fhir.Asked{Applied: &lhcrv1.AppliedQuery{
			ResolvedIncluded: true, SourceTypes: p.types(s), WindowNotApplied: window != nil,
			IssuesIncluded: s == lhcrv1.Section_SECTION_MEDICATIONS && r.definition.FHIR.IssuesIncluded,
		}}
	}
	return out
}

// types are the resource types that are searched for a section.
func (p plan) types(s lhcrv1.Section) []string {
	var out []string
	for _, made := range append([]step{p.patient}, p.steps...) {
		if slices.Contains(made.sections, s) {
			out = append(out, made.search.Type)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
