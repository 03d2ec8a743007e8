package sdk

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Course is one course of one medicine with its items: the authorisation, the
// statements, the issues and the supplies. Product and dosage are those of each
// item and can differ between them: nothing is copied from one to another.
type Course struct {
	// Course is the contract's own message: type, listing, statuses, flags. Nil when
	// Alone is set.
	Course *lhcrv1.MedicationCourse
	// Root is the item at its root. Nil when it is not in the answer.
	Root *lhcrv1.Medication
	// Plan is the authorisation. Nil when none is in the answer.
	Plan *lhcrv1.Medication
	// Statements are those that the person takes or took it.
	Statements []*lhcrv1.Medication
	// Issues are the prescriptions issued, newest first.
	Issues []*lhcrv1.Medication
	// Supplies are the dispenses and administrations.
	Supplies []*lhcrv1.Medication
	// Replaces are the roots of the courses that this one replaces, as recorded. The cause is unknown.
	Replaces []*lhcrv1.Medication
	// Missing are the ids of items that the course names and the answer does not hold.
	Missing []string
	// Alone is an item that belongs to no course, such as an option that nobody
	// ordered. All other fields are then empty.
	Alone *lhcrv1.Medication
}

// RegionID is the region that holds the course.
func (c *Course) RegionID() string {
	if c.Alone != nil {
		return c.Alone.GetHeader().GetRegionId()
	}
	return c.Course.GetRegionId()
}

// Name is what to show: the statement's product, else the plan's, else the newest issue's.
func (c *Course) Name() string {
	if c.Alone != nil {
		return c.Alone.GetProduct().GetCode().GetDisplay()
	}
	return c.Course.GetDisplay()
}

// Items are all items of the course, the root's kind first.
func (c *Course) Items() []*lhcrv1.Medication {
	if c.Alone != nil {
		return []*lhcrv1.Medication{c.Alone}
	}
	var items []*lhcrv1.Medication
	for _, list := range [][]*lhcrv1.Medication{{c.Root, c.Plan}, c.Statements, c.Issues, c.Supplies} {
		for _, m := range list {
			if m != nil && !slices.Contains(items, m) {
				items = append(items, m)
			}
		}
	}
	return items
}

// Stated is the item whose product and dosage stand for the course: its statement,
// else its plan, else its newest issue, else its newest supply. Show the others'
// where they differ. Retracted items do not stand for it while another does.
func (c *Course) Stated() *lhcrv1.Medication {
	candidates := slices.Concat(c.Statements, []*lhcrv1.Medication{c.Plan}, c.Issues, c.Supplies, []*lhcrv1.Medication{c.Root, c.Alone})
	var fallback *lhcrv1.Medication
	for _, m := range candidates {
		switch {
		case m == nil:
		case !m.GetHeader().GetRetracted():
			return m
		case fallback == nil:
			fallback = m
		}
	}
	return fallback
}

// Retracted says that every item of the course was entered in error.
func (c *Course) Retracted() bool {
	items := c.Items()
	return len(items) > 0 && !slices.ContainsFunc(items, func(m *lhcrv1.Medication) bool { return !m.GetHeader().GetRetracted() })
}

// MedicationCourses is the section of medications as courses. Every medication of
// the answer is in at least one of them; an item of no course stands alone. A course
// that was entered in error as a whole is among the retracted ones; single items of
// a course can be retracted too: see their headers.
func (r *Record) MedicationCourses() Section[*Course] {
	var courses []*Course
	joined := map[itemKey]bool{}
	for _, c := range r.answer.GetRecord().GetMedicationCourses() {
		course := r.join(c)
		for _, m := range course.Items() {
			joined[keyOf(m)] = true
		}
		courses = append(courses, course)
	}
	for _, m := range r.answer.GetRecord().GetMedications() {
		if !joined[keyOf(m)] {
			courses = append(courses, &Course{Alone: m})
		}
	}
	return split(r, lhcrv1.Section_SECTION_MEDICATIONS, courses, (*Course).Retracted)
}

func (r *Record) join(c *lhcrv1.MedicationCourse) *Course {
	course := &Course{Course: c}
	course.Root = course.one(r, c.GetRootItemId())
	course.Plan = course.one(r, c.GetPlanItemId())
	course.Statements = course.all(r, c.GetStatementItemIds())
	course.Issues = course.all(r, c.GetIssueItemIds())
	course.Supplies = course.all(r, c.GetSupplyItemIds())
	course.Replaces = course.all(r, c.GetReplacesItemIds())
	return course
}

func (c *Course) all(r *Record, ids []string) []*lhcrv1.Medication {
	var items []*lhcrv1.Medication
	for _, id := range ids {
		if m := c.one(r, id); m != nil {
			items = append(items, m)
		}
	}
	return items
}

// one finds a medication of the course, and notes it as missing when the answer does not hold it.
func (c *Course) one(r *Record, id string) *lhcrv1.Medication {
	if id == "" {
		return nil
	}
	m, ok := r.Item(c.Course.GetRegionId(), id).(*lhcrv1.Medication)
	if !ok && !slices.Contains(c.Missing, id) {
		c.Missing = append(c.Missing, id)
	}
	return m
}
