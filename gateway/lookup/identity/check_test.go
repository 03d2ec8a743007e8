package identity_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	asked = "9990000018"
	other = "9990000026"
	third = "9990000034"
)

// person is a patient of an answer, with a date of birth where one is given.
func person(number string, birth ...string) *adapterv1.MatchedPatient {
	p := &adapterv1.MatchedPatient{NhsNumber: number}
	if len(birth) > 0 {
		p.BirthDate = &lhcrv1.When{Original: birth[0]}
	}
	return p
}

func linked(p *adapterv1.MatchedPatient) *adapterv1.MatchedPatient {
	p.LinkedByRegion = true
	return p
}

func replacedBy(p *adapterv1.MatchedPatient, number string) *adapterv1.MatchedPatient {
	p.Superseded, p.SupersededBy = true, number
	return p
}

func TestWhoseAnswerItIs(t *testing.T) {
	const (
		match     = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_UNSPECIFIED
		number    = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
		birth     = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH
		nobody    = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
		superS    = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED
		numberNot = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER
	)
	type people = []*adapterv1.MatchedPatient
	tests := map[string]struct {
		born   string
		people people
		want   identity.Verdict
	}{
		"the person":                             {"1951-04-17", people{person(asked, "1951-04-17")}, identity.Verdict{}},
		"the number written with spaces":         {"", people{person("999 000 0018")}, identity.Verdict{}},
		"no date of birth asked":                 {"", people{person(asked, "1951-04-17")}, identity.Verdict{}},
		"no date of birth recorded":              {"1951-04-17", people{person(asked)}, identity.Verdict{}},
		"another number":                         {"", people{person(other)}, identity.Verdict{Reason: number}},
		"the person and somebody else":           {"", people{person(asked), person(other)}, identity.Verdict{Reason: number}},
		"another date of birth":                  {"1951-04-17", people{person(asked, "1951-04-18")}, identity.Verdict{Reason: birth}},
		"another month, no day recorded":         {"1951-04-17", people{person(asked, "1951-05")}, identity.Verdict{Reason: birth}},
		"the same month, no day recorded":        {"1951-04-17", people{person(asked, "1951-04")}, identity.Verdict{}},
		"the same year, no month asked":          {"1951", people{person(asked, "1951-04-17")}, identity.Verdict{}},
		"another year, no month asked":           {"1952", people{person(asked, "1951-04-17")}, identity.Verdict{Reason: birth}},
		"one of two records born another day":    {"1951-04-17", people{person(asked, "1951-04-17"), person(asked, "1961-04-17")}, identity.Verdict{Reason: birth}},
		"nobody":                                 {"", nil, identity.Verdict{Reason: nobody}},
		"no number":                              {"", people{person("")}, identity.Verdict{Reason: numberNot}},
		"no number beside the person":            {"", people{person(asked), person("")}, identity.Verdict{Reason: numberNot}},
		"a linked record without number":         {"", people{person(asked), linked(person(""))}, identity.Verdict{}},
		"a linked record of the same number":     {"", people{person(asked), linked(person(asked))}, identity.Verdict{}},
		"a linked record of another number":      {"", people{person(asked), linked(person(other))}, identity.Verdict{LeftOut: 1}},
		"two linked records of other numbers":    {"", people{person(asked), linked(person(other)), linked(person(third))}, identity.Verdict{LeftOut: 2}},
		"a linked record born another day":       {"1951-04-17", people{person(asked), linked(person("", "1950-01-01"))}, identity.Verdict{Reason: birth}},
		"only a linked record without number":    {"", people{linked(person(""))}, identity.Verdict{Reason: numberNot}},
		"only a linked record of another number": {"", people{linked(person(other))}, identity.Verdict{Reason: number, LeftOut: 1}},
		"superseded, the replacement named":      {"", people{replacedBy(person(asked), other)}, identity.Verdict{Reason: superS, Replacement: other}},
		"superseded, no replacement named":       {"", people{replacedBy(person(asked), "")}, identity.Verdict{Reason: superS}},
		"superseded and born another day":        {"1951-04-17", people{replacedBy(person(asked, "1950-01-01"), other)}, identity.Verdict{Reason: birth}},
		"superseded beside the one in use":       {"", people{person(asked), replacedBy(person(asked), other)}, identity.Verdict{Reason: superS, Replacement: other}},
		"a replacement that is no number":        {"", people{replacedBy(person(asked), "see notes")}, identity.Verdict{Reason: superS}},
		"merged into a record of this number":    {"", people{person(asked), replacedBy(person(asked), asked)}, identity.Verdict{}},
		"somebody else was superseded":           {"", people{replacedBy(person(other), third)}, identity.Verdict{Reason: number}},
		"the number asked replaced another":      {"", people{person(asked), linked(replacedBy(person(other), asked))}, identity.Verdict{LeftOut: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			query, bad := identity.Ask(&lhcrv1.PatientQuery{NhsNumber: asked, DateOfBirth: test.born})
			if bad != "" {
				t.Fatalf("the query is refused for %s", bad)
			}
			if diff := cmp.Diff(test.want, query.Check(identity.People(test.people))); diff != "" {
				t.Errorf("verdict (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAQueryThatWouldSwitchTheCheckOffIsRefused(t *testing.T) {
	tests := map[string]struct{ number, born, want string }{
		"whole":            {asked, "1951-04-17", ""},
		"number only":      {asked, "", ""},
		"no number":        {"", "1951-04-17", "patient.nhs_number"},
		"nine digits":      {"999000001", "", "patient.nhs_number"},
		"letters":          {"99900000IB", "", "patient.nhs_number"},
		"date in words":    {asked, "17 April 1951", "patient.date_of_birth"},
		"date day first":   {asked, "17-04-1951", "patient.date_of_birth"},
		"year of 2 digits": {asked, "51", "patient.date_of_birth"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, bad := identity.Ask(&lhcrv1.PatientQuery{NhsNumber: test.number, DateOfBirth: test.born}); bad != test.want {
				t.Errorf("blamed field is %q, want %q", bad, test.want)
			}
		})
	}
}

func TestNobodyPrintsAPerson(t *testing.T) {
	query, _ := identity.Ask(&lhcrv1.PatientQuery{NhsNumber: asked, DateOfBirth: "1951-04-17"})
	people := identity.People([]*adapterv1.MatchedPatient{replacedBy(person(asked, "1951-04-17"), other)})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		printed := fmt.Sprintf(strings.Repeat(verb+" ", 3), query, people, people[0].Born)
		for _, canary := range []string{asked, other, "1951", "17"} {
			if strings.Contains(printed, canary) {
				t.Errorf("%s prints %q", verb, printed)
			}
		}
	}
}
