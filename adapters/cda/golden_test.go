package cda_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// folder is that of the published documents.
func folder(t testing.TB) string {
	t.Helper()
	dir := os.Getenv("LHCR_TESTDATA")
	if dir == "" {
		t.Skip("LHCR_TESTDATA names no folder of published records")
	}
	return filepath.Join(dir, "cda")
}

func published(t *testing.T, name string) *fhir.Reading {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder(t), "*", "*", name+"*"))
	more, _ := filepath.Glob(filepath.Join(folder(t), "*", name+"*"))
	if files = append(files, more...); err != nil || len(files) != 1 {
		t.Fatalf("%d files are called %s: %v", len(files), name, err)
	}
	body, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	return read(t, body)
}

// TestEveryPublishedDocumentIsRead reads them all, with accounts that balance and no entry left over.
func TestEveryPublishedDocumentIsRead(t *testing.T) {
	count := 0
	err := filepath.WalkDir(folder(t), func(path string, d os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".xml" && ext != ".ccda" {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		count++
		doc, err := cda.Read(body, cda.Options{})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			return nil
		}
		r := read(t, body)
		f := doc.Facts()
		unread := 0
		if doc.Unstructured() {
			unread = 1
		}
		if r.Account.Reported != unread || f.Unknown > 0 || r.Account.Items < f.Entries/2 {
			t.Errorf("%s: %+v, %+v", filepath.Base(path), f, r.Account)
		}
		return nil
	})
	if err != nil || count != 49 {
		t.Errorf("%d documents were read: %v", count, err)
	}
}

// TestFactsOfPublishedDocuments holds readings to facts that were read off the documents' own XML.
func TestFactsOfPublishedDocuments(t *testing.T) {
	for _, c := range facts {
		t.Run(c.file+"/"+c.fact, func(t *testing.T) {
			if d := cmp.Diff(c.want, c.told(published(t, c.file).Response.GetRecord())); d != "" {
				t.Error(d)
			}
		})
	}
}

type fact struct {
	file, fact string
	told       func(r *lhcrv1.Record) []string
	want       []string
}

