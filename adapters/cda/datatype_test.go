package cda_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// finding reads an observation with these parts.
func finding(t *testing.T, parts string) *lhcrv1.InvestigationResult {
	t.Helper()
	o := `<observation classCode="OBS" moodCode="EVN"><code code="1" codeSystem="1.2.3" displayName="Test"/>` + parts + `</observation>`
	list := read(t, document(section("30954-2", "Results", `<content ID="n1">Neat <br/>words</content>`, entry(o)))).Response.GetRecord().GetInvestigationResults()
	if len(list) != 1 {
		t.Fatalf("%d results", len(list))
	}
	return list[0]
}

// TestTimesStayAsRecorded holds every form of a time to its precision and its zone.
func TestTimesStayAsRecorded(t *testing.T) {
	const (
		day, instant = lhcrv1.DatePrecision_DATE_PRECISION_DAY, lhcrv1.DatePrecision_DATE_PRECISION_INSTANT
		local, none  = lhcrv1.DatePrecision_DATE_PRECISION_LOCAL_TIME, lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED
	)
	for sent, want := range map[string]struct {
		words     string
		precision lhcrv1.DatePrecision
	}{
		"2019":                     {"2019", lhcrv1.DatePrecision_DATE_PRECISION_YEAR},
		"201903":                   {"2019-03", lhcrv1.DatePrecision_DATE_PRECISION_MONTH},
		"20190307":                 {"2019-03-07", day},
		"201903071015":             {"2019-03-07T10:15", local},
		"201903071015+0100":        {"2019-03-07T10:15+01:00", instant},
		"20190307000000-0500":      {"2019-03-07T00:00:00-05:00", instant},
		"20190307101530.1250+0000": {"2019-03-07T10:15:30.1250+00:00", instant},
		"20190307101530Z":          {"2019-03-07T10:15:30Z", instant},
		"20190307101530+01":        {"2019-03-07T10:15:30+01:00", instant},
		"2019-03-07":               {"2019-03-07", day},
		// What has no form stays as it was sent.
		"20190231":            {"20190231", none},
		"20191301":            {"20191301", none},
		"2019030710":          {"2019030710", none},
		"20190307+0000":       {"20190307+0000", none},
		"2014030200908-0500":  {"2014030200908-0500", none},
		"201903071015.5":      {"201903071015.5", none},
		"20190307101530+1":    {"20190307101530+1", none},
		"spring":              {"spring", none},
		"99999999999999":      {"99999999999999", none},
		"20190307101530+9999": {"20190307101530+9999", none},
	} {
		at := finding(t, `<effectiveTime value="`+sent+`"/>`).GetFinding().GetEffective()
		if at.GetOriginal() != want.words || at.GetPrecision() != want.precision {
			t.Errorf("%s became %q (%v)", sent, at.GetOriginal(), at.GetPrecision())
		}
	}
}

// TestAnUnknownEndIsSaid is about intervals of which an end is known to be, and not when.
func TestAnUnknownEndIsSaid(t *testing.T) {
	ill := `<observation classCode="OBS" moodCode="EVN"><value xsi:type="CD" code="1" codeSystem="1.2.3" displayName="Gout"/>
<effectiveTime><low value="2019"/><high nullFlavor="UNK"/></effectiveTime></observation>`
	p := read(t, document(section("11450-4", "Problems", "", entry(ill)))).Response.GetRecord().GetProblems()[0]
	if d := cmp.Diff([]string{"end: unknown"}, notes(p.GetHeader())); d != "" || p.GetAbatement() != nil {
		t.Error(d, p.GetAbatement())
	}
}

