package mapping_test

import (
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func allergyOf(t *testing.T, coding ...any) *lhcrv1.Allergy {
	t.Helper()
	out := mapped(t, map[string]any{
		"resourceType": "AllergyIntolerance", "id": "a", "patient": map[string]any{"reference": "Patient/p1"},
		"code": map[string]any{"coding": coding},
	})
	if len(out.Record.GetAllergies()) != 1 {
		t.Fatalf("%d allergies, want 1", len(out.Record.GetAllergies()))
	}
	return out.Record.GetAllergies()[0]
}

func coding(system, code, display string) any {
	return map[string]any{"system": system, "code": code, "display": display}
}

const snomed = "http://snomed.info/sct"

func TestAbsenceIsReadFromItsCodeAlone(t *testing.T) {
	const none = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_UNSPECIFIED
	for _, c := range []struct {
		name    string
		codings []any
		want    lhcrv1.AllergyAbsence
	}{
		{"no known allergy", []any{coding(snomed, "716186003", "")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY},
		{"its former code", []any{coding(snomed, "160244002", "")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY},
		{"with a Read code beside it", []any{coding("http://read.info/readv2", "1151.", "NKA"), coding("https://snomed.info/sct", "716186003", "")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY},
		{"drugs only", []any{coding(snomed, "409137002", "")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY},
		{"food only", []any{coding(snomed, "429625007", "")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NOT_ALLERGIC_TO},
		{"an allergy", []any{coding(snomed, "91936005", "Allergy to penicillin")}, none},
		{"an allergy beside an absence", []any{coding(snomed, "716186003", ""), coding(snomed, "91936005", "")}, none},
		{"two absences that differ", []any{coding(snomed, "716186003", ""), coding(snomed, "409137002", "")}, none},
		{"the number in another system", []any{coding("http://read.info/ctv3", "716186003", "")}, none},
		{"words only", []any{coding("", "", "No known allergies")}, none},
		{"its own display", []any{coding(snomed, "716186003", "No Known Allergy (situation)")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY},
		{"a display of another substance", []any{coding(snomed, "716186003", "Allergy to penicillin")}, none},
		{"a display that takes it back", []any{coding(snomed, "716186003", "No known allergies except penicillin")}, none},
		{"a display that is not known", []any{coding(snomed, "716186003", "Allergies not known")}, none},
		{"a display of drugs only", []any{coding(snomed, "716186003", "NKDA")}, none},
		{"a Read code of an allergy beside it", []any{coding(snomed, "716186003", ""), coding("http://read.info/readv2", "14L1.", "H/O: penicillin allergy")}, none},
		{"a Read code without words beside it", []any{coding(snomed, "716186003", ""), coding("http://read.info/readv2", "14L1.", "")}, none},
		{"medicines in other words", []any{coding(snomed, "409137002", "No known allergies to medicinal products")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY},
		{"food in its own words", []any{coding(snomed, "429625007", "No known food allergy (situation)")}, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NOT_ALLERGIC_TO},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := allergyOf(t, c.codings...).GetAbsence(); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestCodeKindIsNeverGuessed(t *testing.T) {
	const (
		open      = lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_UNSPECIFIED
		finding   = lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_FINDING
		substance = lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_SUBSTANCE
		product   = lhcrv1.AllergyCodeKind_ALLERGY_CODE_KIND_PRODUCT
	)
	for _, c := range []struct {
		name    string
		codings []any
		want    lhcrv1.AllergyCodeKind
	}{
		{"finding", []any{coding(snomed, "1", "Delayed allergy to red meat (finding)")}, finding},
		{"disorder", []any{coding(snomed, "1", "Salicylate allergy (disorder)")}, finding},
		{"situation", []any{coding(snomed, "1", "No known drug allergy (situation)")}, finding},
		{"words that begin a finding", []any{coding(snomed, "1", "Adverse reaction to Lustral")}, finding},
		{"substance", []any{coding(snomed, "1", "Sesame oil (substance)")}, substance},
		{"product", []any{coding(snomed, "1", "Product containing amoxicillin (medicinal product)")}, product},
		{"dm+d", []any{coding("https://dmd.nhs.uk", "1", "Amoxicillin 250mg capsules")}, product},
		{"a drug's bare name", []any{coding(snomed, "372687004", "Amoxicillin")}, open},
		{"a product called allergy", []any{coding(snomed, "1", "Piriteze Allergy 10mg tablets")}, open},
		{"codings that differ", []any{coding(snomed, "1", "Penicillin (substance)"), coding(snomed, "2", "Allergy to penicillin")}, open},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := allergyOf(t, c.codings...).GetCodeKind(); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestAnAbsenceThatIsContradictedIsFlagged(t *testing.T) {
	const nka = `"code":{"coding":[{"system":"http://snomed.info/sct","code":"716186003"}]`
	for name, c := range map[string]struct {
		elements string
		flagged  bool
	}{
		"plain":            {nka + `}`, false},
		"its own words":    {nka + `,"text":"No known allergies"}`, false},
		"another's words":  {nka + `,"text":"Allergy to penicillin"}`, true},
		"a reaction":       {nka + `},"reaction":[{"manifestation":[{"text":"rash"}]}]`, true},
		"an allergy":       {`"code":{"text":"Penicillin"}`, false},
		"another's system": {`"code":{"coding":[{"system":"http://local.example","code":"716186003","display":"Penicillin"}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := answered(t, mapping.Options{}, `{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p1"},`+c.elements+`}`).GetRecord()
			h := r.GetAllergies()[0].GetHeader()
			if got := slices.Contains(h.GetFlags(), lhcrv1.Flag_FLAG_CODINGS_DISAGREE); got != c.flagged {
				t.Errorf("flags %v", h.GetFlags())
			}
			if c.flagged && r.GetAllergies()[0].GetAbsence() != lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_UNSPECIFIED {
				t.Error("it states an absence all the same")
			}
		})
	}
}

func TestWhatWasRefutedIsFlagged(t *testing.T) {
	for verification, want := range map[string]bool{"refuted": true, " Refuted": true, "confirmed": false, "entered-in-error": false} {
		r := answered(t, mapping.Options{},
			`{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p1"},"verificationStatus":"`+verification+`"}`,
			`{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p1"},"verificationStatus":{"coding":[{"code":"`+verification+`"}]}}`).GetRecord()
		for _, h := range []*lhcrv1.ItemHeader{r.GetAllergies()[0].GetHeader(), r.GetProblems()[0].GetHeader()} {
			if got := slices.Contains(h.GetFlags(), lhcrv1.Flag_FLAG_REFUTED); got != want {
				t.Errorf("%s %q: flags %v", h.GetSourceType(), verification, h.GetFlags())
			}
		}
	}
}
