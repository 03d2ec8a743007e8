package exampleshire_test

import (
	"os"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
	"github.com/openlhcr/openlhcr/docs/examples/exampleshire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// A simulated Graphnet plays Exampleshire: a region's own simulator is another line there.
const simulated = "thames-valley-surrey"

func TestARegionOfAKnownProtocolKeepsEveryPromise(t *testing.T) {
	sys := lend.System(t, simulated)
	held := adaptertest.Patient{NHSNumber: "9990004013", DateOfBirth: "1955-06-21"}
	adaptertest.Run(t, adaptertest.Subject{
		New:     func(t *testing.T) adapters.Adapter { return lend.Adapter(t, exampleshire.Entry(), sys.Access()) },
		Caller:  lend.Pharmacist(),
		Held:    held,
		Another: adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"},
		NotHeld: adaptertest.Patient{NHSNumber: "9990004110", DateOfBirth: "1982-09-14"},
		Sections: []lhcrv1.Section{
			lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_VACCINATIONS,
		},
		Broken: lhcrv1.Section_SECTION_ALLERGIES,
		Fault:  lend.Fault(sys, held.NHSNumber, "AllergyIntolerance"),
		Faults: adaptertest.Expectations(),
	})
}

func TestTheGuideShowsThisRegion(t *testing.T) {
	guide, err := os.ReadFile("../../adding-a-region.md")
	if err != nil {
		t.Fatal(err)
	}
	for file, language := range map[string]string{"exampleshire.go": "go", "region.yaml": "yaml"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(guide), "```"+language+"\n"+string(content)+"```\n") {
			t.Errorf("docs/adding-a-region.md shows another %s than the one that is tested", file)
		}
	}
}
