package fhir_test

import (
	"slices"
	"strings"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// inXML is a bundle of Ann's Patient and further content.
func inXML(content string) string {
	return `<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><entry><resource><Patient><id value="a"/><identifier>` +
		`<system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="` + ann + `"/></identifier></Patient></resource></entry>` + content + `</Bundle>`
}

func entryXML(resource string) string { return `<entry><resource>` + resource + `</resource></entry>` }

// TestAnElementThatCameTwice: where two values of what decides a meaning came, the item says
// so, and what denies it is not lost, whichever came first.
func TestAnElementThatCameTwice(t *testing.T) {
	medicines := sections(lhcrv1.Section_SECTION_MEDICATIONS)
	request := func(elements ...string) string {
		return annsRecord(of("MedicationRequest m", append([]string{`"intent":"order","medicationCodeableConcept":{"text":"Warfarin"}`}, elements...)...))
	}
	requestXML := func(elements string) string {
		return inXML(entryXML(`<MedicationRequest><id value="m"/>` + elements + `<intent value="order"/><medicationCodeableConcept><text value="Warfarin"/></medicationCodeableConcept><subject><reference value="Patient/a"/></subject></MedicationRequest>`))
	}
	for name, c := range map[string]struct {
		body                         string
		flagged, retracted, negative bool
	}{
		"retracted last":           {request(`"status":"active"`, `"status":"entered-in-error"`), true, true, false},
		"retracted first":          {request(`"status":"entered-in-error"`, `"status":"active"`), true, true, false},
		"retracted last, XML":      {requestXML(`<status value="active"/><status value="entered-in-error"/>`), true, true, false},
		"retracted first, XML":     {requestXML(`<status value="entered-in-error"/><status value="active"/>`), true, true, false},
		"in a list":                {request(`"status":["active","entered-in-error"]`), true, true, false},
		"other statuses":           {request(`"status":"active"`, `"status":"stopped"`), true, false, false},
		"the same twice":           {request(`"status":"active"`, `"status":"active"`), false, false, false},
		"not to be done, last":     {request(`"status":"active","doNotPerform":false`, `"doNotPerform":true`), true, false, true},
		"not to be done, first":    {request(`"status":"active","doNotPerform":true`, `"doNotPerform":false`), true, false, true},
		"not to be done, XML":      {requestXML(`<status value="active"/><doNotPerform value="true"/><doNotPerform value="false"/>`), true, false, true},
		"1":                        {requestXML(`<status value="active"/><doNotPerform value="1"/>`), false, false, true},
		"TRUE":                     {requestXML(`<status value="active"/><doNotPerform value="TRUE"/>`), false, false, true},
		"0":                        {requestXML(`<status value="active"/><doNotPerform value="0"/>`), false, false, false},
		"a negation of no meaning": {requestXML(`<status value="active"/><doNotPerform value="yes"/>`), true, false, false},
		"two medicines":            {requestXML(`<status value="active"/><medicationCodeableConcept><text value="Heparin"/></medicationCodeableConcept>`), true, false, false},
		"one of each":              {request(`"status":"active"`), false, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			list := record(read(t, input(medicines, c.body))).GetMedications()
			if len(list) != 1 {
				t.Fatalf("%d medicines", len(list))
			}
			h := list[0].GetHeader()
			if got := slices.Contains(h.GetFlags(), lhcrv1.Flag_FLAG_MODIFIER_UNREAD); got != c.flagged {
				t.Errorf("flags %v", h.GetFlags())
			}
			if h.GetRetracted() != c.retracted || h.GetNegated() != c.negative {
				t.Errorf("retracted %v, negated %v, status %q", h.GetRetracted(), h.GetNegated(), h.GetStatus())
			}
		})
	}
}

func TestARefutationThatCameTwice(t *testing.T) {
	refuted, confirmed := `"verificationStatus":{"coding":[{"code":"refuted"}]}`, `"verificationStatus":{"coding":[{"code":"confirmed"}]}`
	for _, elements := range [][]string{{refuted, confirmed}, {confirmed, refuted}} {
		h := record(read(t, input(sections(allergies), annsRecord(allergy("p", elements...))))).GetAllergies()[0].GetHeader()
		for _, want := range []lhcrv1.Flag{lhcrv1.Flag_FLAG_MODIFIER_UNREAD, lhcrv1.Flag_FLAG_REFUTED} {
			if !slices.Contains(h.GetFlags(), want) {
				t.Errorf("flags %v, want %v", h.GetFlags(), want)
			}
		}
	}
}

