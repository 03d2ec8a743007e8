package yorkshire_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/yorkshire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// The sandbox's patients that these tests speak of.
var (
	carol    = adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"}
	margaret = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"} // one provider always fails for medicines
	maeve    = adaptertest.Patient{NHSNumber: "9990002738", DateOfBirth: "1994-01-05"} // is held in Dorset only
)

func TestAdapter(t *testing.T) {
	sys := system(t)
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return adapter(t, sys) },
		Caller: lend.Pharmacist(),
		Held:   margaret, Another: carol, NotHeld: maeve,
		Sections: []lhcrv1.Section{
			lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_ALERTS,
			lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_VACCINATIONS,
		},
		Broken:   lhcrv1.Section_SECTION_ALLERGIES,
		Fault:    lend.Fault(sys, margaret.NHSNumber, "AllergyIntolerance"),
		Faults:   adaptertest.Expectations(),
		Document: &adaptertest.Document{Patient: margaret, MediaType: "application/pdf", Content: binary(t)},
		Canaries: []string{"Margaret", "Ashdown", "MARGARET", "ASHDOWN", "127.0.0.1"},
	})
}

// binary is the content of the only document that the sandbox has of margaret in Yorkshire.
func binary(t *testing.T) []byte {
	t.Helper()
	patients, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	var bundle struct {
		Entry []struct {
			Resource struct {
				ResourceType string `json:"resourceType"`
				Content      any    `json:"content"`
			} `json:"resource"`
		} `json:"entry"`
	}
	for _, p := range patients {
		if p.NHSNumber == margaret.NHSNumber {
			if err := json.Unmarshal(p.Bundle(yorkshire.ID), &bundle); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, e := range bundle.Entry {
		if encoded, ok := e.Resource.Content.(string); ok && e.Resource.ResourceType == "Binary" {
			content, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				t.Fatal(err)
			}
			return content
		}
	}
	t.Fatal("the sandbox has no document of margaret")
	return nil
}

func system(t *testing.T) *sandbox.System {
	t.Helper()
	return lend.System(t, yorkshire.ID)
}

func adapter(t *testing.T, sys *sandbox.System) adapters.Adapter {
	t.Helper()
	return lend.Adapter(t, yorkshire.Entry(), sys.Access())
}
