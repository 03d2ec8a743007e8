package cda_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const warfarin = `<consumable><manufacturedProduct><manufacturedMaterial>
<code code="319733000" codeSystem="2.16.840.1.113883.2.1.3.2.4.15" displayName="Warfarin 1mg tablets"/></manufacturedMaterial></manufacturedProduct></consumable>`

// administration is a substance administration of warfarin.
func administration(mood, parts string) string {
	return `<substanceAdministration classCode="SBADM" moodCode="` + mood + `">` + warfarin + parts + `</substanceAdministration>`
}

func medication(t *testing.T, code, statement string) *lhcrv1.Medication {
	t.Helper()
	list := read(t, document(section(code, "Medicines", `<content ID="m1">Warfarin, one at night</content>`, entry(statement)))).Response.GetRecord().GetMedications()
	if len(list) != 1 {
		t.Fatalf("%d medications", len(list))
	}
	return list[0]
}

// TestAMedicineIsWhatItsMoodSays tells what is taken from what was given, ordered, proposed.
func TestAMedicineIsWhatItsMoodSays(t *testing.T) {
	for _, c := range []struct {
		mood, section string
		want          lhcrv1.MedicationKind
	}{
		{"EVN", "10160-0", lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT},
		{"INT", "10160-0", lhcrv1.MedicationKind_MEDICATION_KIND_STATEMENT},
		{"RQO", "10160-0", lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE},
		{"PRP", "10160-0", lhcrv1.MedicationKind_MEDICATION_KIND_OPTION},
		{"EVN", "29549-3", lhcrv1.MedicationKind_MEDICATION_KIND_ADMINISTRATION},
		{"INT", "18776-5", lhcrv1.MedicationKind_MEDICATION_KIND_OPTION},
		{"RQO", "18776-5", lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE},
	} {
		if got := medication(t, c.section, administration(c.mood, "")).GetKind(); got != c.want {
			t.Errorf("%s in %s is %v", c.mood, c.section, got)
		}
	}
}

// TestAStatusIsRecordedAndNotGuessed goes over CDA's statuses.
func TestAStatusIsRecordedAndNotGuessed(t *testing.T) {
	for sent, want := range map[string]string{
		"active": "active", "completed": "completed", "aborted": "stopped", "suspended": "on-hold", "held": "on-hold",
		"cancelled": "cancelled", "new": "new", "nullified": "entered-in-error",
	} {
		if got := medication(t, "10160-0", administration("EVN", `<statusCode code="`+sent+`"/>`)).GetHeader().GetStatus(); got != want {
			t.Errorf("%s became %s", sent, got)
		}
	}
}

// TestDosagesKeepTextAndStructure goes over times, doses and conditions.
func TestDosagesKeepTextAndStructure(t *testing.T) {
	for name, c := range map[string]struct {
		parts, want string
		notes       []string
	}{
		"every so often": {`<effectiveTime xsi:type="PIVL_TS"><period value="8" unit="h"/></effectiveTime><doseQuantity value="2"/>`, "2, 1 in 8 h", nil},
		"between two":    {`<effectiveTime xsi:type="PIVL_TS"><period xsi:type="IVL_PQ"><low value="4" unit="h"/><high value="6" unit="h"/></period></effectiveTime>`, "1 in 4–6 h", nil},
		"by the patient's day": {`<effectiveTime xsi:type="EIVL_TS"><event code="HS"/><offset><low value="-1" unit="h"/></offset></effectiveTime>`, "HS",
			[]string{"offset from HS: from -1 h"}},
		"two periods": {`<effectiveTime xsi:type="PIVL_TS"><period value="8" unit="h"/></effectiveTime><effectiveTime xsi:type="PIVL_TS"><period value="1" unit="wk"/></effectiveTime>`,
			"time: 1 wk, 1 in 8 h", []string{"time: 1 wk"}},
		"a set of times": {`<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="EIVL_TS"><event code="ACM"/></comp><comp xsi:type="EIVL_TS"><event code="ACV"/></comp></effectiveTime>`,
			"ACM, ACV", nil},
		"all but":                   {`<effectiveTime xsi:type="IVL_TS" operator="E"><low value="20200101"/></effectiveTime>`, "", []string{"except at: from 2020-01-01"}},
		"a range of doses":          {`<doseQuantity><low value="1" unit="g"/><high value="2" unit="g"/></doseQuantity>`, "1–2 g", nil},
		"a rate":                    {`<rateQuantity value="5" unit="mL/h"/>`, "at 5 mL/h", nil},
		"no dose known":             {`<doseQuantity nullFlavor="UNK"/>`, "", []string{"doseQuantity: unknown"}},
		"as needed for":             {`<precondition><criterion><value xsi:type="CD" code="1" codeSystem="1.2.3" displayName="Pain"/></criterion></precondition>`, "as needed for Pain", nil},
		"as needed":                 {`<precondition><criterion/></precondition>`, "as needed", nil},
		"as needed by its priority": {`<priorityCode code="PRN"/>`, "as needed", nil},
		"at most":                   {`<maxDoseQuantity><numerator value="4" unit="g"/><denominator value="1" unit="d"/></maxDoseQuantity>`, "at most 4 g / 1 d", nil},
		"in the narrative":          {`<text><reference value="#m1"/></text>`, "Warfarin, one at night", nil},
		"in its own words":          {`<text>One at night</text>`, "One at night", nil},
		"a reference to nothing":    {`<text><reference value="#gone"/></text>`, "", nil},
		"free text sig": {`<entryRelationship typeCode="COMP"><substanceAdministration classCode="SBADM" moodCode="EVN"><templateId root="2.16.840.1.113883.10.20.22.4.147"/><text>Take one</text></substanceAdministration></entryRelationship>`,
			"Take one", nil},
		"instructions": {`<entryRelationship typeCode="SUBJ" inversionInd="true"><act classCode="ACT" moodCode="INT"><templateId root="2.16.840.1.113883.10.20.22.4.20"/><text>With food</text></act></entryRelationship>`,
			"to the patient: With food", nil},
		"a comment": {`<entryRelationship typeCode="SUBJ"><act classCode="ACT" moodCode="EVN"><code code="48767-8" codeSystem="2.16.840.1.113883.6.1"/><text>Watch the INR</text></act></entryRelationship>`,
			"", []string{"Watch the INR"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := medication(t, "10160-0", administration("EVN", c.parts))
			got := ""
			if len(m.GetDosages()) > 0 {
				got = dosage(m.GetDosages()[0])
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.notes, notes(m.GetHeader())); d != "" {
				t.Error(d)
			}
		})
	}
}

