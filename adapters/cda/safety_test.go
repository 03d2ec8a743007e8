package cda_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const allergies = "48765-2"

func allergiesOf(statements ...string) []byte {
	entries := ""
	for _, s := range statements {
		entries += entry(s)
	}
	return document(section(allergies, "Allergies", "", entries))
}

// denied is an observation that no allergy (of a kind) is known.
func denied(kind string) string {
	return `<observation classCode="OBS" moodCode="EVN" negationInd="true"><id root="1.2.3.4" extension="none"/>
<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/>
<value xsi:type="CD" code="` + kind + `" codeSystem="2.16.840.1.113883.6.96"/></observation>`
}

// TestADocumentAssertsNoneForNoSection is about the safest looking document there is: one that says that no allergy is
// known, and nothing else, not even in words.
func TestADocumentAssertsNoneForNoSection(t *testing.T) {
	r := read(t, allergiesOf(concern("active", denied("419199007"))))
	a := r.Response.GetRecord().GetAllergies()
	if len(a) != 1 || a[0].GetAbsence() != lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY {
		t.Fatal(a)
	}
	o := outcome(t, r, lhcrv1.Section_SECTION_ALLERGIES)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || len(o.GetWarnings()) > 0 {
		t.Error(o)
	}
	p := payload(t, allergiesOf(concern("active", denied("419199007"))))
	p.FromDocument = false // the same from a record system would stand for the whole list
	whole, err := fhir.Read(fhir.Input{RegionID: "test", Payloads: []fhir.Payload{p}, Now: now})
	if err != nil || outcome(t, whole, lhcrv1.Section_SECTION_ALLERGIES).GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE {
		t.Error("the flag of documents is not what makes the difference", err)
	}
}

func payload(t *testing.T, body []byte) fhir.Payload {
	t.Helper()
	d, err := cda.Read(body, cda.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d.Payload()
}

// TestNegationIsNeverAFact goes over what negationInd says of each sort of entry.
func TestNegationIsNeverAFact(t *testing.T) {
	not := func(act, inner string) string {
		return `<` + act + ` classCode="X" moodCode="EVN" negationInd="true">` + inner + `</` + act + `>`
	}
	code := `<code code="1" codeSystem="1.2.3" displayName="Thing"/>`
	drug := `<consumable><manufacturedProduct><manufacturedMaterial>` + code + `</manufacturedMaterial></manufacturedProduct></consumable>`
	for _, c := range []struct{ name, section, statement string }{
		{"allergy to something", allergies, not("observation", `<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/>`+agent("372687004", "Amoxicillin"))},
		{"allergy as a text", allergies, not("observation", `<value xsi:type="ST">Latex</value>`)},
		{"allergy inside a denied concern", allergies, strings.Replace(concern("active", penicillin), `moodCode="EVN"`, `moodCode="EVN" negationInd="true"`, 1)},
		{"problem", "11450-4", not("observation", `<value xsi:type="CD" code="38341003" codeSystem="2.16.840.1.113883.6.96" displayName="Hypertension"/>`)},
		{"medicine taken", "10160-0", not("substanceAdministration", drug)},
		{"medicine given", "29549-3", not("substanceAdministration", drug)},
		{"vaccination", "11369-6", not("substanceAdministration", drug)},
		{"procedure", "47519-4", not("procedure", code)},
		{"result", "30954-2", not("observation", code)},
		{"social history", "29762-2", not("observation", code)},
		{"family history", "10157-6", not("observation", code)},
		{"encounter", "46240-8", not("encounter", code)},
		{"supply", "46264-8", not("supply", code)},
		{"act", "62387-6", not("act", code)},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := headers(read(t, document(section(c.section, "S", "", entry(c.statement)))))
			if len(found) != 1 || !found[0].GetNegated() {
				t.Errorf("%d items: %v", len(found), found)
			}
		})
	}
}

// headers are those of what came of entries: not the person's, not the document's.
func headers(r *fhir.Reading) []*lhcrv1.ItemHeader {
	var out []*lhcrv1.ItemHeader
	for _, s := range r.Response.GetSources() {
		for _, h := range everyHeader(r.Response.GetRecord()) {
			if h.GetItemId() == s.GetItemId() && h.GetSourceType() != "Patient" && h.GetSourceType() != "Composition" {
				out = append(out, h)
			}
		}
	}
	return out
}

// TestWhatWasTakenBackComesAsARetraction is about statusCode nullified, of the entry or of the concern around it.
func TestWhatWasTakenBackComesAsARetraction(t *testing.T) {
	back := func(s string) string { return strings.Replace(s, `"completed"`, `"nullified"`, 1) }
	for name, body := range map[string][]byte{
		"observation": allergiesOf(back(penicillin)), "concern": allergiesOf(concern("nullified", penicillin)),
		"denial": allergiesOf(back(denied("419199007"))),
	} {
		found := headers(read(t, body))
		if len(found) != 1 || !found[0].GetRetracted() {
			t.Errorf("%s: %v", name, found)
		}
	}
}

