package definition

import (
	"fmt"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Name is a name that users know and that stands for several regions: it is no system
// of its own. Field comments are the documentation of its YAML.
type Name struct {
	// ID of the name: lower-case letters, digits and hyphens. Required.
	ID string `yaml:"id"`
	// Name as users know it. Required.
	Name string `yaml:"name"`
	// Description in a sentence or two. Required.
	Description string `yaml:"description"`
	// ExpandsTo are the ids of the regions that it stands for. At least one.
	ExpandsTo []string `yaml:"expands_to"`
	// Claims are what this file says, each with how sure it is. At least one.
	Claims []Claim `yaml:"claims"`
	// PharmaceuticalCommittees are the Local Pharmaceutical Committees that lie under the name.
	PharmaceuticalCommittees []string `yaml:"pharmaceutical_committees"`
	// IntegratedCareBoards are the boards that lie under it, by ODS code.
	IntegratedCareBoards []string `yaml:"integrated_care_boards"`
	// Notes are whatever else users should know.
	Notes []string `yaml:"notes"`
}

// ParseName reads a name. Its error names, for each thing that is wrong, key and line.
func ParseName(source []byte) (*Name, error) {
	n := &Name{}
	if err := parse(source, n); err != nil {
		return nil, err
	}
	return n, nil
}

// MustParseName reads a name that is built into the binary. It panics where ParseName
// fails, so that a broken one cannot get past the first start.
func MustParseName(source []byte) *Name {
	n, err := ParseName(source)
	if err != nil {
		panic(err)
	}
	return n
}

func (n *Name) problems() []problem {
	c := &checks{}
	c.must(regionID.MatchString(n.ID), "id", "want lower-case letters, digits and hyphens")
	c.must(n.Name != "", "name", "is required")
	c.must(n.Description != "", "description", "is required")
	c.must(len(n.ExpandsTo) > 0, "expands_to", "want at least one region")
	seen := map[string]bool{n.ID: true}
	for i, id := range n.ExpandsTo {
		at := fmt.Sprintf("expands_to/%d", i+1)
		c.must(regionID.MatchString(id), at, "want the id of a region")
		c.must(!seen[id], at, "is there already, or is the name itself")
		seen[id] = true
	}
	checkClaims(c, n.Claims)
	checkBoards(c, n.IntegratedCareBoards)
	return c.found
}

// Entry is the name for a registry. Its New is nil: there is nothing to connect to.
func (n *Name) Entry() adapters.Entry { return adapters.Entry{ID: n.ID, Describe: n.Describe} }

// Describe is the name in the contract's words. It gives no section and needs no address.
func (n *Name) Describe() *adapterv1.DescribeResponse {
	return &adapterv1.DescribeResponse{Region: &lhcrv1.Region{
		RegionId: n.ID, Name: n.Name, Description: n.Description, ExpandsTo: n.ExpandsTo,
		Certainty: certaintyOf(n.Claims), Claims: described(n.Claims), Notes: n.Notes,
		PharmaceuticalCommittees: n.PharmaceuticalCommittees, IntegratedCareBoards: n.IntegratedCareBoards,
	}}
}
