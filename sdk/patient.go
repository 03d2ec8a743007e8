package sdk

import (
	"regexp"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// Patient names the patient whose record is asked for. It prints as nothing, so
// that no log takes it up by accident.
type Patient struct {
	// NHSNumber is required: ten digits, with or without the customary spaces. Its
	// check digit (modulus 11) is tried before anything is sent.
	NHSNumber string
	// DateOfBirth is YYYY-MM-DD, or YYYY-MM or YYYY where no more is known. It may be
	// left out and should not be: with it, an answer about somebody else is noticed.
	DateOfBirth string
}

var dateOfBirth = regexp.MustCompile(`^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$`)

// message is the patient as sent, or what is wrong with it.
func (p Patient) message() (*lhcrv1.PatientQuery, []Violation) {
	var violations []Violation
	number, err := nhsnumber.Parse(p.NHSNumber)
	if err != nil {
		violations = append(violations, Violation{
			Field: "patient.nhs_number", Rule: "nhs_number",
			Message: "must be an NHS number: ten digits whose last is the modulus 11 check digit; check it with the patient",
		})
	}
	if p.DateOfBirth != "" && !dateOfBirth.MatchString(p.DateOfBirth) {
		violations = append(violations, Violation{
			Field: "patient.date_of_birth", Rule: "date_of_birth",
			Message: "must be a date of birth written YYYY-MM-DD, YYYY-MM or YYYY, or be left out",
		})
	}
	if violations != nil {
		return nil, violations
	}
	return &lhcrv1.PatientQuery{NhsNumber: number.Reveal(), DateOfBirth: p.DateOfBirth}, nil
}
