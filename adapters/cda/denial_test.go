package cda_test

import (
	"strings"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const ofDrugs = `<value xsi:type="CD" code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to drug"/>`

// observed is an observation with these attributes and contents.
func observed(attrs, inner string) string {
	return `<observation classCode="OBS" moodCode="EVN" ` + attrs + `><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>` +
		`<statusCode code="completed"/>` + inner + `</observation>`
}

func denies(inner string) string { return observed(`negationInd="true"`, inner) }

func player(inner string) string {
	return `<participant typeCode="CSM"><participantRole><playingEntity>` + inner + `</playingEntity></participantRole></participant>`
}

// TestADenialOfSomethingIsNeverOneOfAll is about denials that name what is denied, wherever in the entry it stands.
func TestADenialOfSomethingIsNeverOneOfAll(t *testing.T) {
	for name, c := range map[string]struct{ statement, shown string }{
		"desc":            {denies(ofDrugs + player(`<desc>Penicillin</desc>`)), "Penicillin"},
		"scoping entity":  {denies(ofDrugs + `<participant typeCode="CSM"><participantRole><scopingEntity><desc>Penicillin</desc></scopingEntity></participantRole></participant>`), "Penicillin"},
		"original text":   {denies(strings.Replace(ofDrugs, "/>", `><originalText>Penicillin</originalText></value>`, 1)), "Penicillin"},
		"entry's text":    {denies(`<text>Penicillin</text>` + ofDrugs), "Penicillin"},
		"none other than": {denies(ofDrugs + player(`<name>None other than penicillin</name>`)), "None other than penicillin"},
		"not":             {denies(ofDrugs + player(`<name>Not penicillin</name>`)), "Not penicillin"},
		"another system":  {denies(`<value xsi:type="CD" code="418471000" codeSystem="1.2.3.4" displayName="Cats"/>`), "Cats"},
		"no system":       {denies(`<value xsi:type="CD" code="416098002" displayName="Allergy to drug"/>`), "Allergy to drug"},
		"display":         {denies(strings.Replace(ofDrugs, "Allergy to drug", "Allergy to penicillin", 1)), "Allergy to penicillin"},
		"comment on the concern": {strings.Replace(concern("active", denies(ofDrugs)), "</act>", aside("SUBJ", "", `<act classCode="ACT" moodCode="EVN"><code code="48767-8"/><text>except penicillin</text></act>`)+"</act>", 1),
			"except penicillin"},
		"comment": {denies(ofDrugs + `<entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="EVN"><code code="48767-8"/><text>except penicillin</text></act></entryRelationship>`),
			"except penicillin"},
	} {
		a := read(t, allergiesOf(c.statement)).Response.GetRecord().GetAllergies()
		if len(a) != 1 || a[0].GetAbsence() != 0 || !a[0].GetHeader().GetNegated() || a[0].GetCode().GetDisplay() != c.shown && a[0].GetCode().GetText() != c.shown {
			t.Errorf("%s: %v", name, a)
		}
	}
}

// TestADenialOfWhatCannotBeReadIsAGap is about denials that name something which nobody can read.
func TestADenialOfWhatCannotBeReadIsAGap(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		kind      lhcrv1.GapKind
	}{
		"masked":       {denies(ofDrugs + player(`<code nullFlavor="MSK"/>`)), lhcrv1.GapKind_GAP_KIND_WITHHELD},
		"gone":         {denies(ofDrugs + player(`<code nullFlavor="OTH"><originalText><reference value="#gone"/></originalText></code>`)), lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE},
		"unknown":      {denies(ofDrugs + player(`<code nullFlavor="UNK"/>`)), lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE},
		"text is gone": {denies(`<text><reference value="#gone"/></text>` + ofDrugs), lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE},
		"nothing":      {denies(""), lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE},
		"an allergy to something masked": {observed("", `<value xsi:type="CD" nullFlavor="MSK"/>`+player(`<code nullFlavor="MSK"/>`)),
			lhcrv1.GapKind_GAP_KIND_WITHHELD},
		"an allergy to nobody knows what": {observed("", `<value xsi:type="CD" nullFlavor="UNK"/>`), lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE},
		"an entry that is masked":         {`<observation classCode="OBS" moodCode="EVN" nullFlavor="MSK"/>`, lhcrv1.GapKind_GAP_KIND_WITHHELD},
	} {
		r := read(t, allergiesOf(c.statement, penicillin))
		o := outcome(t, r, lhcrv1.Section_SECTION_ALLERGIES)
		if a := r.Response.GetRecord().GetAllergies(); len(a) != 1 || o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID || o.GetGaps()[0].GetKind() != c.kind {
			t.Errorf("%s: %d allergies, %v", name, len(a), o)
		}
	}
}

// TestADenialOfNothingInParticularStands is the other side: what documents write that know of no allergy.
func TestADenialOfNothingInParticularStands(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		want      lhcrv1.AllergyAbsence
	}{
		"no agent":       {denies(ofDrugs), lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY},
		"not applicable": {denies(ofDrugs + player(`<code nullFlavor="NA"/>`)), lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY},
		"the same words": {denies(`<text>No known drug allergies.</text>` + ofDrugs), lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY},
		"narrower words": {denies(`<text>NKDA</text>` + strings.Replace(ofDrugs, "416098002", "419199007", 1)), lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY},
		"other words":    {denies(`<text>No known food allergies</text>` + ofDrugs), 0},
	} {
		a := read(t, allergiesOf(c.statement)).Response.GetRecord().GetAllergies()
		if len(a) != 1 || a[0].GetAbsence() != c.want {
			t.Errorf("%s: %v", name, a)
		}
	}
}

// TestEveryAllergenIsVisible is about entries that name several.
func TestEveryAllergenIsVisible(t *testing.T) {
	for name, statement := range map[string]string{
		"agents": observed("", `<id root="1.2.3" extension="two"/>`+ofDrugs+agent("1", "Penicillin")+agent("2", "Latex")),
		"values": observed("", `<value xsi:type="ST">Penicillin</value><value xsi:type="ST">Latex</value>`),
	} {
		var shown []string
		for _, a := range read(t, allergiesOf(statement)).Response.GetRecord().GetAllergies() {
			shown = append(shown, a.GetCode().GetDisplay())
		}
		if strings.Join(shown, " ") != "Penicillin Latex" {
			t.Errorf("%s: %v", name, shown)
		}
	}
}
