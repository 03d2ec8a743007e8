package scr_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/scr"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The sandbox's patients that these tests speak of.
var (
	margaret = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"} // permits
	hugh     = adaptertest.Patient{NHSNumber: "9990002142", DateOfBirth: "1951-09-09"} // permits
	carol    = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"} // wants to be asked
	maeve    = adaptertest.Patient{NHSNumber: "9990002738", DateOfBirth: "1994-01-05"} // refuses
	edwin    = adaptertest.Patient{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"} // is answered with another's record
	dennis   = adaptertest.Patient{NHSNumber: "9990001413", DateOfBirth: "1962-12-02"} // has no summary
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	problems    = lhcrv1.Section_SECTION_PROBLEMS
)

func TestAdapter(t *testing.T) {
	sys := lend.System(t, scr.ID)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return lend.Adapter(t, scr.Entry(), sys.Access()) },
		Caller: lend.Pharmacist(),
		Held:   margaret, Another: hugh, NotHeld: dennis, Mismatched: []adaptertest.Patient{edwin},
		Sections: []lhcrv1.Section{allergies, medications, problems, lhcrv1.Section_SECTION_FORMULATION},
		Broken:   allergies,
		Fault:    lend.Fault(sys, margaret.NHSNumber, ""),
		Faults:   everywhere(),
		Canaries: []string{"Margaret", "Ashdown", "127.0.0.1"},
	})
}

// everywhere are the faults, each of which befalls the whole: a summary is one document.
func everywhere() []adaptertest.Expectation {
	var all []adaptertest.Expectation
	for _, e := range adaptertest.Expectations() {
		switch {
		case e.Name == "endless-paging": // there are no pages
		case e.Name == "partial-in-200" && !e.Whole:
			// Sections whose text came are given beside the gap, allergies are not (rule 5).
			continue
		case !e.Whole:
			e.Whole = true
			if e.Name == "wrong-patient" {
				continue // is among those that befall everything
			}
			all = append(all, e)
		case e.Name == "reset", e.Name == "403", e.Name == adaptertest.Hang, e.Name == "garbage", e.Name == "error-in-200":
			continue // the same as the one above
		default:
			all = append(all, e)
		}
	}
	for i := range all {
		if all[i].Name == "403" { // it is about the patient's permission, not about us
			all[i].Status, all[i].Gap = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD, lhcrv1.GapKind_GAP_KIND_WITHHELD
		}
	}
	return all
}
