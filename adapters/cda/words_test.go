package cda_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/cda"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// pointing is an allergy whose name stands in the narrative.
func pointing(id string) string {
	return entry(`<observation classCode="OBS" moodCode="EVN"><code code="ASSERTION"/><value xsi:type="CD" nullFlavor="OTH"><originalText><reference value="#` +
		id + `"/></originalText></value></observation>`)
}

func allergyNames(t *testing.T, body []byte) (names []string, headers []*lhcrv1.ItemHeader) {
	t.Helper()
	for _, a := range read(t, body).Response.GetRecord().GetAllergies() {
		names = append(names, a.GetCode().GetDisplay())
		headers = append(headers, a.GetHeader())
	}
	return names, headers
}

// TestAReferenceNeverTakesAnotherSectionsWords where a document has one ID twice.
func TestAReferenceNeverTakesAnotherSectionsWords(t *testing.T) {
	said := func(id, words string) string { return `<content ID="` + id + `">` + words + `</content>` }
	med := section("10160-0", "Medications", said("a1", "No known allergies"), "")
	plan := section("18776-5", "Plan", said("a1", "Latex"), "")
	names, _ := allergyNames(t, document(med, allergySection(said("a1", "Penicillin"), pointing("a1"))))
	if len(names) != 1 || !strings.Contains(names[0], "Penicillin") || strings.Contains(names[0], "No known") {
		t.Error(names)
	}
	for name, body := range map[string][]byte{
		"twice elsewhere":       document(med, plan, allergySection("", pointing("a1"))),
		"twice in the same one": document(allergySection(said("a1", "Penicillin")+said("a1", "Latex"), pointing("a1"))),
	} {
		if names, _ := allergyNames(t, body); len(names) != 1 || !strings.Contains(names[0], "unreadable") || strings.Contains(names[0], "Latex") {
			t.Errorf("%s: %v", name, names)
		}
	}
}

// TestStruckWordsAreNoName without being told to be struck.
func TestStruckWordsAreNoName(t *testing.T) {
	for name, text := range map[string]string{
		"struck":            `<content ID="a1" styleCode="Strikethrough">Penicillin</content>`,
		"revised":           `<content ID="a1" revised="delete">Penicillin</content>`,
		"around":            `<paragraph styleCode="xStrike"><content ID="a1">Penicillin</content></paragraph>`,
		"a list around":     `<list revised="delete"><item><content ID="a1">Penicillin</content></item></list>`,
		"a caption, itself": `<table><caption ID="a1" revised="delete">Penicillin</caption></table>`,
	} {
		names, h := allergyNames(t, document(allergySection(text, pointing("a1"))))
		if len(names) != 1 || !strings.Contains(names[0], "[deleted: Penicillin]") || strings.Count(names[0], "[deleted:") != strings.Count(names[0], "Penicillin") {
			t.Errorf("%s: %v", name, names)
			continue
		}
		if !slices.ContainsFunc(notes(h[0]), func(n string) bool { return strings.Contains(n, "struck out") }) || len(h[0].GetFlags()) == 0 {
			t.Errorf("%s: nobody is told: %v", name, h[0])
		}
	}
}

// TestStruckPartsOfANarrativeAreShownAsDeleted whatever they are.
func TestStruckPartsOfANarrativeAreShownAsDeleted(t *testing.T) {
	for _, text := range []string{
		`<list revised="delete"><item>Wasp</item></list>`, `<list styleCode="strikethrough"><item>Wasp</item></list>`,
		`<list><caption revised="delete">Wasp</caption><item>x</item></list>`, `<list><item revised="delete">Wasp</item></list>`,
		`<table revised="delete"><tbody><tr><td>Wasp</td></tr></tbody></table>`, `<table><tbody><tr styleCode="Strike"><td>Wasp</td></tr></tbody></table>`,
		`<table><tbody><tr><td styleCode="Strikethrough">Wasp</td></tr></tbody></table>`, `<footnote revised="delete">Wasp</footnote>`,
	} {
		n := outcome(t, read(t, document(allergySection(text, ""))), inAllergies).GetNarratives()
		if len(n) != 1 || !strings.Contains(n[0].GetText(), "[deleted:") || !strings.Contains(n[0].GetText(), "Wasp") {
			t.Errorf("%s reads as %v", text, n)
		}
	}
}

