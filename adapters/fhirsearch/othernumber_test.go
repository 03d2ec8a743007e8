package fhirsearch_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A linked record that may carry another number, or is of somebody born on another day, is
// not the person's: nothing is asked of it, and its absence is told.
func TestALinkedRecordThatMayBeSomebodyElsesIsNotAskedFor(t *testing.T) {
	with := func(system, value, more string) string {
		return strings.Replace(record("p2", ""), `"link":`, fmt.Sprintf(`"identifier":[{"system":%q,"value":%q%s}],"link":`, system, value, more), 1)
	}
	const system = "https://fhir.nhs.uk/Id/nhs-number"
	born := func(date string) string { return strings.Replace(record("p2", ""), "1950-01-02", date, 1) }
	both, own := []string{"p1", "p2"}, []string{"p1"}
	for name, c := range map[string]struct {
		linked string
		asked  []string
	}{
		"a slash":                  {with(system+"/", another, ""), own},
		"verified":                 {with("https://fhir.hl7.org.uk/Id/nhs-number-verified", another, ""), own},
		"http":                     {with("http://fhir.nhs.net/Id/nhs-number", another, ""), own},
		"upper case":               {with(strings.ToUpper(system)+"/", another, ""), own},
		"in groups":                {with(system+"/", "999 000 0026", ""), own},
		"no system":                {with("", another, ""), own},
		"the OID":                  {with("2.16.840.1.113883.2.1.4.1 ", another, ""), own},
		"the unverified OID":       {with("urn:oid:2.16.840.1.113883.2.1.3.2.4.18.23", another, ""), own},
		"words":                    {with("urn:local:NHS_Number", another, ""), own},
		"a type's code":            {with("urn:local", another, `,"type":{"coding":[{"code":"NH"}]}`), own},
		"a type's words":           {with("urn:local", another, `,"type":{"text":"NHS number"}`), own},
		"a former number":          {with(system, another, `,"use":"old"`), own},
		"a number not in force":    {with(system, another, `,"period":{"end":"2020-01-01"}`), own},
		"born in another year":     {born("1990-05-05"), own},
		"born in another month":    {born("1950-02"), own},
		"of the same year":         {born("1950"), both},
		"of an unknown birth":      {born(""), both},
		"a hospital's number":      {with("https://hospital.example/number", another, ""), both},
		"no system, no NHS number": {with("", "9990000027", ""), both},
		"the number, put oddly":    {with(system+"/", number, ""), both},
		"a longer OID":             {with("urn:oid:2.16.840.1.113883.2.1.4.17", another, ""), both},
	} {
		t.Run(name, func(t *testing.T) {
			s, client, asked := linkedRegion(t, []string{record("p1", number, "seealso Patient/p2"), c.linked}, nil, "")
			r, err := configured(t, s, client, asIs, linking...)
			if err != nil {
				t.Fatal(err)
			}
			res := ask(t, r, []lhcrv1.Section{allergies})
			if diff := cmp.Diff(c.asked, asked()); diff != "" {
				t.Errorf("records asked for (-want +got):\n%s", diff)
			}
			checkPeople(t, res, c.asked)
			gaps := res.GetOutcomes()[0].GetGaps()
			if told := len(gaps) == 1 && gaps[0].GetKind() == lhcrv1.GapKind_GAP_KIND_LINKED_RECORD; told == (len(c.asked) == 2) {
				t.Errorf("gaps %v", gaps)
			}
		})
	}
}

func TestARecordOfTwoCurrentNumbersIsNobodys(t *testing.T) {
	for name, c := range map[string]struct {
		more     string
		mismatch bool
	}{
		"both current":           {`}`, true},
		"the other is a former":  {`,"use":"old"}`, false},
		"the other was in force": {`,"period":{"end":"2020-01-01"}}`, false},
	} {
		for _, first := range []bool{true, false} {
			a := `{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + number + `"}`
			b := `{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + another + `"` + c.more
			if !first {
				a, b = b, a
			}
			found := strings.Replace(record("p1", ""), `"link":`, `"identifier":[`+a+`,`+b+`],"link":`, 1)
			for _, how := range [][]string{nil, linking} {
				s, client, asked := linkedRegion(t, []string{found}, nil, "")
				r, err := configured(t, s, client, asIs, how...)
				if err != nil {
					t.Fatal(err)
				}
				o := ask(t, r, []lhcrv1.Section{allergies}).GetOutcomes()[0]
				if got := o.GetIdentityMismatchReason() == lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER; got != c.mismatch {
					t.Errorf("%s: %v after asking for %v", name, o, asked())
				}
			}
		}
	}
}
