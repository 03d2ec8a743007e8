// Package identity is the gate between a region's answer and the record: it says
// whether the patients of an answer are the person asked for.
//
// It keeps contract rule 7. The same check serves a live answer and, from the same
// facts kept beside it, one that was held for a while.
package identity

import (
	"strings"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Asked is the person asked for.
type Asked struct {
	number string
	born   Date
}

// Ask reads whom a request names. The second value is the field that cannot be
// compared, and so would switch the check off unnoticed; it is empty when all is well.
func Ask(query *lhcrv1.PatientQuery) (asked Asked, badField string) {
	asked = Asked{number: number(query.GetNhsNumber())}
	if len(asked.number) != 10 || !digits(asked.number) {
		return Asked{}, "patient.nhs_number"
	}
	if given := query.GetDateOfBirth(); given != "" {
		asked.born = ParseDate(given, lhcrv1.DatePrecision_DATE_PRECISION_UNSPECIFIED)
		if !asked.born.Known() {
			return Asked{}, "patient.date_of_birth"
		}
	}
	return asked, ""
}

// Number is the NHS number asked for, ten digits. It must go nowhere where it could be logged.
func (a Asked) Number() string { return a.number }

// String hides the person.
func (Asked) String() string { return "[patient]" }

// GoString hides the person.
func (Asked) GoString() string { return "[patient]" }

// Person is what the gate compares of one patient of an answer.
type Person struct {
	// Number is the NHS number without spaces. Empty when the record carries none.
	Number string
	// Born is the date of birth as far as it is known.
	Born Date
	// Replacement is the number that replaced Number. Empty when not known.
	Replacement string
	// Superseded is true when the region says that the record was superseded.
	Superseded bool
	// Linked is true when the region itself asserts that the record is of the same
	// person as another one of its answer.
	Linked bool
}

// String hides the person.
func (Person) String() string { return "[patient]" }

// GoString hides the person.
func (Person) GoString() string { return "[patient]" }

// People reads the patients of an answer.
func People(matched []*adapterv1.MatchedPatient) []Person {
	people := make([]Person, 0, len(matched))
	for _, m := range matched {
		replacement := number(m.GetSupersededBy())
		people = append(people, Person{
			Number:      number(m.GetNhsNumber()),
			Born:        ParseDate(m.GetBirthDate().GetOriginal(), m.GetBirthDate().GetPrecision()),
			Replacement: replacement,
			Superseded:  m.GetSuperseded() || replacement != "",
			Linked:      m.GetLinkedByRegion(),
		})
	}
	return people
}

// number drops the spaces and hyphens with which NHS numbers are written.
func number(written string) string {
	if written == "" || digits(written) {
		return written
	}
	return strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(written)
}
