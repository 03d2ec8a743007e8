package call

import (
	"cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Sections is what is known of each section asked for, before and beside what is read of it.
type Sections map[lhcrv1.Section]fhir.Asked

// Fail keeps why nothing came of some sections, and the gap that it leaves. The first failure of
// a section says most. Sections that nobody asked for are passed over.
func (a Sections) Fail(sections []lhcrv1.Section, f *Failure) {
	a.Blame(sections, f)
	a.Lose(sections, f.Gap())
}

// Blame keeps why nothing came of some sections, without a gap.
func (a Sections) Blame(sections []lhcrv1.Section, f *Failure) {
	for _, s := range sections {
		about, ok := a[s]
		if !ok {
			continue
		}
		if about.Failure == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED {
			about.Failure, about.Message = f.Status, f.Message
		}
		about.RetryAfter = max(about.RetryAfter, f.RetryAfter)
		a[s] = about
	}
}

// Lose adds gaps to sections, each once.
func (a Sections) Lose(sections []lhcrv1.Section, gaps ...*lhcrv1.Gap) {
	for _, s := range sections {
		if about, ok := a[s]; ok {
			about.Gaps = append(about.Gaps[:len(about.Gaps):len(about.Gaps)], gaps...)
			a[s] = about
		}
	}
}

// Truncate says that a limit of ours cut sections short.
func (a Sections) Truncate(sections []lhcrv1.Section) {
	for _, s := range sections {
		if about, ok := a[s]; ok {
			about.Truncated = true
			a[s] = about
		}
	}
}

// Settle gives every section a status, unless a failure gave it one.
func (a Sections) Settle(state lhcrv1.OutcomeStatus, message string) {
	for s, about := range a {
		about.Failure, about.Message = cmp.Or(about.Failure, state), cmp.Or(about.Message, message)
		a[s] = about
	}
}