const baby = `<subject><relatedSubject classCode="PRS"><code code="NCHILD" codeSystem="2.16.840.1.113883.5.111" displayName="natural child"/></relatedSubject></subject>`

// TestNobodyElsesEntryIsThePatients is about entries whose subject is another person: a gap, and nothing of them.
func TestNobodyElsesEntryIsThePatients(t *testing.T) {
	about := strings.Replace(penicillin, `<value`, baby+`<value`, 1)
	for name, body := range map[string][]byte{
		"entry":   allergiesOf(about),
		"concern": allergiesOf(strings.Replace(concern("active", penicillin), `<statusCode`, baby+`<statusCode`, 1)),
		"section": document(strings.Replace(section(allergies, "Allergies", "Penicillin", entry(penicillin)), `<text>`, baby+`<text>`, 1)),
	} {
		r := readFor(t, body, "9990001006")
		if n := len(r.Response.GetRecord().GetAllergies()); n != 0 {
			t.Errorf("%s: %d allergies of somebody else were delivered", name, n)
		}
		o := outcome(t, r, lhcrv1.Section_SECTION_ALLERGIES)
		if len(o.GetGaps()) != 1 || len(o.GetNarratives()) > 0 {
			t.Errorf("%s: %v", name, o)
		}
	}
}

// TestAFindingAboutAnotherSaysSo is about the baby in its mother's record.
func TestAFindingAboutAnotherSaysSo(t *testing.T) {
	heart := `<observation classCode="OBS" moodCode="EVN"><code code="364612004" codeSystem="2.16.840.1.113883.6.96" displayName="Fetal heart rate"/>` + baby +
		`<value xsi:type="PQ" value="140" unit="/min"/></observation>`
	h := headers(read(t, document(section("8716-3", "Vital signs", "", entry(heart)))))
	if len(h) != 1 || !hasFlag(h[0], lhcrv1.Flag_FLAG_ABOUT_ANOTHER) {
		t.Error(h)
	}
}

func hasFlag(h *lhcrv1.ItemHeader, want lhcrv1.Flag) bool {
	for _, f := range h.GetFlags() {
		if f == want {
			return true
		}
	}
	return false
}

// TestARelativesIllnessIsFamilyHistory whatever entry it stands in.
func TestARelativesIllnessIsFamilyHistory(t *testing.T) {
	ill := `<observation classCode="OBS" moodCode="EVN">%s<code code="64572001" codeSystem="2.16.840.1.113883.6.96"/>
<value xsi:type="CD" code="22298006" codeSystem="2.16.840.1.113883.6.96" displayName="Myocardial infarction"/></observation>`
	father := strings.Replace(baby, "natural child", "father", 1)
	grouped := `<organizer classCode="CLUSTER" moodCode="EVN">` + father + `<component>` + strings.Replace(ill, "%s", "", 1) + `</component></organizer>`
	for name, e := range map[string]string{"organizer": grouped, "observation": strings.Replace(ill, "%s", father, 1), "nobody named": strings.Replace(ill, "%s", "", 1)} {
		record := read(t, document(section("10157-6", "Family history", "", entry(e)))).Response.GetRecord()
		list := record.GetFamilyHistory()
		if len(record.GetProblems()) != 0 || len(list) != 1 || list[0].GetHeader().GetSourceType() != "FamilyMemberHistory" ||
			list[0].GetAttributes()[0].GetValue().GetConcept().GetDisplay() != "Myocardial infarction" || name != "nobody named" && list[0].GetCode().GetDisplay() != "father" {
			t.Errorf("%s: %d problems, family history %v", name, len(record.GetProblems()), record.GetFamilyHistory())
		}
	}
}

// TestAnotherPersonsDocumentDeliversNothing is about a document that a registry listed for the wrong patient.
func TestAnotherPersonsDocumentDeliversNothing(t *testing.T) {
	r := readFor(t, document(section(allergies, "Allergies", "Penicillin", entry(penicillin)), section("10160-0", "Medicines", "Warfarin", "")), "9990000018")
	if n := r.Account.Items; n != 0 {
		t.Errorf("%d items of another person", n)
	}
	for _, o := range r.Response.GetOutcomes() {
		if len(o.GetNarratives()) > 0 {
			t.Errorf("%v: words of another person's document", o.GetSection())
		}
	}
	if p := r.Response.GetPatients(); len(p) != 1 || p[0].GetNhsNumber() != "9990001006" || p[0].GetBirthDate().GetOriginal() != "1948-03-07" {
		t.Error(p)
	}
}

