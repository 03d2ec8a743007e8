package cda_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const inAllergies = lhcrv1.Section_SECTION_ALLERGIES

func allergySection(text, entries string) string {
	return section(allergies, "Allergies", text, entries)
}

// instead puts something else where the body of an empty document is.
func instead(body string) []byte {
	return []byte(strings.Replace(string(document()), "<structuredBody></structuredBody>", body, 1))
}

// TestWhatStandsInTheWrongPlaceIsRead as if it stood right.
func TestWhatStandsInTheWrongPlaceIsRead(t *testing.T) {
	whole := allergySection("", entry(penicillin))
	head := `<section><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title>`
	empty := section("10160-0", "Medications", "", "")
	for name, body := range map[string][]byte{
		"a section in a section":            document(strings.Replace(empty, "</section>", whole+"</section>", 1)),
		"a section in the body":             instead("<structuredBody>" + whole + "</structuredBody>"),
		"a section in the body's component": instead(whole),
		"a body in the document":            []byte(strings.NewReplacer("<component><structuredBody></structuredBody></component>", "<structuredBody><component>"+whole+"</component></structuredBody>").Replace(string(document()))),
		"a component in a component":        document("<component>" + whole + "</component>"),
		"a second body":                     instead("<structuredBody><component>" + empty + "</component></structuredBody><structuredBody><component>" + whole + "</component></structuredBody>"),
		"a statement in a section":          document(head + penicillin + "</section>"),
		"an act in a section":               document(head + concern("active", penicillin) + "</section>"),
		"an entry in a section's component": document(head + "<component>" + entry(penicillin) + "</component></section>"),
		"a statement in a component":        document(head + "<component>" + penicillin + "</component></section>"),
		"a statement in a statement":        document(head + entry(`<act classCode="ACT" moodCode="EVN"><code code="CONC"/>`+penicillin+`</act>`) + "</section>"),
	} {
		t.Run(name, func(t *testing.T) {
			r := read(t, body)
			if got := r.Response.GetRecord().GetAllergies(); len(got) != 1 || got[0].GetCode().GetDisplay() != "Penicillin" {
				t.Errorf("%d allergies: %v; %v", len(got), got, outcome(t, r, inAllergies))
			}
		})
	}
}

// TestWhatCannotBeReadIsAGap of each section that the document answers, with a count.
func TestWhatCannotBeReadIsAGap(t *testing.T) {
	other := strings.NewReplacer("<section>", `<section xmlns="urn:other">`).Replace(allergySection("", entry(penicillin)))
	known := section("10160-0", "Medications", "x", "")
	for name, body := range map[string][]byte{
		"a section of another namespace":      document(known, other),
		"a body of another namespace":         instead(`<structuredBody><component>` + known + `</component></structuredBody><structuredBody xmlns="urn:other"><component>` + other + `</component></structuredBody>`),
		"a section in an entry":               document(section("10160-0", "Medications", "x", entry(allergySection("", entry(penicillin))))),
		"entries in an element nobody knows":  document(strings.Replace(known, "</section>", "<list>"+entry(penicillin)+"</list></section>", 1)),
		"entries in a wrapper round sections": document(known, "<wrapper>"+allergySection("", entry(penicillin))+"</wrapper>"),
	} {
		t.Run(name, func(t *testing.T) { hasGap(t, read(t, body), lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE) })
	}
}

// hasGap wants one in each of these sections, and none of them to look empty.
func hasGap(t *testing.T, r *fhir.Reading, kind lhcrv1.GapKind) {
	t.Helper()
	for _, s := range []lhcrv1.Section{inAllergies, lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_VACCINATIONS} {
		o := outcome(t, r, s)
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED || !slices.ContainsFunc(o.GetGaps(), func(g *lhcrv1.Gap) bool { return g.GetKind() == kind }) {
			t.Errorf("%v reads as %v", s, o)
		}
	}
}

