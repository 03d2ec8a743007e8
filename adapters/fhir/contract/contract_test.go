package contract_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func coding(system, code, display string) model.Coding {
	return model.Coding{System: system, Code: code, Display: display}
}

func TestCodingsThatDifferInSubstanceDisagree(t *testing.T) {
	const snomed, read = "http://snomed.info/sct", "http://read.info/readv2"
	tests := []struct {
		name     string
		a, b     model.Coding
		disagree bool
	}{
		{"two strengths", coding(snomed, "1", "Metformin 2G Modified-Release tablets"), coding(read, "2", "Metformin 1g modified release tablets"), true},
		{"one strength in two spellings", coding(snomed, "1", "Metformin 500 mg tablets"), coding(read, "2", "metformin 500mg tabs"), false},
		{"trailing zero", coding(snomed, "1", "Digoxin 62.50 micrograms"), coding(read, "2", "Digoxin 62.5 microgram"), false},
		{"a strength and none", coding(snomed, "1", "Metformin"), coding(read, "2", "Metformin 1g"), false},
		{"two medicines of one strength", coding(snomed, "1", "Simvastatin 20mg tablets"), coding(read, "2", "Amlodipine 20mg capsules"), true},
		{"synonyms of two systems", coding(read, "1", "Heart attack"), coding(snomed, "2", "Myocardial infarction"), false},
		{"two entries of one system", coding(snomed, "1", "British Sign Language"), coding(snomed, "2", "Makaton vocabulary"), true},
		{"a code number in words", coding(read, "1", "INR - international normalised ratio 1549"), coding(snomed, "2", "International normalised ratio"), false},
		{"no display", coding(read, "1", ""), coding(snomed, "2", "Metformin 1g"), false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := contract.Concept(&model.Concept{Coding: []model.Coding{tt.a, tt.b}})
			if got.GetCodingsDisagree() != tt.disagree {
				t.Errorf("codings_disagree = %v, want %v", got.GetCodingsDisagree(), tt.disagree)
			}
		})
	}
}