// TestValuesStayAsRecorded goes over the data types of a value.
func TestValuesStayAsRecorded(t *testing.T) {
	for sent, want := range map[string]string{
		`xsi:type="PQ" value="1.50" unit="mmol/L"/>`:                                                                             `1.50 mmol/L`,
		`xsi:type="hl7:PQ" value="2" unit="1"/>`:                                                                                 `2`,
		`xsi:type="PQ" value="7"/>`:                                                                                              `7`,
		`value="12" unit="kg"/>`:                                                                                                 `12 kg`,
		`xsi:type="IVL_PQ"><low value="5" unit="mg"/></value>`:                                                                   `>=5 mg`,
		`xsi:type="IVL_PQ"><low value="5" unit="mg" inclusive="false"/></value>`:                                                 `>5 mg`,
		`xsi:type="IVL_PQ"><high value="5" unit="mg" inclusive="false"/></value>`:                                                `<5 mg`,
		`xsi:type="IVL_PQ"><low value="2" unit="mg"/><high value="5" unit="mg"/></value>`:                                        `2–5 mg`,
		`xsi:type="IVL_PQ"><low value="2" unit="mg" inclusive="false"/><high value="5" unit="mg"/></value>`:                      `>2 mg <=5 mg`,
		`xsi:type="PQ" nullFlavor="OTH"><translation value="9"><originalText>drops</originalText></translation></value>`:         `9 drops`,
		`xsi:type="CD" code="260373001" codeSystem="2.16.840.1.113883.6.96" displayName="Detected"/>`:                            `Detected`,
		`code="260373001" codeSystem="2.16.840.1.113883.6.96" displayName="Detected"/>`:                                          `Detected`,
		`xsi:type="CD" nullFlavor="OTH"><originalText><reference value="#n1"/></originalText></value>`:                           `Neat words`,
		`xsi:type="ST"> trace </value>`:                                                                                          `trace`,
		`xsi:type="ED"><reference value="#n1"/></value>`:                                                                         `Neat words`,
		`xsi:type="INT" value="3"/>`:                                                                                             `integer 3`,
		`xsi:type="REAL" value="3.10"/>`:                                                                                         `3.10`,
		`xsi:type="BL" value="true"/>`:                                                                                           `boolean true`,
		`xsi:type="TS" value="20200919"/>`:                                                                                       `when 2020-09-19`,
		`xsi:type="RTO_PQ_PQ"><numerator value="1" unit="mg"/><denominator value="2" unit="mL"/></value>`:                        `ratio 1 mg / 2 mL`,
		`xsi:type="SLIST_PQ"><origin value="0" unit="s"/><digits>1 2 3</digits></value>`:                                         `0 s, 1 2 3`,
		`xsi:type="PQ" nullFlavor="UNK"/>`:                                                                                       `absent: unknown`,
		`xsi:type="CD" code="A" codeSystem="1.2.3" displayName="First"/><value xsi:type="CD" code="B" displayName="Second"/>`:    `First + Second`,
		`xsi:type="CO" code="2" codeSystem="1.2.3" displayName="Moderate" value="2"/>`:                                           `Moderate`,
		`xsi:type="CD" code="a" codeSystem="1.2.3"><translation code="b" codeSystem="1.2.4" displayName="Other words"/></value>`: `Other words`,
	} {
		f := finding(t, `<value `+sent).GetFinding()
		if got := told(f); got != want {
			t.Errorf("%s became %q, want %q", sent, got, want)
		}
	}
}

func told(f *lhcrv1.Finding) string {
	words := value(f.GetValue())
	switch k := f.GetValue().GetKind().(type) {
	case *lhcrv1.Value_Integer:
		words = "integer " + k.Integer
	case *lhcrv1.Value_Boolean:
		words = "boolean " + yes(k.Boolean)
	case *lhcrv1.Value_When:
		words = "when " + k.When.GetOriginal()
	case *lhcrv1.Value_Ratio:
		words = "ratio " + amount(k.Ratio.GetNumerator()) + " / " + amount(k.Ratio.GetDenominator())
	case nil:
		words = "absent: " + f.GetAbsentReason().GetDisplay()
	}
	for _, c := range f.GetComponents() {
		words += " + " + value(c.GetValue())
	}
	return words
}

