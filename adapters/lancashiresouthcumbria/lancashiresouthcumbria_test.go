package lancashiresouthcumbria_test

import (
	"slices"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/lancashiresouthcumbria"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	margaret = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"}
	farida   = adaptertest.Patient{NHSNumber: "9990001847", DateOfBirth: "1988-04-27"}
	brian    = adaptertest.Patient{NHSNumber: "9990001502", DateOfBirth: "1939-05-23"}
	una      = adaptertest.Patient{NHSNumber: "9990003548", DateOfBirth: "1965-11-25"}
	leonard  = adaptertest.Patient{NHSNumber: "9990002657", DateOfBirth: "1946-06-06"}
	walter   = adaptertest.Patient{NHSNumber: "9990003890", DateOfBirth: "1949-09-02"}
	carol    = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"} // is not held here
)

func TestAdapter(t *testing.T) {
	sys := lend.System(t, lancashiresouthcumbria.ID)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   margaret, Another: walter, NotHeld: carol,
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_FORMULATION},
		Broken:   lhcrv1.Section_SECTION_ALLERGIES,
		Fault:    lend.Fault(sys, margaret.NHSNumber, "Binary"),
		Faults:   faults(),
		Document: &adaptertest.Document{Patient: margaret, MediaType: "text/xml", Content: summary(t)},
		Canaries: []string{"Margaret", "Ashdown", "MARGARET", "ASHDOWN", "127.0.0.1"},
	})
}

// faults are the usual ones as they show in this protocol, and its own. There is no token and no
// paging; a registry answers 200 when it failed as a whole, which is a region without an answer;
// another patient's document is not the one that is listed, by its hash.
func faults() []adaptertest.Expectation {
	const (
		invalid     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
		unavailable = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
		malformed   = lhcrv1.GapKind_GAP_KIND_MALFORMED
		failed      = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
	)
	usual := slices.DeleteFunc(adaptertest.Expectations(), func(e adaptertest.Expectation) bool {
		return e.Name == "endless-paging" || len(e.Name) > 5 && e.Name[:5] == "token" || e.Name == "error-in-200" || e.Name == "wrong-patient" && !e.Whole
	})
	return append(usual,
		adaptertest.Expectation{Name: "error-in-200", Status: unavailable, Gap: failed},
		adaptertest.Expectation{Name: "error-in-200", Whole: true, Status: unavailable, Gap: failed},
		adaptertest.Expectation{Name: "wrong-patient", Status: invalid, Gap: malformed},
		adaptertest.Expectation{Name: "soap-fault", Status: unavailable, Gap: failed},
		adaptertest.Expectation{Name: "soap-fault", Whole: true, Status: unavailable, Gap: failed},
		adaptertest.Expectation{Name: "missing-part", Status: invalid, Gap: malformed},
		adaptertest.Expectation{Name: "wrong-hash", Status: invalid, Gap: malformed},
		adaptertest.Expectation{Name: "truncated-multipart", Status: invalid, Gap: malformed},
	)
}

// summary is the first document that the region lists for margaret.
func summary(t *testing.T) []byte {
	t.Helper()
	everybody, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(everybody, func(p sandbox.Patient) bool { return p.NHSNumber == margaret.NHSNumber })
	folder, err := documents.Of(everybody[i], lancashiresouthcumbria.ID)
	if err != nil {
		t.Fatal(err)
	}
	return folder.Documents[0].Content
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, lancashiresouthcumbria.Entry(), sys.Access())
}
