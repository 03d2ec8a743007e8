package mapping

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// carePlan maps a CarePlan, under the heading that its category names; under care
// and support plan it is found in any case.
func (m *Mapper) carePlan(e *answer.Entry, r *model.CarePlan) {
	section := planSection(r.Category)
	h := m.begin(e, section)
	if h == nil {
		return
	}
	alsoUnder(h, lhcrv1.Section_SECTION_CARE_AND_SUPPORT_PLAN, true)
	p := &lhcrv1.CarePlan{
		Header: h, Title: r.Title, Categories: contract.Concepts(r.Category), Intent: r.Intent, Description: r.Description,
		Period: contract.Period(r.Period), Created: contract.When(r.Created),
		Addresses: m.namesOf(e, r.Addresses), Goals: m.namesOf(e, r.Goal),
	}
	m.participants(h, e, asAuthor, r.Author)
	m.partners(h, e, "contributor", r.Contributor)
	m.partners(h, e, "care team", r.CareTeam)
	m.notes(h, e, r.Note)
	m.carePlanLinks(e, r)
	for i := range r.Activity {
		p.Activities = append(p.Activities, m.activity(h, e, &r.Activity[i]))
	}
	m.rest(h, e)
	m.lapsed(h, p.GetPeriod())
	routeAll(h, r.Category)
	m.putPlan(section, p)
}

func (m *Mapper) putPlan(section lhcrv1.Section, p *lhcrv1.CarePlan) {
	switch section {
	case lhcrv1.Section_SECTION_END_OF_LIFE_CARE:
		m.record.EndOfLifeCare = append(m.record.EndOfLifeCare, p)
	case lhcrv1.Section_SECTION_CONTINGENCY_PLANS:
		m.record.ContingencyPlans = append(m.record.ContingencyPlans, p)
	default:
		m.record.CareAndSupportPlans = append(m.record.CareAndSupportPlans, p)
	}
}

func (m *Mapper) carePlanLinks(e *answer.Entry, r *model.CarePlan) {
	m.inEncounter(e, r.Encounter)
	m.linkAll(e, toTopic, r.Addresses)
	m.linkAll(e, toEvidence, r.Supporting)
	m.linkAll(e, toBasis, r.BasedOn)
	m.linkAll(e, toReplaced, r.Replaces)
	m.linkAll(e, toWhole, r.PartOf)
	for i := range r.Goal {
		m.labelled(e, toActivity, &r.Goal[i], "goal")
	}
}

// namesOf are what referenced resources are called.
func (m *Mapper) namesOf(e *answer.Entry, refs []model.Reference) []*lhcrv1.Concept {
	var out []*lhcrv1.Concept
	for i := range refs {
		if c := m.nameOf(e, &refs[i]); c != nil {
			out = append(out, c)
		}
	}
	return out
}

// activity maps one activity: its detail in the plan, or a resource of its own that
// is linked.
func (m *Mapper) activity(h *lhcrv1.ItemHeader, e *answer.Entry, r *model.Activity) *lhcrv1.CarePlanActivity {
	out := &lhcrv1.CarePlanActivity{Outcomes: contract.Concepts(r.OutcomeCode), Progress: m.makeNotes(e, r.Progress)}
	for i := range r.OutcomeReference {
		m.labelled(e, toActivity, &r.OutcomeReference[i], "outcome")
	}
	if !r.Reference.IsEmpty() {
		m.link(e, toActivity, r.Reference)
		if m.answer.Follow(e, r.Reference) == nil {
			out.Unresolved = unresolved(r.Reference)
		}
		out.Code = m.nameOf(e, r.Reference)
	}
	if r.Detail != nil {
		m.activityDetail(h, out, e, r.Detail)
	}
	return out
}

func (m *Mapper) activityDetail(h *lhcrv1.ItemHeader, out *lhcrv1.CarePlanActivity, e *answer.Entry, d *model.ActivityDetail) {
	if c := contract.Concept(d.Code); c != nil {
		out.Code = c
	}
	out.Status, out.StatusReason = d.Status, d.StatusReason.Show()
	out.DoNotPerform, out.Description = d.DoNotPerform.IsTrue(), d.Description
	out.Scheduled = scheduleWords(d.Scheduled)
	for i := range d.Performer {
		if a := m.actor(e, &d.Performer[i]); a != nil {
			out.Performers = append(out.Performers, a)
		}
	}
	remark(h, "activity.kind", d.Kind)
	remark(h, "activity.location", m.place(e, d.Location))
	remark(h, "activity.product", valueWords(m.value(e, d.Product)))
	for i := range d.ReasonCode {
		remark(h, "activity.reason", d.ReasonCode[i].Show())
	}
}

// scheduleWords puts when something is due in words: a date as sent, a timing by its
// code or by how often.
func scheduleWords(v model.Value) string {
	if w := v.When(); w != "" {
		return w.String()
	}
	t := model.Of[model.Timing](v)
	if t == nil {
		return contract.Words(v)
	}
	if words := t.Code.Show(); words != "" {
		return words
	}
	var out []string
	for _, at := range t.Event {
		out = append(out, at.String())
	}
	if t.Repeat != nil {
		out = append(out, repeatWords(t.Repeat))
	}
	return strings.Join(out, ", ")
}

// repeatWords puts a rule in words with the codes as sent: "1 × every 1 d".
func repeatWords(r *model.Repeat) string {
	var out []string
	if r.Frequency != "" {
		out = append(out, string(r.Frequency)+" ×")
	}
	if r.Period != "" {
		out = append(out, "every "+string(r.Period)+" "+r.PeriodUnit)
	}
	out = append(append(out, r.When...), r.DayOfWeek...)
	for _, at := range r.TimeOfDay {
		out = append(out, at.String())
	}
	if words := contract.Words(r.Bounds); words != "" {
		out = append(out, "("+words+")")
	}
	return strings.Join(out, " ")
}
