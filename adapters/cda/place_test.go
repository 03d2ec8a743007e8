package cda_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const thing = `<observation classCode="OBS" moodCode="EVN"><code code="1" codeSystem="1.2.3" displayName="Thing"/></observation>`

// TestAnEntryComesUnderItsSectionsHeading is about entries that nothing but their section says something of.
func TestAnEntryComesUnderItsSectionsHeading(t *testing.T) {
	for code, want := range map[string]lhcrv1.Section{
		"8716-3":  lhcrv1.Section_SECTION_EXAMINATION_FINDINGS,
		"29762-2": lhcrv1.Section_SECTION_SOCIAL_CONTEXT,
		"47420-5": lhcrv1.Section_SECTION_ASSESSMENTS,
		"42348-3": lhcrv1.Section_SECTION_LEGAL_INFORMATION,
		"30954-2": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
		"99999-9": lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	} {
		h := headers(read(t, document(section(code, "S", "", entry(thing)))))
		if len(h) != 1 || h[0].GetSection() != want {
			t.Errorf("%s: %v", code, h)
		}
	}
	// Headings whose items have a message of their own take no statement: it says that it belongs there all the same.
	act := `<act classCode="ACT" moodCode="EVN"><code code="1" codeSystem="1.2.3" displayName="Allergy card given"/></act>`
	h := headers(read(t, allergiesOf(act)))
	if len(h) != 1 || h[0].GetSection() != lhcrv1.Section_SECTION_SERVICES_AND_CARE || !slices.Contains(h[0].GetAlsoUnder(), lhcrv1.Section_SECTION_ALLERGIES) {
		t.Error(h)
	}
}

// TestWhatIsIntendedIsNoFact goes over moods.
func TestWhatIsIntendedIsNoFact(t *testing.T) {
	for mood, want := range map[string]lhcrv1.Section{
		"INT": lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS, "PRP": lhcrv1.Section_SECTION_PLAN_AND_REQUESTED_ACTIONS,
		"RQO": lhcrv1.Section_SECTION_INVESTIGATIONS_REQUESTED, "GOL": lhcrv1.Section_SECTION_GOALS,
	} {
		h := headers(read(t, document(section("18776-5", "Plan", "", entry(strings.Replace(thing, "EVN", mood, 1))))))
		if len(h) != 1 || h[0].GetSection() != want {
			t.Errorf("%s: %v", mood, h)
		}
	}
	referral := headers(read(t, document(section("42349-1", "Reason for referral", "", entry(strings.Replace(thing, "EVN", "INT", 1))))))
	if len(referral) != 1 || referral[0].GetSection() != lhcrv1.Section_SECTION_REFERRAL_DETAILS {
		t.Error(referral)
	}
	odd := headers(read(t, document(section("30954-2", "Results", "", entry(strings.Replace(thing, "EVN", "EVN.CRT", 1))))))
	if len(odd) != 1 || !hasFlag(odd[0], lhcrv1.Flag_FLAG_MODIFIER_UNREAD) {
		t.Error(odd)
	}
}

// TestAnAssertionIsWhatItsValueNames is about a code that says nothing but that the value is so.
func TestAnAssertionIsWhatItsValueNames(t *testing.T) {
	pregnant := `<observation classCode="OBS" moodCode="EVN"><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>
<value xsi:type="CD" code="77386006" codeSystem="2.16.840.1.113883.6.96" displayName="Pregnancy"/></observation>`
	s := read(t, document(section("29762-2", "Social history", "", entry(pregnant)))).Response.GetRecord().GetSocialContext()
	if len(s) != 1 || s[0].GetCode().GetDisplay() != "Pregnancy" || s[0].GetFinding().GetValue() != nil ||
		!slices.Contains(s[0].GetHeader().GetAlsoUnder(), lhcrv1.Section_SECTION_PREGNANCY_STATUS) {
		t.Error(s)
	}
}

// TestThePatientTellsOfThemself is about an informant who is the patient.
func TestThePatientTellsOfThemself(t *testing.T) {
	for name, who := range map[string]string{
		"by number":   `<informant><assignedEntity><id root="2.16.840.1.113883.2.1.4.1" extension="9990001006"/><assignedPerson><name>Margaret</name></assignedPerson></assignedEntity></informant>`,
		"by relation": `<informant><relatedEntity classCode="PRS"><code code="SELF" codeSystem="2.16.840.1.113883.5.111"/></relatedEntity></informant>`,
	} {
		h := headers(read(t, allergiesOf(strings.Replace(penicillin, `<participant`, who+`<participant`, 1))))
		if len(h) != 1 || len(h[0].GetParticipants()) != 1 || h[0].GetParticipants()[0].GetActor().GetKind() != lhcrv1.ActorKind_ACTOR_KIND_PERSON {
			t.Errorf("%s: %v", name, h)
		}
	}
}

// TestABirthTimeIsADateOfBirth is about how dates of birth are compared.
func TestABirthTimeIsADateOfBirth(t *testing.T) {
	for sent, want := range map[string]string{
		"19480307": "1948-03-07", "194803": "1948-03", "1948": "1948", "19480307114500+0000": "1948-03-07", "19480307+0100": "1948-03-07", "19480399": "19480399",
	} {
		p := read(t, documentOf(strings.Replace(margaret, "19480307", sent, 1))).Response.GetPatients()
		if len(p) != 1 || p[0].GetBirthDate().GetOriginal() != want {
			t.Errorf("%s became %s", sent, p[0].GetBirthDate().GetOriginal())
		}
	}
}

// TestAnEncountersDiagnosisNeedsNoRank is about one that has none.
func TestAnEncountersDiagnosisNeedsNoRank(t *testing.T) {
	visit := `<encounter classCode="ENC" moodCode="EVN"><code code="AMB" codeSystem="2.16.840.1.113883.5.4"/><entryRelationship typeCode="SUBJ">
<act classCode="ACT" moodCode="EVN"><code code="29308-4" codeSystem="2.16.840.1.113883.6.1"/><entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN">
<value xsi:type="CD" code="90560007" codeSystem="2.16.840.1.113883.6.96" displayName="Gout"/></observation></entryRelationship></act></entryRelationship></encounter>`
	record := read(t, document(section("46240-8", "Encounters", "", entry(visit)))).Response.GetRecord()
	e := record.GetContactsWithProfessionals()[0]
	if d := cmp.Diff([]string(nil), notes(e.GetHeader())); d != "" || e.GetDiagnoses()[0].GetDiagnosis().GetDisplay() != "Gout" || len(record.GetProblems()) != 1 {
		t.Error(d, e)
	}
}

// TestAConcernsIdentifierIsItsObservations where both have the same.
func TestAConcernsIdentifierIsItsObservations(t *testing.T) {
	for same, want := range map[string]int{`<id root="1.2.3.4" extension="a1"/>`: 1, `<id root="1.2.3.4" extension="c1"/>`: 2, `<id nullFlavor="NI"/>`: 1} {
		h := headers(read(t, allergiesOf(strings.Replace(concern("active", penicillin), "<code", same+"<code", 1))))
		if len(h) != 1 || len(h[0].GetIdentifiers()) != want || h[0].GetIdentifiers()[0].GetValue() != "a1" {
			t.Errorf("%s: %v", same, h)
		}
	}
}