// TestTwoSubjects: an item that names two people is not certainly of one, and not of one at
// all whom the other is known not to be.
func TestTwoSubjects(t *testing.T) {
	const own, other, somebody = `<patient><reference value="Patient/a"/></patient>`, `<patient><reference value="Patient/b"/></patient>`, `<patient><reference value="Group/g"/></patient>`
	inJSON := func(second string) string { return annsRecord(allergy("p", `"patient":{"reference":"`+second+`"}`)) }
	xml := func(subjects string) string {
		return inXML(entryXML(`<AllergyIntolerance><id value="p"/><clinicalStatus value="active"/><code><text value="Penicillin"/></code>` + subjects + `</AllergyIntolerance>`))
	}
	const none = lhcrv1.SubjectCheck_SUBJECT_CHECK_UNSPECIFIED
	for name, c := range map[string]struct {
		body string
		want lhcrv1.SubjectCheck
	}{
		"another, last":        {xml(own + other), none},
		"another, first":       {xml(other + own), none},
		"another in JSON":      {inJSON("Patient/b"), none},
		"somebody":             {xml(own + somebody), lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
		"somebody, first":      {xml(somebody + own), lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
		"somebody in JSON":     {inJSON("Group/g"), lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
		"nobody":               {xml(own + `<patient><display value="B"/></patient>`), lhcrv1.SubjectCheck_SUBJECT_CHECK_UNRESOLVED},
		"the same, said twice": {xml(own + own), lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH},
	} {
		t.Run(name, func(t *testing.T) {
			got, r := none, read(t, input(sections(allergies), c.body))
			for _, a := range record(r).GetAllergies() {
				got = a.GetHeader().GetSubjectCheck()
			}
			if got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
			if gaps := outcomeOf(t, r, lhcrv1.Section_SECTION_ALLERGIES).GetGaps(); c.want == none && len(gaps) != 1 {
				t.Errorf("gaps %v", gaps)
			}
		})
	}
}

// TestResourcesOutOfPlaceAreTold: what may be a resource and stands where none is looked for
// is counted and makes a gap, and never becomes an item.
func TestResourcesOutOfPlaceAreTold(t *testing.T) {
	const a = `<AllergyIntolerance><id value="p"/><code><text value="Penicillin"/></code><patient><reference value="Patient/a"/></patient></AllergyIntolerance>`
	for name, content := range map[string]string{
		"in the bundle":             a,
		"in an entry":               `<entry>` + a + `</entry>`,
		"beside another":            `<entry><resource><Basic/></resource>` + a + `</entry>`,
		"an entry in capitals":      strings.ReplaceAll(entryXML(a), "entry>", "Entry>"),
		"a resource in capitals":    strings.ReplaceAll(entryXML(a), "resource>", "Resource>"),
		"an entry of another space": `<x:entry xmlns:x="urn:o"><x:resource>` + a + `</x:resource></x:entry>`,
		"its resource alone":        `<entry><x:resource xmlns:x="urn:o">` + a + `</x:resource></entry>`,
		"a type of another space":   entryXML(`<x:AllergyIntolerance xmlns:x="urn:o"><x:id value="p"/></x:AllergyIntolerance>`),
		"in something else":         `<items><item>` + a + `</item></items>`,
	} {
		t.Run(name, func(t *testing.T) {
			r := read(t, input(sections(allergies), inXML(content)))
			o := outcomeOf(t, r, lhcrv1.Section_SECTION_ALLERGIES)
			told := slices.ContainsFunc(o.GetGaps(), func(g *lhcrv1.Gap) bool { return g.GetKind() == lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE })
			if !told || o.GetStatus() != invalid || r.Account.Reported == 0 || len(record(r).GetAllergies()) != 0 {
				t.Errorf("%v, %+v", o, r.Account)
			}
		})
	}
	signed := `<signature><when value="2026-01-01"/></signature><x:count xmlns:x="urn:o" value="1"/>`
	if r := read(t, input(sections(allergies), inXML(entryXML(a)+signed))); len(record(r).GetAllergies()) != 1 || r.Account.Reported != 0 {
		t.Errorf("what holds no resource makes %+v", r.Account)
	}
}

// TestAnAllergyToNothingIsNoWholeList: an entry that does not say to what makes a gap.
func TestAnAllergyToNothingIsNoWholeList(t *testing.T) {
	const unread, withheld = lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE, lhcrv1.GapKind_GAP_KIND_WITHHELD
	absent := func(reason string) string {
		return `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"` + reason + `"}]}`
	}
	for name, c := range map[string]struct {
		elements string
		want     lhcrv1.GapKind
	}{
		"no code":            {`"criticality":"high"`, unread},
		"an empty code":      {`"code":{}`, unread},
		"no display":         {`"code":{"coding":[{"system":"http://snomed.info/sct"}]}`, unread},
		"unknown":            {`"code":` + absent("unknown"), unread},
		"masked":             {`"code":` + absent("masked"), withheld},
		"masked words":       {`"code":{"_text":` + absent("masked") + `}`, withheld},
		"masked by a code":   {`"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"masked"}]}`, withheld},
		"a null flavour":     {`"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-NullFlavor","code":"UNK"}]}`, unread},
		"a reaction of none": {`"reaction":[{"manifestation":[{"text":"rash"}]}]`, unread},
		"a code":             {`"code":{"coding":[{"system":"http://snomed.info/sct","code":"764146007"}]}`, 0},
		"a note":             {`"note":[{"text":"penicillin"}]`, 0},
		"a substance":        {`"reaction":[{"substance":{"text":"penicillin"}}]`, 0},
		"a narrative":        {`"text":{"status":"additional","div":"<div>penicillin</div>"}`, 0},
		"retracted":          {`"verificationStatus":{"coding":[{"code":"entered-in-error"}]}`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := outcomeOf(t, read(t, input(sections(allergies), annsRecord(of("AllergyIntolerance p", active([]string{c.elements})...)))), lhcrv1.Section_SECTION_ALLERGIES)
			got := lhcrv1.GapKind(0)
			for _, g := range o.GetGaps() {
				got = g.GetKind()
			}
			if got != c.want || (o.GetStatus() == invalid) != (c.want != 0) {
				t.Errorf("%v", o)
			}
		})
	}
}