// TestMaskedAtAnyLevelIsWithheld is about nullFlavor MSK.
func TestMaskedAtAnyLevelIsWithheld(t *testing.T) {
	const masked = ` nullFlavor="MSK"`
	for name, body := range map[string][]byte{
		"the component of the body":        []byte(strings.Replace(string(document()), "<component><structuredBody></structuredBody></component>", "<component"+masked+"/>", 1)),
		"the body":                         instead("<structuredBody" + masked + "/>"),
		"the component of a section":       instead("<structuredBody><component" + masked + "/></structuredBody>"),
		"a section without a name":         document("<section" + masked + "/>"),
		"the text of one without a name":   document("<section><text" + masked + "/></section>"),
		"an entry":                         document(section("29762-2", "Social history", "", "<entry"+masked+"/>")),
		"what stands in a statement":       document(section("29762-2", "Social history", "", entry(`<act classCode="ACT" moodCode="EVN"><entryRelationship typeCode="COMP"`+masked+`/></act>`))),
		"a statement":                      document(allergySection("", entry(`<observation classCode="OBS" moodCode="EVN"`+masked+`/>`))),
		"the body of another format":       instead("<nonXMLBody" + masked + "/>"),
		"the words of one":                 instead("<nonXMLBody><text" + masked + "/></nonXMLBody>"),
		"the component inside of sections": document(strings.Replace(section("29762-2", "Social history", "", ""), "</section>", "<component"+masked+"/></section>", 1)),
	} {
		t.Run(name, func(t *testing.T) { hasGap(t, read(t, body), lhcrv1.GapKind_GAP_KIND_WITHHELD) })
	}
	for name, s := range map[string]string{
		"section": strings.Replace(allergySection("", ""), "<section", "<section"+masked, 1),
		"text":    strings.Replace(allergySection("", ""), "<text", "<text"+masked, 1),
	} {
		if o := outcome(t, read(t, document(s)), inAllergies); o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD {
			t.Errorf("a masked %s of allergies reads as %v", name, o)
		}
	}
}

// TestEveryTextOfASectionIsRead and not only the first.
func TestEveryTextOfASectionIsRead(t *testing.T) {
	s := strings.Replace(allergySection("First", ""), "</text>", "</text><text>Penicillin</text>", 1)
	n := outcome(t, read(t, document(s)), inAllergies).GetNarratives()
	if len(n) != 1 || !strings.Contains(n[0].GetText(), "First") || !strings.Contains(n[0].GetText(), "Penicillin") {
		t.Error(n)
	}
}

// TestAnUnreadBodyIsNoAnswer is about documents without sections.
func TestAnUnreadBodyIsNoAnswer(t *testing.T) {
	for name, body := range map[string][]byte{
		"a letter":        instead(`<nonXMLBody><text mediaType="text/plain">Allergic to penicillin</text></nonXMLBody>`),
		"without a text":  instead("<nonXMLBody/>"),
		"an empty body":   document(),
		"no body":         []byte(strings.Replace(string(document()), "<component><structuredBody></structuredBody></component>", "", 1)),
		"beside sections": instead(`<structuredBody><component>` + section("10160-0", "Medications", "x", "") + `</component></structuredBody><nonXMLBody><text>Penicillin</text></nonXMLBody>`),
	} {
		t.Run(name, func(t *testing.T) {
			hasGap(t, read(t, body), lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE)
			d, err := cda.Read(body, cda.Options{LettersNoted: true})
			if err != nil || !d.Unstructured() {
				t.Fatal(err, "nobody is told")
			}
			r, err := fhir.Read(fhir.Input{RegionID: "test", Payloads: []fhir.Payload{d.Payload()}, Now: now})
			if err != nil || len(outcome(t, r, inAllergies).GetGaps()) > 0 {
				t.Error("the caller tells it itself, and it is told twice", err)
			}
		})
	}
}
