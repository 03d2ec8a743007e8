package mapping

import (
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// courseFlags computes what is safe to compute of a course, and flags course and
// item alike. Nothing is moved because of a flag.
func (m *Mapper) courseFlags(c *course, out *lhcrv1.MedicationCourse) {
	add := func(x *medicine, f lhcrv1.Flag) {
		flag(x.item.GetHeader(), f)
		if !slices.Contains(out.GetFlags(), f) {
			out.Flags = append(out.Flags, f)
		}
	}
	m.lapses(c, add)
	if out.GetType() == lhcrv1.CourseType_COURSE_TYPE_UNAUTHORISED_ISSUE {
		for _, x := range c.issues {
			add(x, lhcrv1.Flag_FLAG_UNAUTHORISED_ISSUE)
		}
	}
	if root := m.authorisation(c); m.neverIssued(c, root) {
		add(root, lhcrv1.Flag_FLAG_NEVER_ISSUED)
	}
	for _, x := range c.statements {
		if c.plan != nil && endsDiffer(c.plan.item.GetValidity().GetEnd(), x.item.GetEffective().GetEnd()) {
			add(x, lhcrv1.Flag_FLAG_ENDS_DIFFER)
		}
	}
	c.statusesDiffer(add)
	c.each(func(x *medicine) { raise(x, add) })
}

// lapses flags what is active though its time is over: the authorisation and the
// statements. An issue is over by its nature and not flagged, unless it stands at
// the root, where it is the authorisation itself.
func (m *Mapper) lapses(c *course, add func(*medicine, lhcrv1.Flag)) {
	c.each(func(x *medicine) {
		if said(x.item.GetHeader().GetStatus()) == "active" && (isPlan(x) || isStatement(x) || x == c.root) {
			m.lapse(x, add)
		}
	})
}

func (m *Mapper) lapse(x *medicine, add func(*medicine, lhcrv1.Flag)) {
	i := x.item
	if m.past(i.GetValidity().GetEnd()) || m.past(i.GetEffective().GetEnd()) {
		add(x, lhcrv1.Flag_FLAG_PERIOD_LAPSED)
	}
	if m.past(i.GetAuthorisationExpiry()) {
		add(x, lhcrv1.Flag_FLAG_AUTHORISATION_LAPSED)
	}
	if i.IssuesAllowed != nil && i.IssuesMade != nil && i.GetIssuesAllowed() > 0 && i.GetIssuesMade() >= i.GetIssuesAllowed() {
		add(x, lhcrv1.Flag_FLAG_ISSUES_EXHAUSTED)
	}
}

// neverIssued needs issues to have been asked for and none to be there, neither in
// the answer nor in what the source says of itself.
func (m *Mapper) neverIssued(c *course, root *medicine) bool {
	if !m.options.IssuesAskedFor || root == nil || len(c.issues)+len(c.supplies) > 0 {
		return false
	}
	said := false
	c.each(func(x *medicine) { said = said || x.item.GetIssuesMade() > 0 || x.item.GetLastIssued() != nil })
	return !said
}

// endsDiffer compares two recorded ends at the coarser of their precisions.
func endsDiffer(a, b *lhcrv1.When) bool {
	x, y := a.GetOriginal(), b.GetOriginal()
	n := min(len(x), len(y), len("2006-01-02"))
	return n > 0 && x[:n] != y[:n]
}

// raise shows on the course what its members are flagged with.
func raise(x *medicine, add func(*medicine, lhcrv1.Flag)) {
	for _, f := range x.item.GetHeader().GetFlags() {
		switch f {
		case lhcrv1.Flag_FLAG_DEGRADED, lhcrv1.Flag_FLAG_CODINGS_DISAGREE, lhcrv1.Flag_FLAG_END_REASON_PLACEHOLDER,
			lhcrv1.Flag_FLAG_DOSE_CHANGED, lhcrv1.Flag_FLAG_UNLISTED, lhcrv1.Flag_FLAG_MODIFIER_UNREAD,
			lhcrv1.Flag_FLAG_PART_RETRACTED:
			add(x, f)
		}
	}
}

// past reports a recorded end that was over before now, by its own precision: a
// day is over when it has passed, a year when it has.
func (m *Mapper) past(w *lhcrv1.When) bool {
	p := model.When(w.GetOriginal()).Parse()
	if m.options.Now.IsZero() {
		return false
	}
	switch p.Precision {
	case model.PrecisionNone, model.PrecisionTime:
		return false
	case model.PrecisionYear:
		return !p.Time.AddDate(1, 0, 0).After(m.options.Now)
	case model.PrecisionMonth:
		return !p.Time.AddDate(0, 1, 0).After(m.options.Now)
	case model.PrecisionDay:
		return !p.Time.AddDate(0, 0, 1).After(m.options.Now)
	}
	return p.Time.Before(m.options.Now)
}

// issued is the date of an issue: the start of its validity, else when it was
// authored (the two differ in half of the published issues).
func issued(i *lhcrv1.Medication) time.Time {
	if p := model.When(i.GetValidity().GetStart().GetOriginal()).Parse(); p.Precision != model.PrecisionNone {
		return p.Time
	}
	return model.When(i.GetAuthored().GetOriginal()).Parse().Time
}

// unlisted reports a resource that the primary lists of its section ought to name
// and do not (contract rule 4): an entry marked deleted names it no longer.
func (m *Mapper) unlisted(e *answer.Entry, section lhcrv1.Section) bool {
	names, came := m.listed(section)
	if !came || !names[e.Type] {
		return false
	}
	for _, l := range e.Lists() {
		if l.List.Kind == answer.ListPrimary && l.List.Section == section && !l.Deleted {
			return false
		}
	}
	return true
}

// expected are the types that a section's primary list names by its nature; a list
// of medications may name requests instead of statements.
var expected = map[lhcrv1.Section]string{
	lhcrv1.Section_SECTION_ALLERGIES:    "AllergyIntolerance",
	lhcrv1.Section_SECTION_MEDICATIONS:  "MedicationStatement",
	lhcrv1.Section_SECTION_VACCINATIONS: "Immunization",
	lhcrv1.Section_SECTION_PROBLEMS:     "Condition",
}

// listed says whether a primary list of the section came, and which types it names.
func (m *Mapper) listed(section lhcrv1.Section) (names map[string]bool, came bool) {
	if cached, ok := m.listedTypes[section]; ok {
		return cached, cached != nil
	}
	if expected[section] != "" {
		for _, l := range m.answer.ListsOf(section, answer.ListPrimary) {
			if names == nil {
				names = map[string]bool{expected[section]: true}
			}
			for _, member := range l.Members {
				if member.Entry != nil {
					names[member.Entry.Type] = true
				}
			}
		}
	}
	m.listedTypes[section] = names
	return names, names != nil
}