var facts = []fact{
	{"Allergy_to_specific_drug_Codeine", "reactions with their severities", reactions, []string{
		"Codeine | active | intolerance | medication | 2010-03-15", "  Nausea | severe | 2012-01-29", "  Nausea | mild | 2010-03-15"}},
	{"Allergy_to_food_egg", "food", reactions, []string{"Egg | active | allergy | food | 1998", "  Wheal | moderate | 1998"}},
	{"Allergy_to_specific_drug_class_Penicillins", "a class", reactions, []string{
		"Penicillins (drug class) | active | allergy | medication | 2006", "  Anaphylaxis | severe | 2006"}},
	{"Withdrawn_Allergy", "a reaction that stands beside the allergy", reactions, []string{
		"Epineprhine | active | intolerance | medication | 2014-01-03", "  Ventricular tachycardia | severe | 2014-01-03", "  Tremor | moderate | 2014-01-03"}},
	{"SampleCDADocument", "manifestations that stand around their allergy", reactions, []string{
		"Allergy to penicillin |  |  |  | ", "  Hives |  | ", "Allergy to aspirin |  |  |  | ", "  Wheezing |  | ",
		"Adverse reaction to drug (causative agent: codeine) |  |  |  | ", "  Pruritis |  | ", "[84100007] |  |  |  | ", "  Nausea |  | "}},
	{"No_Known_Allergies", "none is known", absences, []string{"No known allergy: ALLERGY_ABSENCE_NO_KNOWN_ALLERGY, negated false"}},
	{"PROBLEMS_in_Empty", "none is known of drugs", absences, []string{"No known drug allergy: ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY, negated false"}},

	{"Medication_Refused", "refused", medicines, []string{
		"Lisinopril 10mg Oral Tablet | not-taken | taken n | negated true | 2018-03-15T11:23:05-05:00 – | not taken: Procedure declined by patient"}},
	{"Med_oral_liquid_PRN", "as needed", doses, []string{"2 mL | 1 in 4–6 h | as needed for Cough | Oral Route of Administration"}},
	{"Med_every_4-6_hours", "a period between two", doses, []string{"2 | 1 in 4–6 h | Oral Route of Administration"}},
	{"Med_Relative_Dose_IV", "a dose by weight", doses, []string{"5 mg/kg | Intravenous Route of Administration"}},
	{"Med_Relative_Dose_IV", "why", medicines, []string{
		"4 ML bevacizumab 25 MG/ML Injection | active | negated false | 2018-02-15 – | for Malignant neoplasm of colon"}},
	{"Drug_Mixture", "its parts", ingredients, []string{
		"diphenhydramine hydrochloride: 1 mg in 1 mL, active", "lidocaine hydrochloride 50 MG/ML: 0.2 mL in 1 mL, active",
		"aluminum hydroxide 80 MG/ML / magnesium hydroxide 80 MG/ML / simethicone 8 MG/ML Oral Suspension, not active"}},
	{"Drug_Mixture", "twice a day as sent", doses, []string{"5 mL | 1 in .5 d | Mouth/Throat"}},
	{"Single_administration", "one moment", medicines, []string{
		"Aspirin 81mg Oral Tablet | completed | negated false | 2013-09-11T16:03-07:00 –"}},

	{"Result_with_greater_than", "a comparator and two ranges", results, []string{
		"Glucose [Mass/Volume] In Capillary Blood = >500 mg/dL [80–140 mg/dL Normal] [140–500 mg/dL High]"}},
	{"Results_with_less_than", "an interval", results, []string{
		"Natriuretic Peptide B [Mass/Volume] In Blood = 0–5 pg/mL [0–100 pg/mL Normal]"}},
	{"Lab_with_Multiple_Reference_Ranges", "ranges in words", results, []string{
		"Nuclear Ab [Titer] in Serum by Immunofluorescence = Borderline, equal to 1:80 [Negative, less than 1:80 Normal] " +
			"[Borderline, equal to 1:80 Abnormal] [Positive, greater than 1:80 Abnormal]"}},
	{"Results_Unit_Non-UCUM", "a unit in words", results, []string{"Platelet count = 152 THOUS/MCL [150–400 THOUS/MCL Normal]"}},
	{"Result_with_non-numeric", "no number", results, []string{
		"Triglycerides = 450 mg/dL", "Cholesterol in LDL by calculation = Unable to calculate", "units = milligram per deciliter"}},
	{"Results_of_CO2", "an ordinary result", results, []string{"CO2 = 27 mmol/L [23–29 mmol/L 23-29 mmol/L Normal]"}},

	{"Immunization_not_given", "refused", vaccines, []string{"influenza, intradermal, quadrivalent | not-done | given false | 2015-11-15 | not given: patient objection"}},
	{"Influenza_Vaccination", "its lot", vaccines, []string{"Influenza, seasonal, injectable | completed | given true | 2010-08-15 | lot 1"}},
	{"Transfer_Summary", "given and not given", vaccines, []string{
		"Influenza, seasonal, IM | completed | given true | 1999-11 | lot 1",
		"influenza virus vaccine, unspecified formulation | not-done | given false | 1998-12-15 | lot 1",
		"pneumococcal polysaccharide vaccine, 23 valent | completed | given true | 1998-12-15 | lot 1",
		"meningococcal C conjugate vaccine | not-done | given false | 1998-12-15 | lot 1 | not given: patient objection",
		"hepatitis B vaccine, unspecified formulation | completed | given true | 2013-08-01 | lot 1"}},

	{"Procedures_Section_Procedure_Procedure_Unsuccessful", "what came of it", procedures, []string{
		"Chest X-ray | completed | 2022-03-31T16:49:01-05:00 | Failed attempted procedure | outcome: Failed attempted procedure: Image unreadable"}},
	{"Procedures_Section_Observation", "written as an observation", procedures, []string{
		"Electrocardiogram (12-Lead) | completed | 2014-03-29T09:15:22-05:00 | value: Borderline normal electrocardiogram"}},
	{"Procedures_Section_Procedure_C", "a period", procedures, []string{
		"Laparoscopic appendectomy | completed | 2014-02-03T09:22:05-07:00–2014-02-03T11:15:14-07:00 | methodCode: Laparoscopic procedure"}},

	{"Active_Problem", "active", problems, []string{"Community acquired pneumonia | active | negated false | 2014-02-27"}},
	{"No_Known_Problems", "denied", problems, []string{"problems. |  | negated true | "}},
	{"Hospital_Discharge_Encounter", "diagnoses in their order", encounters, []string{
		"IMP | Inpatient | 2014-10-28T12:22-05:00–2014-10-31T15:04-05:00 | Good Day Hospital | " +
			"Discharged/Transferred to a Facility that Provides Custodial or Supportive Care | 1 Congestive Heart Failure | 2 Diabetes"}},
	{"Outpatient_Encounter", "one diagnosis", encounters, []string{" | Office outpatient visit | 2012-08-15T10:00-08:00– | Get Well Clinic | 0 Costal Chondritis"}},
}

