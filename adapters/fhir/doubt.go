package fhir

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// mayMean is what is said of a narrative beside entries.
const mayMean = "a text came beside the entries, and may say what they do not: read it"

// warn adds a warning of ours to a section, once.
func warn(o *lhcrv1.SectionOutcome, code lhcrv1.WarningCode, text string) {
	for _, w := range o.GetWarnings() {
		if w.GetCode() == code && w.GetText() == text {
			return
		}
	}
	o.Warnings = append(o.Warnings, &lhcrv1.Warning{Code: code, Text: text})
}

// doubts warns of what may change the meaning of a section and is not understood, of
// what its source left out of what it sent, and of a text that may say more than the
// entries beside it.
func (r *reader) doubts(o *lhcrv1.SectionOutcome, t *sectionTally) {
	modified, subset := t.modified > 0, t.subset > 0
	for _, f := range r.answer.Frames() {
		if slices.Contains(r.sectionsOf(f.Page), o.GetSection()) {
			modified, subset = modified || len(f.Modifiers) > 0, subset || len(f.Subset) > 0
		}
	}
	for _, l := range r.answer.Lists() {
		if r.concerns(l, o.GetSection()) {
			modified, subset = modified || len(l.Entry.Modifiers()) > 0, subset || len(l.Entry.Subset()) > 0
		}
	}
	for _, n := range o.GetNarratives() {
		modified, subset = modified || r.mapped.Modified[n.GetItemId()], subset || r.mapped.Subset[n.GetItemId()]
	}
	if modified || r.supportModified(o.GetSection()) {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_MODIFIER_UNREAD, "something came with a modifier that can change its meaning and is not understood")
	}
	if subset {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_SOURCE_SUBSET, "the source says that it left out a part of what it sent")
	}
	if t.items > 0 && slices.ContainsFunc(o.GetNarratives(), saysMore) {
		warn(o, lhcrv1.WarningCode_WARNING_CODE_NARRATIVE_MAY_SAY_MORE, mayMean)
	}
}

// saysMore reports a narrative that is not said to have been made from the entries alone
// (FHIR narrative-status).
func saysMore(n *lhcrv1.Narrative) bool { return !is(n.GetStatus(), "generated", "empty") }

// supportModified reports a resource that items are made with (people, places), which
// carries a modifier that is not understood, in a payload that answers the section.
// Medications are flagged on the medicines that name them, lists are looked at by section.
func (r *reader) supportModified(s lhcrv1.Section) bool {
	return slices.ContainsFunc(r.modified, func(e *answer.Entry) bool { return slices.Contains(r.sectionsOf(e.Page), s) })
}

// supportsModified finds these resources, once for all sections.
func supportsModified(a *answer.Answer) []*answer.Entry {
	var out []*answer.Entry
	for _, e := range a.Entries() {
		switch {
		case e.IsItem(), e.Type == "List", e.Type == "Medication", e.Container != nil && e.Container.IsItem():
		case len(e.Modifiers()) > 0:
			out = append(out, e)
		}
	}
	return out
}

// unread warns of elements of the section's items that could not be read and are
// missing from what is delivered.
func (r *reader) unread(o *lhcrv1.SectionOutcome) []*lhcrv1.Warning {
	s := o.GetSection()
	counts := maps.Clone(r.mapped.Unread[s])
	if counts == nil {
		counts = map[string]int{}
	}
	for _, p := range r.answer.Problems() {
		kind, _, _ := strings.Cut(p.Path, ".")
		if lost(p) && (homeOf(kind) == s || kind == "List" && o.GetCounts() != nil) {
			counts[p.Path] += p.Count
		}
	}
	if len(counts) == 0 {
		return nil
	}
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(counts)) {
		paths = append(paths, path+" ("+strconv.Itoa(counts[path])+")")
	}
	return []*lhcrv1.Warning{{
		Code: lhcrv1.WarningCode_WARNING_CODE_ELEMENTS_UNREAD,
		Text: "some elements could not be read and are missing: " + strings.Join(paths, ", "),
	}}
}

// lost reports a problem that left something out; text kept in a number's place
// left out nothing.
func lost(p decode.Problem) bool { return p.Reason != decode.ReasonNumber }

var _ item = (*lhcrv1.Allergy)(nil)
