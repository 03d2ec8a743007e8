package fhir

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// uncategorised are the sections into which a list of uncategorised data (GP Connect)
// falls apart: its warnings are those of each.
var uncategorised = []lhcrv1.Section{
	lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
	lhcrv1.Section_SECTION_ASSESSMENTS, lhcrv1.Section_SECTION_SOCIAL_CONTEXT,
	lhcrv1.Section_SECTION_FAMILY_HISTORY, lhcrv1.Section_SECTION_PREGNANCY_STATUS,
}

// homes are the sections that a list says something of: its own; those that
// uncategorised data falls into; of a list that nobody knows, all that its payload answers.
func (r *reader) homes(l *answer.List) []lhcrv1.Section {
	switch {
	case l.Section != lhcrv1.Section_SECTION_UNSPECIFIED:
		return []lhcrv1.Section{l.Section}
	case l.Kind == answer.ListPrimary, l.Kind == answer.ListSecondary:
		return uncategorised
	}
	return r.sectionsOf(l.Entry.Page)
}

func (r *reader) concerns(l *answer.List, s lhcrv1.Section) bool {
	return slices.Contains(r.homes(l), s)
}

// lists carries over what the source's own lists say of a section: warnings, counts,
// why a list is empty, and where list and items disagree (contract rules 2 and 4).
// Each list is judged by itself: a whole one does not make up for one that is withheld.
func (r *reader) lists(o *lhcrv1.SectionOutcome, t *sectionTally) {
	for _, l := range r.answer.Lists() {
		if !r.concerns(l, o.GetSection()) {
			continue
		}
		listWarnings(o, l)
		own := l.Kind == answer.ListPrimary && l.Section == o.GetSection()
		if reason := contract.Concept(l.Resource.EmptyReason); own || meaningOf(reason) != nothingThere {
			explain(o, reason)
		}
		if l.Kind == answer.ListPrimary {
			primary(o, l)
		}
		if l.Kind == answer.ListOther && o.GetSection() == lhcrv1.Section_SECTION_CLINICAL_NOTES {
			spoken(o, l)
		}
	}
	if o.GetCounts() == nil {
		if r.answer.Withdrawn(o.GetSection()) {
			warn(o, lhcrv1.WarningCode_WARNING_CODE_LIST_NOT_WHOLE, "the source took its list back and sent no other")
		}
		return
	}
	o.Counts.Unlisted = uint32(t.unlisted)
	if t.unlisted > 0 {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_LIST_DISAGREES, "items came that the source's own list does not name: "+strconv.Itoa(t.unlisted))
	}
}

// primary carries over what a list says of which its section's items are to be members.
func primary(o *lhcrv1.SectionOutcome, l *answer.List) {
	if !l.Whole() {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_LIST_NOT_WHOLE, "the source's list is not its current whole list")
	}
	for _, n := range l.Resource.Note {
		if n.Text != "" {
			o.Notes = append(o.Notes, &lhcrv1.Note{Text: n.Text, Written: contract.When(n.Time)})
		}
	}
	if l.Section != o.GetSection() {
		return // of uncategorised data: what it counts is not this section's alone
	}
	if o.GetCounts() == nil {
		o.Counts = &lhcrv1.ListCounts{}
	}
	o.Counts.Listed += uint32(l.Listed)
	o.Counts.Present += uint32(l.Present)
	o.Counts.Unresolved += uint32(l.Unresolved)
	if l.Listed == 0 && l.Resource.EmptyReason.IsEmpty() {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_EMPTY_WITHOUT_REASON, "the source sent an empty list and did not say why it is empty")
	}
}

// spoken keeps as notes what a list that nobody knows says in words alone.
func spoken(o *lhcrv1.SectionOutcome, l *answer.List) {
	for i := range l.Members {
		if m := &l.Members[i]; m.Display != "" && inWords(l.Resource.Entry[i].Item) {
			o.Notes = append(o.Notes, &lhcrv1.Note{Text: strings.TrimPrefix(l.Resource.Title+": "+m.Display, ": ")})
		}
	}
}

// inWords reports an entry that refers to nothing and says in words what it is.
func inWords(item *model.Reference) bool {
	return item.IsEmpty() || item.Reference == "" && item.Identifier == nil
}

func listWarnings(o *lhcrv1.SectionOutcome, l *answer.List) {
	for _, w := range l.Warnings {
		o.Warnings = append(o.Warnings, &lhcrv1.Warning{
			Code: warningCode(w.Code), Text: w.Text, Date: contract.When(w.Date), SourceCode: codeOnly(w.Code),
		})
	}
}

func warningCode(code string) lhcrv1.WarningCode {
	switch strings.ToLower(strings.TrimSpace(code)) {
	case "data-in-transit":
		return lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT
	case "confidential-items":
		return lhcrv1.WarningCode_WARNING_CODE_CONFIDENTIAL_ITEMS
	case "data-awaiting-filing":
		return lhcrv1.WarningCode_WARNING_CODE_DATA_AWAITING_FILING
	}
	return lhcrv1.WarningCode_WARNING_CODE_UNSPECIFIED
}

// dangling are, by section, the entries of lists that lead nowhere. An entry of a list
// that nobody knows belongs where the type that it names belongs.
func (r *reader) dangling() map[lhcrv1.Section]int {
	out := map[lhcrv1.Section]int{}
	for _, l := range r.answer.Lists() {
		for i, m := range l.Members {
			if m.Entry != nil || m.Deleted {
				continue
			}
			for _, s := range r.memberHomes(l, i) {
				out[s]++
			}
		}
	}
	return out
}

func (r *reader) memberHomes(l *answer.List, i int) []lhcrv1.Section {
	ref := l.Resource.Entry[i].Item
	if l.Kind == answer.ListOther && inWords(ref) {
		return nil
	}
	if l.Section == lhcrv1.Section_SECTION_UNSPECIFIED && !ref.IsEmpty() {
		if home := homeOf(cmp.Or(ref.Target().Type, ref.Type)); home != lhcrv1.Section_SECTION_UNSPECIFIED {
			return []lhcrv1.Section{home}
		}
	}
	return r.homes(l)
}
