package dorset_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/dorset"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	margaret  = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"}
	carol     = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"}
	farida    = adaptertest.Patient{NHSNumber: "9990001847", DateOfBirth: "1988-04-27"} // has documents
	edwin     = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	gwenOld   = adaptertest.Patient{NHSNumber: "9990001928", DateOfBirth: "1930-02-14"} // has another number today
	yorkshire = adaptertest.Patient{NHSNumber: "9990001413", DateOfBirth: "1962-12-02"} // is held in Yorkshire only
)

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   margaret, Another: carol, NotHeld: yorkshire,
		Mismatched: []adaptertest.Patient{edwin, gwenOld},
		Sections: []lhcrv1.Section{
			lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS,
			lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_FORMULATION,
		},
		Broken:   lhcrv1.Section_SECTION_ALLERGIES,
		Fault:    lend.Fault(sys, margaret.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Document: &adaptertest.Document{Patient: farida, MediaType: "text/plain", Content: []byte("Thyroid clinic letter. Dose unchanged.\n")},
		Canaries: []string{"Margaret", "Ashdown", "MARGARET", "ASHDOWN", "127.0.0.1"},
	})
}

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, dorset.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, dorset.Entry(), sys.Access())
}
