package part_test

import (
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

const (
	byIdentifier = lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_BUSINESS_IDENTIFIER
	byCode       = lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_CODE_DATE_AND_SOURCE

	system = "http://snomed.info/sct"
)

func concept(codes ...string) *lhcrv1.Concept {
	c := &lhcrv1.Concept{}
	for _, code := range codes {
		c.Codings = append(c.Codings, &lhcrv1.Coding{System: system, Code: code})
	}
	return c
}

// amoxicillin is an issue that carries everything a tie can rest on.
func amoxicillin() *lhcrv1.Medication {
	h := header("m1", matches)
	h.SourceOrganisation = &lhcrv1.Organisation{OdsCode: "A81001"}
	h.Recorded = &lhcrv1.When{Original: "2024-03-01", Precision: lhcrv1.DatePrecision_DATE_PRECISION_DAY}
	h.Identifiers = []*lhcrv1.Identifier{{System: "https://practice.example/id", Value: "7"}}
	return &lhcrv1.Medication{
		Header: h, Kind: lhcrv1.MedicationKind_MEDICATION_KIND_ISSUE, Product: &lhcrv1.Product{Code: concept("39113611000001102")},
		Dosages: []*lhcrv1.Dosage{{Text: "one three times a day"}},
	}
}

// tiesOf are the keys of an item, as its part has them.
func tiesOf(t *testing.T, record *lhcrv1.Record, section lhcrv1.Section) []part.Tie {
	t.Helper()
	p := encode(&adapterv1.FetchResponse{Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome(section, returned)}})[section]
	if len(p.Items) != 1 {
		t.Fatalf("%d items, want 1", len(p.Items))
	}
	return p.Items[0].Ties
}

func shares(a, b []part.Tie, basis lhcrv1.EquivalenceBasis) bool {
	return slices.ContainsFunc(a, func(tie part.Tie) bool { return tie.Basis == basis && slices.Contains(b, tie) })
}

func TestOnlyThePermittedBasesTie(t *testing.T) {
	type medication = *lhcrv1.Medication
	tests := map[string]struct {
		change           func(medication)
		identifier, code bool
	}{
		"the same":                   {func(medication) {}, true, true},
		"another region's item id":   {func(m medication) { m.Header.ItemId = "x" }, true, true},
		"recorded at a time of day":  {func(m medication) { m.Header.Recorded = instant("2024-03-01T09:30:00Z") }, true, true},
		"ODS code in lower case":     {func(m medication) { m.Header.SourceOrganisation.OdsCode = "a81001" }, true, true},
		"another dose in words":      {func(m medication) { m.Dosages[0].Text = "two three times a day" }, true, false},
		"another dose in structure":  {func(m medication) { m.Dosages[0] = &lhcrv1.Dosage{Dose: &lhcrv1.Quantity{Value: "2"}} }, true, false},
		"one dose more":              {func(m medication) { m.Dosages = append(m.Dosages, &lhcrv1.Dosage{Text: "then stop"}) }, true, false},
		"another strength":           {func(m medication) { m.Product.Code = concept("39113711000001106") }, true, false},
		"another organisation":       {func(m medication) { m.Header.SourceOrganisation.OdsCode = "A81002" }, false, false},
		"no organisation":            {func(m medication) { m.Header.SourceOrganisation = nil }, false, false},
		"an organisation by name":    {func(m medication) { m.Header.SourceOrganisation = &lhcrv1.Organisation{Name: "A practice"} }, false, false},
		"another day":                {func(m medication) { m.Header.Recorded.Original = "2024-03-02" }, true, false},
		"the month only":             {func(m medication) { m.Header.Recorded = month("2024-03") }, true, false},
		"no day":                     {func(m medication) { m.Header.Recorded = nil }, true, false},
		"another kind of record":     {func(m medication) { m.Kind = lhcrv1.MedicationKind_MEDICATION_KIND_PLAN }, true, false},
		"another identifier":         {func(m medication) { m.Header.Identifiers[0].Value = "8" }, false, true},
		"another identifier system":  {func(m medication) { m.Header.Identifiers[0].System = "https://other.example/id" }, false, true},
		"an identifier of no system": {func(m medication) { m.Header.Identifiers[0].System = "" }, false, true},
		"another code system":        {func(m medication) { m.Product.Code.Codings[0].System = "https://local.example/code" }, true, false},
		"words and no code":          {func(m medication) { m.Product.Code = &lhcrv1.Concept{Text: "amoxicillin"} }, true, false},
		"a code nobody understood":   {func(m medication) { m.Product.Code.Degraded = true }, true, false},
		"codings that disagree":      {func(m medication) { m.Product.Code.CodingsDisagree = true }, true, false},
		"a code more":                {func(m medication) { m.Product.Code = concept("39113611000001102", "1") }, true, true},
		"taken back":                 {func(m medication) { m.Header.Retracted = true }, true, false},
		"negated":                    {func(m medication) { m.Header.Negated = true }, true, false},
	}
	record := func(m medication) *lhcrv1.Record { return &lhcrv1.Record{Medications: []medication{m}} }
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			changed := amoxicillin()
			test.change(changed)
			first, second := tiesOf(t, record(amoxicillin()), medications), tiesOf(t, record(changed), medications)
			if got := shares(first, second, byIdentifier); got != test.identifier {
				t.Errorf("tied by identifier is %t, want %t", got, test.identifier)
			}
			if got := shares(first, second, byCode); got != test.code {
				t.Errorf("tied by code is %t, want %t", got, test.code)
			}
		})
	}
	nowhere := amoxicillin()
	nowhere.Header.SourceOrganisation = nil
	if len(tiesOf(t, record(nowhere), medications)) > 0 {
		t.Error("two medicines of no known organisation are tied")
	}
	degraded := amoxicillin()
	degraded.Product.Code.Degraded = true
	if a := tiesOf(t, record(degraded), medications); shares(a, a, byCode) {
		t.Error("two medicines that nobody understood are tied by the code that says so")
	}
}

