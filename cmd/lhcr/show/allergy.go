package show

import (
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func (p *page) allergies() {
	block(p, "Allergies and adverse reactions", p.record.Allergies(),
		[]string{"Allergy", "Status", "Reaction", "Criticality", "Since", "Recorded", "Region"}, allergyRow)
}

func allergyRow(a *lhcrv1.Allergy) table.Row {
	r := table.Row{
		Cells: []string{
			allergyName(a),
			allergyStatus(a),
			reactions(a.GetReactions()),
			a.GetCriticality(),
			joined(" ", day(a.GetOnset()), a.GetOnsetText()),
			day(a.GetHeader().GetRecorded()),
			a.GetHeader().GetRegionId(),
		},
		Notes: append(conceptNotes(a.GetCode()), itemNotes(a.GetHeader())...),
	}
	if a.GetEnded() != nil {
		r.Style = paint.Dim
	} else if a.GetAbsence() == lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_UNSPECIFIED {
		r.Style = paint.Bold
	}
	return r
}

// allergyName says of an absence that it is stated, and of what.
func allergyName(a *lhcrv1.Allergy) string {
	said := orUnstated(a.GetCode().GetDisplay())
	if agent := a.GetAgent().GetDisplay(); agent != "" && agent != said {
		said += " — agent: " + agent
	}
	switch a.GetAbsence() {
	case lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY:
		said += " (stated: none known)"
	case lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY:
		said += " (stated: no DRUG allergy known; says nothing of others)"
	case lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NOT_ALLERGIC_TO:
		said += " (stated: NOT allergic to it)"
	}
	return negated(a.GetHeader(), said)
}

func allergyStatus(a *lhcrv1.Allergy) string {
	status := joined(", ", a.GetClinicalStatus(), a.GetVerification())
	if end := a.GetEnded(); end != nil {
		status = joined(", ", status, joined(" ", "ENDED", day(end.GetDate())), end.GetReason())
	}
	return orUnstated(status)
}

func reactions(all []*lhcrv1.AllergyReaction) string {
	var said []string
	for _, r := range all {
		one := joined(": ", displays(r.GetManifestations()), r.GetDescription())
		if r.GetSeverity() != "" {
			one = strings.TrimSpace(one + " (" + r.GetSeverity() + ")")
		}
		said = append(said, one)
	}
	return joined("; ", said...)
}
