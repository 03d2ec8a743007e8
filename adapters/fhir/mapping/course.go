package mapping

import (
	"cmp"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// course is one course while it is put together.
type course struct {
	root       *medicine
	plan       *medicine
	statements []*medicine
	issues     []*medicine
	supplies   []*medicine
}

// courses ties medicines by what their sources say they belong to, never by drug
// (contract MED-020), and makes one course of each root.
func (m *Mapper) courses(list []*medicine) {
	t := m.tie(list)
	var all []*course
	for _, x := range list {
		if isOption(x) {
			continue // nobody ordered it: it is no course
		}
		root := rootOf(x)
		if root.course == nil {
			root.course = &course{root: root}
			all = append(all, root.course)
		}
		root.course.add(x)
	}
	for _, c := range all {
		out := m.course(c)
		t.replaces(c, out)
		m.record.MedicationCourses = append(m.record.MedicationCourses, out)
	}
}

func (c *course) add(x *medicine) {
	switch {
	case isPlan(x) && c.plan == nil:
		c.plan = x
	case isStatement(x):
		c.statements = append(c.statements, x)
	case isSupply(x):
		c.supplies = append(c.supplies, x)
	default:
		c.issues = append(c.issues, x)
	}
}

// course makes the message and marks its members.
func (m *Mapper) course(c *course) *lhcrv1.MedicationCourse {
	slices.SortStableFunc(c.issues, newestFirst)
	id := c.root.item.GetHeader().GetItemId()
	out := &lhcrv1.MedicationCourse{
		CourseId: id, RegionId: m.options.RegionID, RootItemId: id, Type: m.courseType(c), Display: c.display(),
		StatementItemIds: itemIDs(c.statements), IssueItemIds: itemIDs(c.issues), SupplyItemIds: itemIDs(c.supplies),
	}
	if c.plan != nil {
		out.PlanItemId, out.PlanStatus = c.plan.item.GetHeader().GetItemId(), c.plan.item.GetHeader().GetStatus()
	}
	c.each(func(x *medicine) { x.item.CourseId = id })
	if speaker := c.speaker(); speaker != nil {
		h := speaker.item.GetHeader()
		out.ListingItemId, out.Status, out.Listing = h.GetItemId(), h.GetStatus(), listing(speaker.item)
	}
	m.courseFlags(c, out)
	return out
}

func (c *course) each(do func(*medicine)) {
	if c.plan != nil {
		do(c.plan)
	}
	for _, group := range [][]*medicine{c.statements, c.issues, c.supplies} {
		for _, x := range group {
			do(x)
		}
	}
}

// display is the name of the first member that has one: statements, the plan,
// issues, supplies. Where none has, it says that none is named: the text of a
// reference that leads nowhere is no medicine's name.
func (c *course) display() string {
	out, lost := "", false
	name := func(x *medicine) {
		p := x.item.GetProduct()
		out = cmp.Or(out, p.GetCode().GetDisplay())
		lost = lost || p.GetUnresolved() != ""
	}
	for _, x := range c.statements {
		name(x)
	}
	c.each(name)
	if out == "" && lost {
		return "medicine not named: its source's reference leads nowhere"
	}
	return out
}

func (m *Mapper) courseType(c *course) lhcrv1.CourseType {
	switch {
	case m.authorisation(c) != nil:
		return lhcrv1.CourseType_COURSE_TYPE_AUTHORISED
	case len(c.issues) > 0 && m.options.Courses == CourseRuleGPConnect:
		return lhcrv1.CourseType_COURSE_TYPE_UNAUTHORISED_ISSUE
	case len(c.issues) > 0:
		return lhcrv1.CourseType_COURSE_TYPE_ORDER
	case len(c.statements) > 0:
		return lhcrv1.CourseType_COURSE_TYPE_STATEMENT_ONLY
	}
	return lhcrv1.CourseType_COURSE_TYPE_SUPPLY_ONLY
}

// authorisation is what issues are made under: the plan, or by Graphnet's custom
// the statement at the root. Nil when there is none.
func (m *Mapper) authorisation(c *course) *medicine {
	if c.plan == nil && m.options.Courses == CourseRuleGraphnet && isStatement(c.root) {
		return c.root
	}
	return c.plan
}

// newestFirst orders issues by their date, those without one last.
func newestFirst(a, b *medicine) int {
	x, y := issued(a.item), issued(b.item)
	return y.Compare(x)
}

func itemIDs(list []*medicine) []string {
	var out []string
	for _, x := range list {
		out = append(out, x.item.GetHeader().GetItemId())
	}
	return out
}

// replaces names the courses that this one says it replaces, and links their items.
// Why one replaces the other is not known (contract LINK_KIND_REPLACES).
func (t *tying) replaces(c *course, out *lhcrv1.MedicationCourse) {
	c.each(func(x *medicine) {
		if x.prior.IsEmpty() {
			return
		}
		prior := t.choose(x, x.prior)
		if prior == nil {
			t.mapper.link(x.entry, toReplaced, x.prior)
			return
		}
		t.mapper.join(x.entry, prior.entry, toReplaced, "")
		root := rootOf(prior)
		id := root.item.GetHeader().GetItemId()
		if root != c.root && !isOption(root) && !slices.Contains(out.GetReplacesItemIds(), id) {
			out.ReplacesItemIds = append(out.ReplacesItemIds, id)
		}
	})
}

func (t *tying) item(e *answer.Entry) *medicine {
	if x := t.byEntry[e]; x != nil {
		return x
	}
	return t.byEntry[t.mapper.first(e)] // e is a copy of what came before
}
