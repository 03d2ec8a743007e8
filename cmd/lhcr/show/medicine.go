package show

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

func (p *page) medicines() {
	block(p, "Medicines", p.record.MedicationCourses(),
		[]string{"Medicine", "Listed as", "Dose", "For", "Kind", "Last issued", "Region"}, p.courseRow)
}

func (p *page) courseRow(c *sdk.Course) table.Row {
	stated := c.Stated()
	r := table.Row{
		Cells: []string{
			negated(stated.GetHeader(), orUnstated(c.Name())),
			listing(c),
			dose(stated),
			reasons(c),
			courseKind(c),
			lastIssued(c),
			c.RegionID(),
		},
		Notes: p.courseNotes(c, stated),
	}
	switch c.Course.GetListing() {
	case lhcrv1.CourseListing_COURSE_LISTING_ACTIVE:
		r.Style = paint.Bold
	case lhcrv1.CourseListing_COURSE_LISTING_PAST:
		r.Style = paint.Dim
	}
	return r
}

// listing is where the source's status puts a course, with that status. An order that
// was fulfilled says nothing of whether the medicine ended, so its status is shown as
// the order's own.
func listing(c *sdk.Course) string {
	if c.Alone != nil {
		return joined(" ", courseItemKind(c.Alone)+",", orUnstated(c.Alone.GetHeader().GetStatus()))
	}
	status := orUnstated(c.Course.GetStatus())
	switch c.Course.GetListing() {
	case lhcrv1.CourseListing_COURSE_LISTING_ACTIVE:
		return "current (" + status + ")"
	case lhcrv1.CourseListing_COURSE_LISTING_PAST:
		return "past (" + status + ")"
	}
	if isOrder(c) {
		return "order " + status
	}
	return "status " + status
}

// isOrder says that the course's status was read from an order.
func isOrder(c *sdk.Course) bool {
	return slices.ContainsFunc(c.Issues, func(m *lhcrv1.Medication) bool {
		return m.GetHeader().GetItemId() == c.Course.GetListingItemId()
	})
}

// dose is the dosage in words; figures only where there are no words.
func dose(m *lhcrv1.Medication) string {
	var all []string
	for _, d := range m.GetDosages() {
		words := d.GetText()
		if instruction := d.GetPatientInstruction(); instruction != words {
			words = joined(". ", words, instruction)
		}
		if words == "" {
			words = joined(" ", "in figures only:", quantity(d.GetDose()), span(d.GetDoseRange().GetLow(), d.GetDoseRange().GetHigh()),
				d.GetRoute().GetDisplay(), d.GetTiming().GetCode().GetDisplay(), frequency(d.GetTiming()))
		}
		if words != "in figures only:" {
			all = append(all, words)
		}
	}
	return orUnstated(joined("; ", all...))
}

func frequency(t *lhcrv1.Timing) string {
	if t.GetFrequency() == 0 || t.GetPeriod() == "" {
		return ""
	}
	return fmt.Sprintf("%d × in %s %s", t.GetFrequency(), t.GetPeriod(), t.GetPeriodUnit())
}

// reasons is what a course is for, as any of its items says.
func reasons(c *sdk.Course) string {
	var all []string
	for _, m := range c.Items() {
		for _, r := range m.GetReasons() {
			words := r.GetReason().GetDisplay()
			if r.GetBasis() == lhcrv1.ReasonBasis_REASON_BASIS_LINKED_PROBLEM {
				words += " (linked problem)"
			}
			if !slices.Contains(all, words) {
				all = append(all, words)
			}
		}
	}
	return joined(", ", all...)
}

func courseKind(c *sdk.Course) string {
	for _, m := range c.Items() {
		if t := m.GetPrescriptionTypeRecorded().GetDisplay(); t != "" {
			return t
		}
	}
	return ""
}

// lastIssued is the recorded date of the last issue, else that of the newest issue
// or supply that came, else when it was written, and says which.
func lastIssued(c *sdk.Course) string {
	for _, m := range c.Items() {
		if d := day(m.GetLastIssued()); d != "" {
			return d
		}
	}
	for _, m := range c.Issues {
		if d := day(m.GetValidity().GetStart()); d != "" {
			return d + " (newest issue)"
		}
	}
	for _, m := range c.Supplies {
		if d := day(m.GetSupply().GetHandedOver()); d != "" {
			return d + " (supplied)"
		}
	}
	for _, m := range append(c.Issues, c.Stated()) {
		if d := day(m.GetAuthored()); d != "" {
			return d + " (authored)"
		}
	}
	return ""
}