func line(parts ...string) string { return strings.Join(parts, " | ") }

func reactions(r *lhcrv1.Record) (out []string) {
	for _, a := range r.GetAllergies() {
		out = append(out, line(a.GetCode().GetDisplay(), a.GetClinicalStatus(), a.GetType(), strings.Join(a.GetCategories(), ","), a.GetOnset().GetOriginal()))
		for _, x := range a.GetReactions() {
			out = append(out, "  "+line(x.GetManifestations()[0].GetDisplay(), x.GetSeverity(), x.GetOnset().GetOriginal()))
		}
	}
	return out
}

func absences(r *lhcrv1.Record) (out []string) {
	for _, a := range r.GetAllergies() {
		out = append(out, a.GetCode().GetDisplay()+": "+a.GetAbsence().String()+", negated "+yes(a.GetHeader().GetNegated()))
	}
	return out
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func medicines(r *lhcrv1.Record) (out []string) {
	for _, m := range r.GetMedications() {
		parts := []string{m.GetProduct().GetCode().GetDisplay(), m.GetHeader().GetStatus()}
		if m.GetTaken() != "" {
			parts = append(parts, "taken "+m.GetTaken())
		}
		parts = append(parts, "negated "+yes(m.GetHeader().GetNegated()),
			strings.TrimSpace(m.GetEffective().GetStart().GetOriginal()+" – "+m.GetEffective().GetEnd().GetOriginal()))
		for _, c := range m.GetReasons() {
			parts = append(parts, "for "+c.GetReason().GetDisplay())
		}
		for _, c := range m.GetReasonsNotTaken() {
			parts = append(parts, "not taken: "+c.GetDisplay())
		}
		out = append(out, line(parts...))
	}
	return out
}

func doses(r *lhcrv1.Record) (out []string) {
	for _, m := range r.GetMedications() {
		d := m.GetDosages()[0]
		parts := []string{amount(d.GetDose())}
		if x := d.GetTiming(); x != nil {
			every := x.GetPeriod()
			if x.GetPeriodMax() != "" {
				every += "–" + x.GetPeriodMax()
			}
			parts = append(parts, "1 in "+every+" "+x.GetPeriodUnit())
		}
		if d.GetAsNeeded() {
			parts = append(parts, "as needed for "+d.GetAsNeededFor().GetDisplay())
		}
		out = append(out, line(append(parts, d.GetRoute().GetDisplay())...))
	}
	return out
}

func amount(q *lhcrv1.Quantity) string {
	return strings.TrimSpace(q.GetComparator() + q.GetValue() + " " + q.GetUnit())
}

func ingredients(r *lhcrv1.Record) (out []string) {
	for _, i := range r.GetMedications()[0].GetProduct().GetIngredients() {
		words := i.GetCode().GetDisplay()
		if s := i.GetStrength(); s != nil {
			words += ": " + amount(s.GetNumerator()) + " in " + amount(s.GetDenominator())
		}
		if i.GetActive() {
			words += ", active"
		} else {
			words += ", not active"
		}
		out = append(out, words)
	}
	return out
}

func results(r *lhcrv1.Record) (out []string) {
	for _, x := range r.GetInvestigationResults() {
		out = append(out, x.GetCode().GetDisplay()+" = "+value(x.GetFinding().GetValue())+ranges(x.GetFinding().GetRanges()))
	}
	return out
}

func value(v *lhcrv1.Value) string {
	switch k := v.GetKind().(type) {
	case *lhcrv1.Value_Quantity:
		return amount(k.Quantity)
	case *lhcrv1.Value_Range:
		return k.Range.GetLow().GetValue() + "–" + amount(k.Range.GetHigh())
	case *lhcrv1.Value_Concept:
		return k.Concept.GetDisplay()
	}
	return v.GetText()
}

func ranges(list []*lhcrv1.ReferenceRange) (out string) {
	for _, x := range list {
		words := x.GetType().GetDisplay()
		if x.GetText() != "" {
			words = x.GetText() + " " + words
		}
		if x.GetLow() != nil {
			words = x.GetLow().GetValue() + "–" + amount(x.GetHigh()) + " " + words
		}
		out += " [" + words + "]"
	}
	return out
}

func vaccines(r *lhcrv1.Record) (out []string) {
	for _, v := range r.GetVaccinations() {
		parts := []string{v.GetVaccine().GetDisplay(), v.GetHeader().GetStatus(), "given " + yes(v.GetGiven()), v.GetOccurrence().GetOriginal()}
		if v.GetLotNumber() != "" {
			parts = append(parts, "lot "+v.GetLotNumber())
		}
		for _, c := range v.GetReasonsNotGiven() {
			parts = append(parts, "not given: "+c.GetDisplay())
		}
		out = append(out, line(parts...))
	}
	return out
}

func procedures(r *lhcrv1.Record) (out []string) {
	for _, p := range r.GetProcedures() {
		at := p.GetPerformed().GetOriginal()
		if x := p.GetPerformedPeriod(); x != nil {
			at = x.GetStart().GetOriginal() + "–" + x.GetEnd().GetOriginal()
		}
		parts := []string{p.GetCode().GetDisplay(), p.GetHeader().GetStatus(), at}
		if p.GetOutcome() != nil {
			parts = append(parts, p.GetOutcome().GetDisplay())
		}
		out = append(out, line(append(parts, notes(p.GetHeader())...)...))
	}
	return out
}

func problems(r *lhcrv1.Record) (out []string) {
	for _, p := range r.GetProblems() {
		out = append(out, line(p.GetCode().GetDisplay(), p.GetClinicalStatus(), "negated "+yes(p.GetHeader().GetNegated()), p.GetOnset().GetOriginal()))
	}
	return out
}

func encounters(r *lhcrv1.Record) (out []string) {
	for _, e := range slices.Concat(r.GetDischargeDetails(), r.GetContactsWithProfessionals()) {
		parts := []string{e.GetClass().GetCode(), e.GetTypes()[0].GetDisplay(), e.GetPeriod().GetStart().GetOriginal() + "–" + e.GetPeriod().GetEnd().GetOriginal()}
		parts = append(parts, e.GetLocations()...)
		if d := e.GetDischarge(); d != nil {
			parts = append(parts, d.GetDisposition().GetDisplay())
		}
		for _, d := range e.GetDiagnoses() {
			parts = append(parts, string('0'+rune(d.GetRank()))+" "+d.GetDiagnosis().GetDisplay())
		}
		out = append(out, line(parts...))
	}
	return out
}

// TestNoKnownAllergiesOfADocumentIsNoAssertionOfTheSection is about a document that says that no allergy is known: it is
// an item of that document, and says nothing of others.
func TestNoKnownAllergiesOfADocumentIsNoAssertionOfTheSection(t *testing.T) {
	o := outcome(t, published(t, "No_Known_Allergies"), lhcrv1.Section_SECTION_ALLERGIES)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
		t.Error(o.GetStatus())
	}
}

// TestASectionWithoutInformationIsToldSo is about a section that says that it has no information.
func TestASectionWithoutInformationIsToldSo(t *testing.T) {
	o := outcome(t, published(t, "No_Information_Allergies"), lhcrv1.Section_SECTION_ALLERGIES)
	if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT || len(o.GetWarnings()) != 1 || o.GetEmptyReason().GetDisplay() != "no information" {
		t.Error(o)
	}
}