func TestConceptShowsTextThenTheUsersChoiceThenTheFirstDisplay(t *testing.T) {
	chosen := coding("s", "2", "chosen")
	chosen.UserSelected = model.True
	tests := []struct {
		name string
		in   *model.Concept
		want string
	}{
		{"text", &model.Concept{Text: "words", Coding: []model.Coding{chosen}}, "words"},
		{"user selected", &model.Concept{Coding: []model.Coding{coding("s", "1", "first"), chosen}}, "chosen"},
		{"first display", &model.Concept{Coding: []model.Coding{coding("s", "1", ""), coding("s", "2", "second")}}, "second"},
		{"code alone", &model.Concept{Coding: []model.Coding{coding("s", "73211009", "")}}, "[73211009]"},
		{"nothing to show", &model.Concept{Coding: []model.Coding{coding("s", "", "")}}, "[no words]"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := contract.Concept(tt.in).GetDisplay(); got != tt.want {
				t.Errorf("display = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestDegradedCodeIsMarked(t *testing.T) {
	for _, code := range []string{"196421000000109", "196461000000101", "196471000000108", "196411000000103"} {
		if !contract.Concept(&model.Concept{Text: "penicillin", Coding: []model.Coding{coding("http://snomed.info/sct", code, "Transfer-degraded")}}).GetDegraded() {
			t.Errorf("%s is not marked degraded", code)
		}
	}
}

func TestCodeSystemAliasIsNormalisedAndKept(t *testing.T) {
	got := contract.Coding(&model.Coding{System: "https://snomed.info/sct", Code: "1"})
	want := &lhcrv1.Coding{System: "http://snomed.info/sct", OriginalSystem: "https://snomed.info/sct", Code: "1"}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
}

func TestDatesKeepTextAndPrecision(t *testing.T) {
	tests := map[model.When]lhcrv1.DatePrecision{
		"2019":                      lhcrv1.DatePrecision_DATE_PRECISION_YEAR,
		"2019-03":                   lhcrv1.DatePrecision_DATE_PRECISION_MONTH,
		"2019-03-07":                lhcrv1.DatePrecision_DATE_PRECISION_DAY,
		"2019-03-07T00:00:00":       lhcrv1.DatePrecision_DATE_PRECISION_LOCAL_TIME,
		"2019-03-07T00:00:00+01:00": lhcrv1.DatePrecision_DATE_PRECISION_INSTANT,
		"2019-03-07T10:15Z":         lhcrv1.DatePrecision_DATE_PRECISION_INSTANT,
		"19":                        lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED,
		"1993-02-93":                lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED,
	}
	for in, want := range tests {
		got := contract.When(in)
		if got.GetOriginal() != string(in) || got.GetPrecision() != want {
			t.Errorf("When(%q) = %q %v, want the same text and %v", in, got.GetOriginal(), got.GetPrecision(), want)
		}
	}
	if contract.When("") != nil {
		t.Error("an absent date became one")
	}
}

func TestQuantityKeepsDigitsAndWords(t *testing.T) {
	tests := []struct {
		name string
		in   *model.Quantity
		want *lhcrv1.Quantity
	}{
		{"digits", &model.Quantity{Value: "0.50", Unit: "mg"}, &lhcrv1.Quantity{Value: "0.50", Unit: "mg"}},
		{"words for a number", &model.Quantity{Value: "28 tablets"}, &lhcrv1.Quantity{Text: "28 tablets"}},
		{"words in an extension", &model.Quantity{Extension: []model.Extension{{URL: "x/Extension-CareConnect-GPC-MedicationQuantityText-1", Value: model.TextValue("String", "1 box")}}}, &lhcrv1.Quantity{Text: "1 box"}},
		{"nothing", &model.Quantity{}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, contract.Quantity(tt.in), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUnitWordsAgainstUnitCode(t *testing.T) {
	const ucum, snomed = "http://unitsofmeasure.org", "http://snomed.info/sct"
	tests := []struct {
		unit, system, code string
		differs            bool
	}{
		{"l/l", ucum, "%", true},
		{"mg", ucum, "g", true},
		{"mg", ucum, "ml", true},
		{"m", ucum, "min", true},
		{"ng/L", ucum, "ug/L", true},
		{"days", ucum, "wk", true},
		{"10*9/L", ucum, "10*12/L", true},
		{"mmol/mol", ucum, "%", true},
		{"mg", ucum, "mg", false},
		{"%", ucum, "%", false},
		{"g/L", ucum, "g/l", false},
		{"ng/L", ucum, "pg/mL", false},
		{"10^9/L", ucum, "10*9/L", false},
		{"micrograms", ucum, "ug", false},
		{"µmol/L", ucum, "umol/L", false},
		{"IU/L", ucum, "[iU]/L", false},
		{"mmHg", ucum, "mm[Hg]", false},
		{"kg/m2", ucum, "kg/m2", false},
		{"Days", ucum, "d", false},
		{"tablet", ucum, "{tbl}", false},
		{"breaths per minute", ucum, "/min", false},
		{"mL/min/1.73m2", ucum, "mL/min/{1.73_m2}", false},
		{"tablet", snomed, "428673006", false},
		{"mg", snomed, "g", false},
		{"", ucum, "g", false},
		{"g", ucum, "", false},
	}
	for _, tt := range tests {
		if got := contract.UnitCodeDiffers(&lhcrv1.Quantity{Value: "0.352", Unit: tt.unit, System: tt.system, Code: tt.code}); got != tt.differs {
			t.Errorf("unit %q coded as %q: contradiction %v, want %v", tt.unit, tt.code, got, tt.differs)
		}
	}
	if contract.UnitCodeDiffers(nil) {
		t.Error("nothing contradicts itself")
	}
}

func TestValuesKeepTheirForm(t *testing.T) {
	tests := []struct {
		name string
		in   model.Value
		want *lhcrv1.Value
	}{
		{"absent", model.Value{}, nil},
		{"boolean", model.TextValue("Boolean", "false"), &lhcrv1.Value{Kind: &lhcrv1.Value_Boolean{Boolean: false}}},
		{"integer", model.TextValue("Integer", "007"), &lhcrv1.Value{Kind: &lhcrv1.Value_Integer{Integer: "007"}}},
		{"string", model.TextValue("String", "clear"), &lhcrv1.Value{Kind: &lhcrv1.Value_Text{Text: "clear"}}},
		{"date", model.TextValue("DateTime", "2019"), &lhcrv1.Value{Kind: &lhcrv1.Value_When{When: &lhcrv1.When{Original: "2019", Precision: lhcrv1.DatePrecision_DATE_PRECISION_YEAR}}}},
		{"quantity", model.NodeValue("Quantity", &model.Quantity{Value: "1"}), &lhcrv1.Value{Kind: &lhcrv1.Value_Quantity{Quantity: &lhcrv1.Quantity{Value: "1"}}}},
		{"unknown kind", model.NodeValue("SampledData", &model.SampledData{}), &lhcrv1.Value{Kind: &lhcrv1.Value_Other{Other: "SampledData"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, contract.Value(tt.in), protocmp.Transform()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDosageKeepsTextBesideStructure(t *testing.T) {
	got := contract.Dosage(&model.Dosage{
		Text: "one daily", AsNeeded: model.NodeValue("CodeableConcept", &model.Concept{Text: "pain"}),
		DoseAndRate: []model.DoseAndRate{{Dose: model.NodeValue("Quantity", &model.Quantity{Value: "2", Unit: "tablet"})}},
		Timing:      &model.Timing{Repeat: &model.Repeat{Frequency: "1", Period: "1.0", PeriodUnit: "d"}},
	})
	want := &lhcrv1.Dosage{
		Text: "one daily", AsNeeded: proto.Bool(true), AsNeededFor: &lhcrv1.Concept{Text: "pain", Display: "pain"},
		Dose:   &lhcrv1.Quantity{Value: "2", Unit: "tablet"},
		Timing: &lhcrv1.Timing{Frequency: proto.Int32(1), Period: "1.0", PeriodUnit: "d"},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if !contract.Structured(got) || contract.Structured(&lhcrv1.Dosage{Text: "one daily"}) {
		t.Error("structure beside text is not told from text alone")
	}
}

func TestEveryPairOfDoseAndRateIsKept(t *testing.T) {
	quantity := func(v model.Number) model.Value {
		return model.NodeValue("Quantity", &model.Quantity{Value: v, Unit: "mg"})
	}
	got := contract.Dosage(&model.Dosage{DoseAndRate: []model.DoseAndRate{
		{Type: &model.Concept{Text: "ordered"}, Dose: quantity("2")},
		{Type: &model.Concept{Text: "calculated"}, Dose: quantity("2.1"), Rate: quantity("3")},
	}})
	want := &lhcrv1.Dosage{
		DoseType: &lhcrv1.Concept{Text: "ordered", Display: "ordered"}, Dose: &lhcrv1.Quantity{Value: "2", Unit: "mg"},
		FurtherDoses: []*lhcrv1.DoseAndRate{{
			Type: &lhcrv1.Concept{Text: "calculated", Display: "calculated"},
			Dose: &lhcrv1.Quantity{Value: "2.1", Unit: "mg"}, Rate: &lhcrv1.Quantity{Value: "3", Unit: "mg"},
		}},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Error(diff)
	}
	if !contract.Structured(got) {
		t.Error("pairs of dose and rate are structure")
	}
}

func TestWholeNumbersWrittenWithAFractionAreWhole(t *testing.T) {
	for n, want := range map[model.Number]string{"6.0": "6", "6": "6", "6.": "6", "1.5": "none", "six": "none", ".0": "none", "": "none"} {
		got := "none"
		if u := contract.Uint(n); u != nil {
			got = strconv.FormatUint(uint64(*u), 10)
		}
		if got != want {
			t.Errorf("%q is %s, want %s", n, got, want)
		}
		if i := contract.Int(n); (i == nil) != (want == "none") {
			t.Errorf("%q is %v as an integer", n, i)
		}
	}
}

func TestCountsOfADosageThatAreNoWholeNumbersAreNamed(t *testing.T) {
	got := contract.Uncounted(&model.Dosage{Sequence: "1", Timing: &model.Timing{Repeat: &model.Repeat{Frequency: "1.5", Count: "2.0", Offset: "soon"}}})
	if diff := cmp.Diff([]string{"timing.repeat.frequency: 1.5", "timing.repeat.offset: soon"}, got); diff != "" {
		t.Error(diff)
	}
	if got := contract.Uncounted(&model.Dosage{}); got != nil {
		t.Errorf("%v", got)
	}
}

func TestDoseBesideDoseAndRateIsKept(t *testing.T) {
	got := contract.Dosage(&model.Dosage{
		Dose:        model.NodeValue("Quantity", &model.Quantity{Value: "9"}),
		DoseAndRate: []model.DoseAndRate{{Dose: model.NodeValue("Quantity", &model.Quantity{Value: "1"})}},
	})
	if got.GetDose().GetValue() != "1" || len(got.GetFurtherDoses()) != 1 || got.GetFurtherDoses()[0].GetDose().GetValue() != "9" {
		t.Errorf("%v", got)
	}
}