func instant(original string) *lhcrv1.When {
	return &lhcrv1.When{Original: original, Precision: lhcrv1.DatePrecision_DATE_PRECISION_INSTANT}
}

func month(original string) *lhcrv1.When {
	return &lhcrv1.When{Original: original, Precision: lhcrv1.DatePrecision_DATE_PRECISION_MONTH}
}

func TestEachKindOfItemTiesByWhatItSays(t *testing.T) {
	common := func() *lhcrv1.ItemHeader {
		h := proto.CloneOf(amoxicillin().GetHeader())
		h.Identifiers = nil
		return h
	}
	reading := func(value string) *lhcrv1.Finding {
		return &lhcrv1.Finding{Value: &lhcrv1.Value{Kind: &lhcrv1.Value_Quantity{Quantity: &lhcrv1.Quantity{Value: value}}}}
	}
	given, notGiven := true, false
	reportCode := concept("721981007")
	tests := map[string]struct {
		section lhcrv1.Section
		a, b    *lhcrv1.Record
		want    bool
	}{
		"the same allergy": {allergies, &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{Header: common(), Code: concept("1")}}},
			&lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{Header: common(), Code: concept("1")}}}, true},
		"an allergy and its absence": {allergies, &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{Header: common(), Code: concept("1")}}},
			&lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{Header: common(), Code: concept("1"), Absence: lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NOT_ALLERGIC_TO}}}, false},
		"the same vaccination": {10, &lhcrv1.Record{Vaccinations: []*lhcrv1.Immunisation{{Header: common(), Procedure: concept("1"), Given: &given}}},
			&lhcrv1.Record{Vaccinations: []*lhcrv1.Immunisation{{Header: common(), Procedure: concept("1"), Vaccine: concept("9"), Given: &given}}}, true},
		"a vaccination not given": {10, &lhcrv1.Record{Vaccinations: []*lhcrv1.Immunisation{{Header: common(), Procedure: concept("1"), Given: &given}}},
			&lhcrv1.Record{Vaccinations: []*lhcrv1.Immunisation{{Header: common(), Procedure: concept("1"), Given: &notGiven}}}, false},
		"the same problem": {problems, &lhcrv1.Record{Problems: []*lhcrv1.Problem{{Header: common(), Code: concept("1")}}},
			&lhcrv1.Record{Problems: []*lhcrv1.Problem{{Header: common(), Code: concept("1")}}}, true},
		"a procedure not done": {12, &lhcrv1.Record{Procedures: []*lhcrv1.Procedure{{Header: common(), Code: concept("1")}}},
			&lhcrv1.Record{Procedures: []*lhcrv1.Procedure{{Header: common(), Code: concept("1"), NotDone: true}}}, false},
		"the same result": {13, &lhcrv1.Record{InvestigationResults: []*lhcrv1.InvestigationResult{{Header: common(), Code: concept("1"), Finding: reading("5")}}},
			&lhcrv1.Record{InvestigationResults: []*lhcrv1.InvestigationResult{{Header: common(), Code: concept("1"), Finding: reading("5")}}}, true},
		"another value": {13, &lhcrv1.Record{InvestigationResults: []*lhcrv1.InvestigationResult{{Header: common(), Code: concept("1"), Finding: reading("5")}}},
			&lhcrv1.Record{InvestigationResults: []*lhcrv1.InvestigationResult{{Header: common(), Code: concept("1"), Finding: reading("6")}}}, false},
		"a finding and none": {15, &lhcrv1.Record{ExaminationFindings: []*lhcrv1.Statement{{Header: common(), Code: concept("1"), Finding: reading("5")}}},
			&lhcrv1.Record{ExaminationFindings: []*lhcrv1.Statement{{Header: common(), Code: concept("1")}}}, false},
		"reports of one name": {13, &lhcrv1.Record{InvestigationReports: []*lhcrv1.InvestigationReport{{Header: common(), Code: reportCode, Name: concept("1")}}},
			&lhcrv1.Record{InvestigationReports: []*lhcrv1.InvestigationReport{{Header: common(), Code: reportCode, Name: concept("1")}}}, true},
		"reports of one code": {13, &lhcrv1.Record{InvestigationReports: []*lhcrv1.InvestigationReport{{Header: common(), Code: reportCode, Name: reportCode}}},
			&lhcrv1.Record{InvestigationReports: []*lhcrv1.InvestigationReport{{Header: common(), Code: reportCode, Name: reportCode}}}, false},
		"alerts of other words": {7, &lhcrv1.Record{Alerts: []*lhcrv1.Alert{{Header: common(), Code: &lhcrv1.Concept{Text: "peanuts", Codings: concept("1").Codings}}}},
			&lhcrv1.Record{Alerts: []*lhcrv1.Alert{{Header: common(), Code: &lhcrv1.Concept{Text: "violence", Codings: concept("1").Codings}}}}, false},
		"a recall due another day": {32, &lhcrv1.Record{PlanAndRequestedActions: []*lhcrv1.Recall{{Header: common(), Code: concept("1"), Due: instant("2025-01-01")}}},
			&lhcrv1.Record{PlanAndRequestedActions: []*lhcrv1.Recall{{Header: common(), Code: concept("1"), Due: instant("2026-01-01")}}}, false},
		"two letters of one type": {37, &lhcrv1.Record{Documents: []*lhcrv1.Document{{Header: common(), Type: concept("1")}}},
			&lhcrv1.Record{Documents: []*lhcrv1.Document{{Header: common(), Type: concept("1")}}}, false},
	}
	for name, test := range tests {
		if got := shares(tiesOf(t, test.a, test.section), tiesOf(t, test.b, test.section), byCode); got != test.want {
			t.Errorf("%s: tied by code is %t, want %t", name, got, test.want)
		}
	}
}