// TestADocumentOfSeveralPeopleIsNobodys is about a document with two patients: none of its entries can be told apart.
func TestADocumentOfSeveralPeopleIsNobodys(t *testing.T) {
	other := strings.ReplaceAll(margaret, "9990001006", "9990000018")
	h := headers(readFor(t, documentOf(margaret+other, section(allergies, "Allergies", "", entry(penicillin))), "9990001006"))
	if len(h) != 1 || h[0].GetSubjectCheck() != lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED {
		t.Error(h)
	}
	same := headers(readFor(t, documentOf(margaret+margaret, section(allergies, "Allergies", "", entry(penicillin))), "9990001006"))
	if len(same) != 1 || same[0].GetSubjectCheck() != lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH {
		t.Error(same)
	}
}

// TestAnUnknownEntryIsReportedAndLeavesAGap is about what nobody can read: it might be an allergy.
func TestAnUnknownEntryIsReportedAndLeavesAGap(t *testing.T) {
	for name, e := range map[string]string{"an unknown act": `<entry><miracle code="1"/></entry>`, "an empty entry": `<entry/>`} {
		r := read(t, document(section(allergies, "Allergies", "", e+entry(penicillin))))
		if len(r.Account.Reasons) != 1 || r.Account.Reported != 1 {
			t.Errorf("%s: %+v", name, r.Account)
		}
		if o := outcome(t, r, lhcrv1.Section_SECTION_ALLERGIES); o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID {
			t.Errorf("%s: a partial allergy list is %v", name, o.GetStatus())
		}
	}
}

// TestWhatIsMaskedIsWithheld is about a section that says that it holds something back.
func TestWhatIsMaskedIsWithheld(t *testing.T) {
	masked := strings.Replace(section(allergies, "Allergies", "", ""), "<section>", `<section nullFlavor="MSK">`, 1)
	o := outcome(t, read(t, document(masked)), lhcrv1.Section_SECTION_ALLERGIES)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD {
		t.Error(o)
	}
}

// TestWordsAloneAreReturnedAsText is about a section without entries.
func TestWordsAloneAreReturnedAsText(t *testing.T) {
	r := read(t, document(section("10160-0", "Medicines", "<paragraph>Warfarin 3 mg</paragraph>", "")))
	o := outcome(t, r, lhcrv1.Section_SECTION_MEDICATIONS)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT || o.GetNarratives()[0].GetText() != "Warfarin 3 mg" {
		t.Error(o)
	}
	if quiet := outcome(t, r, lhcrv1.Section_SECTION_ALLERGIES); quiet.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED {
		t.Error(quiet)
	}
}

// TestADenialInWordsIsNoAllergy is about an allergen that says itself that there is none, in an entry that is denied.
func TestADenialInWordsIsNoAllergy(t *testing.T) {
	inWords := strings.Replace(denied("416098002"), `<value`, `<participant typeCode="CSM"><participantRole><playingEntity><code nullFlavor="NA"><originalText>No known drug allergies</originalText></code></playingEntity></participantRole></participant><value`, 1)
	a := read(t, allergiesOf(inWords)).Response.GetRecord().GetAllergies()
	if len(a) != 1 || a[0].GetAbsence() != lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY || a[0].GetHeader().GetNegated() {
		t.Error(a)
	}
}

// TestAnAllergyInWordsIsAnAllergy is about one without a code.
func TestAnAllergyInWordsIsAnAllergy(t *testing.T) {
	for name, statement := range map[string]string{
		"a string":          `<observation classCode="OBS" moodCode="EVN"><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><value xsi:type="ST">Latex</value></observation>`,
		"the entry's words": `<observation classCode="OBS" moodCode="EVN"><code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><text>Latex</text></observation>`,
		"the allergen's":    `<observation classCode="OBS" moodCode="EVN"><participant typeCode="CSM"><participantRole><playingEntity><name>Latex</name></playingEntity></participantRole></participant></observation>`,
		"words behind OTH":  `<observation classCode="OBS" moodCode="EVN"><value xsi:type="CD" nullFlavor="OTH"><originalText>Latex</originalText></value></observation>`,
		"the code's own":    `<observation classCode="OBS" moodCode="EVN"><code code="1" codeSystem="1.2.3" displayName="Latex"/></observation>`,
		"in a bare concern": concern("completed", `<observation classCode="OBS" moodCode="EVN"><value xsi:type="ST">Latex</value></observation>`),
	} {
		a := read(t, allergiesOf(statement)).Response.GetRecord().GetAllergies()
		if len(a) != 1 || a[0].GetCode().GetDisplay() != "Latex" || a[0].GetClinicalStatus() != "" {
			t.Errorf("%s: %v", name, a)
		}
	}
}
