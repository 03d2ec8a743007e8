package definition_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/definition"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
)

const names = `id: bothshires
name: Both Shires
description: Two records that are not joined up.
expands_to: [smallshire, furthershire]
claims:
  - {subject: systems, statement: There are two., certainty: reported, source: a public page}
pharmaceutical_committees: [Community Pharmacy Both Shires]
integrated_care_boards: [QXX]
notes: [They are not joined up.]
`

func TestNameIsDescribed(t *testing.T) {
	n, err := definition.ParseName([]byte(names))
	if err != nil {
		t.Fatal(err)
	}
	entry := n.Entry()
	if entry.ID != "bothshires" || entry.New != nil {
		t.Errorf("entry %q, which can be connected to: %v", entry.ID, entry.New != nil)
	}
	want := &adapterv1.DescribeResponse{Region: &lhcrv1.Region{
		RegionId: "bothshires", Name: "Both Shires", Description: "Two records that are not joined up.",
		ExpandsTo: []string{"smallshire", "furthershire"}, Certainty: lhcrv1.Certainty_CERTAINTY_REPORTED,
		Claims:                   []*lhcrv1.RegionClaim{{Subject: "systems", Statement: "There are two.", Certainty: lhcrv1.Certainty_CERTAINTY_REPORTED, Source: "a public page"}},
		PharmaceuticalCommittees: []string{"Community Pharmacy Both Shires"}, IntegratedCareBoards: []string{"QXX"},
		Notes: []string{"They are not joined up."},
	}}
	if diff := cmp.Diff(want, entry.Describe(), protocmp.Transform()); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
}

func TestWhatIsWrongInANameIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ old, changed, want string }{
		"an unknown key":         {"notes:", "remarks:", `line 9: unknown field "remarks"`},
		"a bad id":               {"id: bothshires", "id: Both Shires", "line 1: id: want lower-case"},
		"no name":                {"name: Both Shires", `name: ""`, "line 2: name: is required"},
		"no description":         {"description: Two records that are not joined up.\n", "", "description: is required"},
		"nothing":                {"[smallshire, furthershire]", "[]", "line 4: expands_to: want at least one region"},
		"itself":                 {"furthershire", "bothshires", "line 4: expands_to.2: is there already"},
		"a region twice":         {"furthershire", "smallshire", "line 4: expands_to.2: is there already"},
		"no region":              {"furthershire", "Further Shire", "line 4: expands_to.2: want the id"},
		"a claim out of nowhere": {", source: a public page", "", "claims.1.source: is required unless assumed"},
		"no board":               {"[QXX]", "[Both]", "line 8: integrated_care_boards.1"},
		"no YAML":                {"id: bothshires", "\tid: [", "line 1:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := definition.ParseName([]byte(strings.Replace(names, c.old, c.changed, 1)))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v\nwant it to hold %q", err, c.want)
			}
		})
	}
}

func FuzzName(f *testing.F) {
	f.Add([]byte(names))
	f.Add([]byte("expands_to: {a: b}"))
	f.Add([]byte("claims: [*x]"))
	f.Fuzz(func(t *testing.T, source []byte) {
		n, err := definition.ParseName(source)
		if (n == nil) == (err == nil) {
			t.Fatalf("name %v, error %v", n, err)
		}
		if err == nil && len(n.Entry().Describe().GetRegion().GetExpandsTo()) == 0 {
			t.Error("a name that stands for nothing")
		}
	})
}