func TestIdentifiersTieWhatIsOfOneKind(t *testing.T) {
	id := &lhcrv1.Identifier{System: "https://registry.example/id", Value: "7"}
	organisation := &lhcrv1.Organisation{OdsCode: "A81001"}
	plain := &lhcrv1.ItemHeader{ItemId: "i", SubjectCheck: matches, SourceOrganisation: organisation}
	own := proto.CloneOf(plain)
	own.Identifiers = []*lhcrv1.Identifier{id}

	master := tiesOf(t, &lhcrv1.Record{Documents: []*lhcrv1.Document{{Header: plain, MasterIdentifier: id}}}, 37)
	document := tiesOf(t, &lhcrv1.Record{Documents: []*lhcrv1.Document{{Header: own}}}, 37)
	if !shares(master, document, byIdentifier) {
		t.Error("a document's master identifier ties it to none")
	}
	if shares(document, tiesOf(t, &lhcrv1.Record{Problems: []*lhcrv1.Problem{{Header: own}}}, problems), byIdentifier) {
		t.Error("a document is tied to a problem")
	}
	if person := tiesOf(t, &lhcrv1.Record{PersonDemographics: []*lhcrv1.Person{{Header: own}}}, 1); len(person) > 0 {
		t.Error("an identifier of the person is a ground for a tie")
	}
}