// TestCodesKeepTheirSource goes over code systems by their OIDs.
func TestCodesKeepTheirSource(t *testing.T) {
	for sent, want := range map[string]string{
		`codeSystem="2.16.840.1.113883.6.96"`:                         "http://snomed.info/sct",
		`codeSystem="2.16.840.1.113883.2.1.3.2.4.15"`:                 "http://snomed.info/sct",
		`codeSystem="2.16.840.1.113883.6.1"`:                          "http://loinc.org",
		`codeSystem="2.16.840.1.113883.2.1.6.2"`:                      "http://read.info/readv2",
		`codeSystem="2.16.840.1.113883.2.1.3.2.4.14"`:                 "http://read.info/ctv3",
		`codeSystem="2.16.840.1.113883.12.112"`:                       "http://terminology.hl7.org/CodeSystem/v2-0112",
		`codeSystem="2.16.840.1.113883.6.3"`:                          "http://hl7.org/fhir/sid/icd-10",
		`codeSystem="1.2.3.4"`:                                        "urn:oid:1.2.3.4",
		`codeSystem="0FFFB34F-c1e0-47c2-92af-c414a3ff21ec"`:           "urn:uuid:0fffb34f-c1e0-47c2-92af-c414a3ff21ec",
		`codeSystemName="House codes"`:                                "House codes",
		`codeSystem="2.16.840.1.113883.12.99999999999"`:               "urn:oid:2.16.840.1.113883.12.99999999999",
		`codeSystem="1.2.3.4" codeSystemVersion="7"`:                  "urn:oid:1.2.3.4",
		`codeSystem=" 2.16.840.1.113883.6.96 " codeSystemName="SCT"`:  "http://snomed.info/sct",
		`codeSystem="2.16.840.1.113883.2.1.6.15" codeSystemName="GS"`: "https://fhir.hl7.org.uk/Id/resipuk-gemscript-drug-codes",
	} {
		c := finding(t, `<value xsi:type="CD" code="x" `+sent+`/>`).GetFinding().GetValue().GetConcept().GetCodings()[0]
		if c.GetSystem() != want {
			t.Errorf("%s became %q", sent, c.GetSystem())
		}
	}
}

// TestAQualifierIsPartOfTheWords is about a code that says something else without its qualifier.
func TestAQualifierIsPartOfTheWords(t *testing.T) {
	const qualified = `<value xsi:type="CD" code="71341001" codeSystem="2.16.840.1.113883.6.96" displayName="Femur">
<qualifier><name code="272741003" codeSystem="2.16.840.1.113883.6.96" displayName="Laterality"/><value code="7771000" codeSystem="2.16.840.1.113883.6.96" displayName="Left"/></qualifier></value>`
	if got := finding(t, qualified).GetFinding().GetValue().GetConcept().GetDisplay(); got != "Femur (Laterality: Left)" {
		t.Error(got)
	}
}

// TestWhatHasNoPlaceIsANote is about elements that no resource has a place for, known ones and unknown.
func TestWhatHasNoPlaceIsANote(t *testing.T) {
	h := finding(t, `<priorityCode code="UR" displayName="urgent"/><sdtc:odd><sdtc:part value="3" unit="mm"/>words</sdtc:odd>
<participant typeCode="DEV"><participantRole><id root="1.2.3" extension="9990001006"/><playingDevice><code code="1" displayName="Meter"/></playingDevice></participantRole></participant>
<reference typeCode="XCRPT"><externalDocument><id root="1.2.3"/></externalDocument></reference>`).GetHeader()
	want := []string{"priorityCode: urgent", "odd: 3 mm, words", "participant: Meter", "refers to: something outside of this document (externalDocument)"}
	if d := cmp.Diff(want, notes(h)); d != "" {
		t.Error(d)
	}
}

// TestIdentifiersAreTheEntrys is about what tells entries apart: two of one identifier and different content are two
// items, a whole copy is one.
func TestIdentifiersAreTheEntrys(t *testing.T) {
	other := strings.Replace(penicillin, "Penicillin", "Amoxicillin", 1)
	for name, c := range map[string]struct {
		statements []string
		items      int
	}{"a copy": {[]string{penicillin, penicillin}, 1}, "another of the same identifier": {[]string{penicillin, other}, 2}} {
		list := read(t, allergiesOf(c.statements...)).Response.GetRecord().GetAllergies()
		if len(list) != c.items {
			t.Errorf("%s: %d items", name, len(list))
		}
	}
	first, again := read(t, allergiesOf(penicillin)), read(t, append(allergiesOf(penicillin), '\n'))
	if a, b := headers(first)[0].GetItemId(), headers(again)[0].GetItemId(); a != b {
		t.Errorf("the item is %s in one document and %s in the next", a, b)
	}
}