func dosage(d *lhcrv1.Dosage) string {
	var parts []string
	say := func(words string, when bool) {
		if when && words != "" {
			parts = append(parts, words)
		}
	}
	say(d.GetText(), true)
	say(amount(d.GetDose()), true)
	say(d.GetDoseRange().GetLow().GetValue()+"–"+amount(d.GetDoseRange().GetHigh()), d.GetDoseRange() != nil)
	if x := d.GetTiming(); x != nil {
		every := x.GetPeriod()
		if x.GetPeriodMax() != "" {
			every += "–" + x.GetPeriodMax()
		}
		say("1 in "+every+" "+x.GetPeriodUnit(), x.GetPeriod() != "")
		say(strings.Join(x.GetWhen(), ", "), true)
	}
	say("at "+amount(d.GetRate()), d.GetRate() != nil)
	say("as needed for "+d.GetAsNeededFor().GetDisplay(), d.GetAsNeededFor() != nil)
	say("as needed", d.GetAsNeeded() && d.GetAsNeededFor() == nil)
	say("at most "+amount(d.GetMaximumPerPeriod().GetNumerator())+" / "+amount(d.GetMaximumPerPeriod().GetDenominator()), d.GetMaximumPerPeriod() != nil)
	say("to the patient: "+d.GetPatientInstruction(), d.GetPatientInstruction() != "")
	return strings.Join(parts, ", ")
}

// TestSuppliesBelongToTheirMedicine is about an order and a dispense that stand in a statement: one course of three items.
func TestSuppliesBelongToTheirMedicine(t *testing.T) {
	in := func(supply string) string {
		return `<entryRelationship typeCode="REFR">` + supply + `</entryRelationship>`
	}
	order := in(`<supply classCode="SPLY" moodCode="INT"><id root="1.2.3" extension="o"/><statusCode code="active"/><effectiveTime xsi:type="IVL_TS"><high value="20270101"/></effectiveTime><repeatNumber value="6"/><quantity value="28"/></supply>`)
	supply := in(`<supply classCode="SPLY" moodCode="EVN"><id root="1.2.3" extension="d"/><statusCode code="completed"/><effectiveTime value="20260115"/><quantity value="56"/></supply>`)
	record := read(t, document(section("10160-0", "Medicines", "", entry(administration("EVN", `<id root="1.2.3" extension="m"/>`+order+supply))))).Response.GetRecord()
	if len(record.GetMedications()) != 3 || len(record.GetMedicationCourses()) != 1 {
		t.Fatalf("%d medications, %d courses", len(record.GetMedications()), len(record.GetMedicationCourses()))
	}
	c := record.GetMedicationCourses()[0]
	if len(c.GetStatementItemIds()) != 1 || len(c.GetIssueItemIds()) != 1 || len(c.GetSupplyItemIds()) != 1 {
		t.Error(c)
	}
	for _, m := range record.GetMedications() {
		if m.GetProduct().GetCode().GetDisplay() != "Warfarin 1mg tablets" {
			t.Errorf("a %v of %v", m.GetKind(), m.GetProduct())
		}
		switch m.GetKind() {
		case lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE:
			if m.GetIssuesAllowed() != 6 || amount(m.GetQuantity()) != "28" || m.GetValidity().GetEnd().GetOriginal() != "2027-01-01" {
				t.Error(m)
			}
		case lhcrv1.MedicationKind_MEDICATION_KIND_DISPENSE:
			if amount(m.GetQuantity()) != "56" || m.GetSupply().GetHandedOver().GetOriginal() != "2026-01-15" {
				t.Error(m)
			}
		}
	}
}