// TestAllergiesAreFoundWhereverTheyStand is about groups, acts in acts, and sections that only their titles name.
func TestAllergiesAreFoundWhereverTheyStand(t *testing.T) {
	group := func(inner string) string {
		return `<organizer classCode="CLUSTER" moodCode="EVN"><statusCode code="completed"/><component>` + inner + `</component></organizer>`
	}
	around := func(inner string) string {
		return `<act classCode="ACT" moodCode="EVN"><code code="CONC"/><entryRelationship typeCode="SUBJ">` + inner + `</entryRelationship></act>`
	}
	words := `<observation classCode="OBS" moodCode="EVN"><value xsi:type="ST">Penicillin</value></observation>`
	unnamed := func(code, title string) []byte {
		return document(`<section>` + code + `<title>` + title + `</title><text>Penicillin</text>` + entry(penicillin) + `</section>`)
	}
	local := `<code code="ALG" codeSystem="1.2.3.4"/>`
	for name, body := range map[string][]byte{
		"a group": document(allergySection("", entry(group(penicillin)))), "words in a group": document(allergySection("", entry(group(words)))),
		"a group of acts":           document(allergySection("", entry(group(concern("active", penicillin))))),
		"an act in an act":          document(allergySection("", entry(around(concern("active", penicillin))))),
		"words in an act in an act": document(allergySection("", entry(around(concern("active", words))))),
		"another section":           document(section("29762-2", "Social history", "", entry(group(penicillin)))),
		"drug allergies":            unnamed("", "Drug allergies"), "a local code": unnamed(local, "Allergies"), "both": unnamed(local, "Known drug allergies"),
	} {
		t.Run(name, func(t *testing.T) {
			r := read(t, body)
			if got := r.Response.GetRecord().GetAllergies(); len(got) != 1 {
				t.Errorf("%d allergies, %v", len(got), outcome(t, r, inAllergies))
			}
			if strings.Contains(string(body), "<text>Penicillin") && len(outcome(t, r, inAllergies).GetNarratives()) != 1 {
				t.Error("its words stand elsewhere")
			}
		})
	}
}

// TestDoubtfulDosagesAreWords and no plain rhythm.
func TestDoubtfulDosagesAreWords(t *testing.T) {
	since := `<effectiveTime xsi:type="IVL_TS"><low value="20200101"/></effectiveTime>`
	every := `<period value="8" unit="h"/>`
	for name, c := range map[string]struct {
		parts  string
		timing bool
	}{
		"all but a set":      {since + `<effectiveTime xsi:type="SXPR_TS" operator="E"><comp xsi:type="PIVL_TS">` + every + `</comp></effectiveTime>`, false},
		"all but, in a set":  {`<effectiveTime xsi:type="SXPR_TS"><comp xsi:type="PIVL_TS">` + every + `</comp><comp xsi:type="PIVL_TS" operator="E"><period value="1" unit="wk"/></comp></effectiveTime>`, false},
		"all but, a rhythm":  {`<effectiveTime xsi:type="PIVL_TS" operator="E">` + every + `</effectiveTime>`, false},
		"no unit":            {`<effectiveTime xsi:type="PIVL_TS"><period value="8"/></effectiveTime>`, false},
		"an end in question": {`<effectiveTime xsi:type="PIVL_TS">` + every + `</effectiveTime><doseQuantity><low value="5" unit="mg" nullFlavor="UNK"/><high value="9" unit="mg"/></doseQuantity>`, true},
		"two doses":          {`<effectiveTime xsi:type="PIVL_TS">` + every + `</effectiveTime><doseQuantity value="5" unit="mg"/><doseQuantity value="9" unit="mg"/>`, true},
		"an alignment":       {`<effectiveTime xsi:type="PIVL_TS" alignment="DW"><period value="1" unit="wk"/></effectiveTime>`, true},
		"a dose in question": {`<effectiveTime xsi:type="PIVL_TS">` + every + `</effectiveTime><doseQuantity value="5" unit="mg" nullFlavor="UNK"/>`, true},
	} {
		t.Run(name, func(t *testing.T) {
			m := medication(t, "10160-0", administration("EVN", c.parts))
			if len(m.GetDosages()) != 1 || m.GetDosages()[0].GetText() == "" || len(m.GetHeader().GetNotes()) == 0 {
				t.Fatal(m)
			}
			if got := m.GetDosages()[0].GetTiming() != nil; got != c.timing {
				t.Errorf("a rhythm: %v, want %v: %v", got, c.timing, m.GetDosages()[0])
			}
			if flagged := slices.Contains(m.GetHeader().GetFlags(), lhcrv1.Flag_FLAG_STRUCTURE_UNVERIFIED); flagged != c.timing {
				t.Errorf("its structure is in doubt: %v", flagged)
			}
		})
	}
}

