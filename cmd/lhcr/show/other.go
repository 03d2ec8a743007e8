package show

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// others shows every remaining section that has anything to show.
func (p *page) others() {
	r := p.record
	other(p, r.GPPractice())
	other(p, r.PersonalContacts())
	other(p, r.ProfessionalContacts())
	other(p, r.AboutMe())
	other(p, r.IndividualRequirements())
	other(p, r.Procedures())
	other(p, r.InvestigationsRequested())
	other(p, r.ExaminationFindings())
	other(p, r.Assessments())
	other(p, r.Risks())
	other(p, r.Safeguarding())
	other(p, r.LegalInformation())
	other(p, r.FamilyHistory())
	other(p, r.SocialContext())
	other(p, r.CareAndSupportPlans())
	other(p, r.AdditionalSupportingPlans())
	other(p, r.ContingencyPlans())
	other(p, r.EndOfLifeCare())
	other(p, r.ReferralDetails())
	other(p, r.ContactsWithProfessionals())
	other(p, r.AdmissionDetails())
	other(p, r.DischargeDetails())
	other(p, r.FutureAppointments())
	other(p, r.ServicesAndCare())
	other(p, r.PlanAndRequestedActions())
	other(p, r.Goals())
	other(p, r.Formulation())
	other(p, r.PregnancyStatus())
	other(p, r.ParticipationInResearch())
	other(p, r.ClinicalNotes())
}

// other is a block for a section that has items, words or items elsewhere. What
// has none of them is left to [page.remainder].
func other[T sdk.Item](p *page, section sdk.Section[T]) {
	items, _ := section.WithGaps()
	if len(items)+len(section.Retracted())+len(section.Elsewhere())+len(section.Narratives()) == 0 {
		return
	}
	block(p, sdk.SectionName(section.Section()), section, []string{"What", "Says", "Status", "Date", "Region"}, func(item T) table.Row {
		return table.Row{
			Cells: []string{
				negated(item.GetHeader(), orUnstated(title(item))), says(item), item.GetHeader().GetStatus(), dated(item), item.GetHeader().GetRegionId(),
			},
			Notes: itemNotes(item.GetHeader()),
		}
	})
}

// remainder names the sections that have no block: by what may be said of them.
func (p *page) remainder() {
	sections := map[string][]string{}
	var order []string
	for _, section := range sectionsOf(p.record) {
		if p.shown[section] {
			continue
		}
		words := p.emptyWords(section)
		if sections[words] == nil {
			order = append(order, words)
		}
		sections[words] = append(sections[words], sdk.SectionName(section))
	}
	if len(order) > 0 {
		p.b.WriteString("\n" + p.Paint.In(paint.Bold, "OTHER SECTIONS") + "\n")
	}
	for _, words := range order {
		style := paint.Dim
		if strings.HasPrefix(words, "incomplete") {
			style = paint.Alarm
		}
		p.indented(style, "  ", sentence(words+": "+strings.Join(sections[words], ", ")))
	}
	if p.narrowed {
		p.b.WriteString("\n")
		p.line(paint.Dim, "Sections that were not asked for are not shown.")
	}
}

// emptyWords is what may be said of a section that shows nothing.
func (p *page) emptyWords(section lhcrv1.Section) string {
	gaps := p.record.GapsOf(section)
	switch {
	case len(gaps) == 0:
		return "nothing recorded in the regions asked"
	case len(gaps) == 1 && gaps[0].Cause == sdk.CauseNoRecord:
		return gaps[0].Message
	}
	return "incomplete, nothing to show"
}

// sectionsOf are the sections of which an answer says anything, in order.
func sectionsOf(r *sdk.Record) []lhcrv1.Section {
	var all []lhcrv1.Section
	for _, o := range r.Outcomes() {
		all = append(all, o.GetSection())
	}
	slices.Sort(all)
	return slices.Compact(all)
}
