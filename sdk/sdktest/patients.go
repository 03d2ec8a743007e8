package sdktest

import (
	"fmt"
	"slices"

	"github.com/openlhcr/openlhcr/sdk"
)

// Patient is a synthetic patient. All names are invented, and the NHS numbers begin
// with 999, the range kept for tests.
type Patient struct {
	// Slug is a short name, for tests.
	Slug string `json:"slug"`
	// NHSNumber is the NHS number, ten digits.
	NHSNumber string `json:"nhs_number"`
	// DateOfBirth is the date of birth, YYYY-MM-DD.
	DateOfBirth string `json:"date_of_birth"`
	// Name is the name.
	Name string `json:"name"`
	// Story says in one line what the patient is for.
	Story string `json:"story"`
}

// Asked is the patient as a query names them.
func (p Patient) Asked() sdk.Patient {
	return sdk.Patient{NHSNumber: p.NHSNumber, DateOfBirth: p.DateOfBirth}
}

// Patients are all patients, sorted by slug.
func Patients() []Patient { return slices.Clone(fixtures().patients) }

// ByName is the patient of a slug. It panics when there is none: that is a mistake
// in a test.
func ByName(slug string) Patient {
	for _, p := range fixtures().patients {
		if p.Slug == slug {
			return p
		}
	}
	panic(fmt.Sprintf("sdktest: there is no patient %q: Patients lists them", slug))
}