// TestOnlyTheStandardsOwnNamespaceCounts for elements, attributes and documents.
func TestOnlyTheStandardsOwnNamespaceCounts(t *testing.T) {
	other := `<x:value xmlns:x="urn:other" xsi:type="CD" code="716186003" codeSystem="2.16.840.1.113883.6.96" displayName="No known allergy"/>`
	sdtc := strings.ReplaceAll(strings.ReplaceAll(other, "x:value", "sdtc:value"), ` xmlns:x="urn:other"`, "")
	for _, foreign := range []string{other, sdtc} {
		a := read(t, allergiesOf(strings.Replace(penicillin, "<code", foreign+"<code", 1))).Response.GetRecord().GetAllergies()
		if len(a) != 1 || a[0].GetCode().GetDisplay() != "Penicillin" || a[0].GetAbsence() != lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_UNSPECIFIED ||
			!slices.Contains(notes(a[0].GetHeader()), "kind: Allergy to drug") {
			t.Error(a)
		}
	}
	for said, want := range map[string]bool{
		`xmlns:x="urn:other" x:negationInd="false" negationInd="true"`: true, `negationInd=" true "`: true, `negationInd="TRUE"`: true,
		`xmlns:x="urn:other" x:negationInd="true"`: false,
	} {
		h := headers(read(t, allergiesOf(strings.Replace(penicillin, "<observation", "<observation "+said, 1))))
		if len(h) != 1 || h[0].GetNegated() != want {
			t.Errorf("%s: %v", said, h)
		}
	}
	whole := string(document(allergySection("", entry(penicillin))))
	if _, err := cda.Read([]byte(strings.Replace(whole, `xmlns="urn:hl7-org:v3"`, `xmlns="urn:other"`, 1)), cda.Options{}); err != cda.ErrNotCDA {
		t.Error("a document of another namespace is read", err)
	}
	if _, err := cda.Read([]byte(strings.Replace(strings.Replace(whole, `xmlns="urn:hl7-org:v3"`, ``, 1), "<section", `<section xmlns="urn:hl7-org:v3"`, 1)), cda.Options{}); err != cda.ErrNotCDA {
		t.Error("a document of two minds is read", err)
	}
	r := read(t, []byte(strings.Replace(whole, `xmlns="urn:hl7-org:v3"`, ``, 1)))
	d := r.Response.GetRecord().GetDocuments()
	if len(r.Response.GetRecord().GetAllergies()) != 1 || len(d) != 1 || !strings.Contains(strings.Join(notes(d[0].GetHeader()), " "), "namespace") {
		t.Error(r.Response.GetRecord())
	}
}

// TestATruthValueThatNobodyUnderstandsIsTold is about negationInd.
func TestATruthValueThatNobodyUnderstandsIsTold(t *testing.T) {
	h := headers(read(t, allergiesOf(strings.Replace(penicillin, "<observation", `<observation negationInd="yes"`, 1))))
	if len(h) != 1 || len(h[0].GetFlags()) == 0 {
		t.Error(h)
	}
}