func courseItemKind(m *lhcrv1.Medication) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(m.GetKind().String(), "MEDICATION_KIND_"), "_", " "))
}

func (p *page) courseNotes(c *sdk.Course, stated *lhcrv1.Medication) []string {
	var notes []string
	var raised [][]lhcrv1.Flag
	for _, m := range c.Items() {
		notes = append(notes, conceptNotes(m.GetProduct().GetCode())...)
		notes = append(notes, itemWarnings(m)...)
		raised = append(raised, m.GetHeader().GetFlags())
	}
	notes = append(notes, differences(c, stated)...)
	notes = append(notes, p.sameElsewhere(c)...)
	notes = append(notes, flags(append([][]lhcrv1.Flag{c.Course.GetFlags()}, raised...)...)...)
	for _, m := range c.Items() {
		notes = append(notes, endings(m)...)
		notes = append(notes, freeText(m.GetHeader())...)
		notes = append(notes, supplies(m)...)
	}
	if len(c.Missing) > 0 {
		notes = append(notes, fmt.Sprintf("%d records that belong to it did not come.", len(c.Missing)))
	}
	return once(notes)
}

func once(notes []string) []string {
	var kept []string
	for _, n := range notes {
		if !slices.Contains(kept, n) {
			kept = append(kept, n)
		}
	}
	return kept
}

func itemWarnings(m *lhcrv1.Medication) []string {
	var notes []string
	if m.GetHeader().GetRetracted() {
		notes = append(notes, "One of its records ("+courseItemKind(m)+") was ENTERED IN ERROR and is retracted.")
	}
	if m.GetHeader().GetSubjectCheck() != lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH {
		notes = append(notes, "WHOSE RECORD THIS IS COULD NOT BE CHECKED.")
	}
	if m.GetHeader().GetNotForPatient() {
		notes = append(notes, "NOT TO BE SHOWN TO THE PATIENT.")
	}
	if words := m.GetControlledDrug().GetSchedule().GetDisplay(); words != "" {
		notes = append(notes, "Controlled drug: "+words)
	}
	return notes
}

// differences are where the authorisation or the newest issue says something else
// than what is shown.
func differences(c *sdk.Course, stated *lhcrv1.Medication) []string {
	var notes []string
	others := []*lhcrv1.Medication{c.Plan}
	if len(c.Issues) > 0 {
		others = append(others, c.Issues[0])
	}
	for _, other := range others {
		if other == nil || other == stated {
			continue
		}
		if a, b := other.GetProduct().GetCode().GetDisplay(), stated.GetProduct().GetCode().GetDisplay(); a != b && a != "" {
			notes = append(notes, "Its "+courseItemKind(other)+" names another product: "+a)
		}
		if a, b := dose(other), dose(stated); a != b && a != unstated {
			notes = append(notes, "Its "+courseItemKind(other)+" says another dose: "+a)
		}
	}
	if s := c.Course.GetPlanStatus(); s != "" && s != c.Course.GetStatus() {
		notes = append(notes, "Its authorisation's own status: "+s)
	}
	return notes
}

// sameElsewhere names what other regions hold of the same medicine: tied, never merged.
func (p *page) sameElsewhere(c *sdk.Course) []string {
	var notes []string
	for _, m := range c.Items() {
		for _, item := range p.record.MayBeSame(m) {
			other, ok := item.(*lhcrv1.Medication)
			if !ok || other.GetHeader().GetRegionId() == c.RegionID() {
				continue
			}
			notes = append(notes, fmt.Sprintf("ALSO HELD BY %s, probably the same: %s, %s",
				strings.ToUpper(other.GetHeader().GetRegionId()), orUnstated(other.GetProduct().GetCode().GetDisplay()), dose(other)))
		}
	}
	return notes
}

// endings is why and when a medicine was changed or stopped, as recorded.
func endings(m *lhcrv1.Medication) []string {
	change := m.GetChange()
	said := joined(", ", change.GetStatus().GetDisplay(), change.GetReason().GetDisplay(), change.GetDetails(), day(change.GetDate()))
	if said == "" {
		return nil
	}
	return []string{"Recorded of its change or end: " + said}
}

func supplies(m *lhcrv1.Medication) []string {
	s := m.GetSupply()
	if s == nil {
		return nil
	}
	return []string{"Supplied: " + orUnstated(joined(", ", m.GetProduct().GetCode().GetDisplay(), quantity(m.GetQuantity()),
		m.GetHeader().GetStatus(), s.GetOutcome().GetDisplay(), s.GetStatusReason().GetDisplay(), s.GetAuthority().GetDisplay(), day(s.GetHandedOver())))}
}
