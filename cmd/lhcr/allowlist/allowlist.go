// Package allowlist writes the addresses that regions need in the forms that whoever keeps
// an allow-list takes, reads a list that was saved, and says what has changed since.
package allowlist

import (
	"cmp"
	"slices"
	"strconv"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// columns are the headings of a list, in their order. They stay as they are: others read
// them. A new one goes to the end.
var columns = [...]string{"region", "host", "port", "protocol", "network", "direction", "purpose"}

// row is an address under those headings.
func row(e *lhcrv1.NetworkEndpoint) []string {
	return []string{
		e.GetRegionId(), e.GetHost(), strconv.FormatUint(uint64(e.GetPort()), 10), e.GetProtocol(), e.GetNetwork(), e.GetDirection(), e.GetPurpose(),
	}
}

// Changes are the differences between two lists, each sorted as a list is.
type Changes struct {
	// Added stand in the later list alone, Removed in the former.
	Added, Removed []*lhcrv1.NetworkEndpoint
	// Changed are addresses of both, with another network, protocol or direction.
	Changed []Change
}

// Change is one address before and after.
type Change struct{ Before, After *lhcrv1.NetworkEndpoint }

// None says whether the lists are alike.
func (c Changes) None() bool { return len(c.Added)+len(c.Removed)+len(c.Changed) == 0 }

// key is what makes an address the same one in two lists.
type key struct {
	region, host string
	port         uint32
	purpose      string
}

func keyOf(e *lhcrv1.NetworkEndpoint) key {
	return key{e.GetRegionId(), e.GetHost(), e.GetPort(), e.GetPurpose()}
}

// Compare says what has changed from a former list to a later one. Where regions are
// named, the former list is looked at for these alone.
func Compare(former, later []*lhcrv1.NetworkEndpoint, regions ...string) Changes {
	former = sorted(slices.DeleteFunc(slices.Clone(former), func(e *lhcrv1.NetworkEndpoint) bool {
		return len(regions) > 0 && !slices.Contains(regions, e.GetRegionId())
	}))
	later = sorted(slices.Clone(later))
	was, is := byKey(former), byKey(later)
	var c Changes
	for _, e := range later {
		before, known := was[keyOf(e)]
		switch {
		case !known:
			c.Added = append(c.Added, e)
		case !slices.Equal(row(before), row(e)):
			c.Changed = append(c.Changed, Change{before, e})
		}
	}
	for _, e := range former {
		if _, stays := is[keyOf(e)]; !stays {
			c.Removed = append(c.Removed, e)
		}
	}
	return c
}

func byKey(list []*lhcrv1.NetworkEndpoint) map[key]*lhcrv1.NetworkEndpoint {
	index := make(map[key]*lhcrv1.NetworkEndpoint, len(list))
	for _, e := range list {
		index[keyOf(e)] = e
	}
	return index
}

func sorted(list []*lhcrv1.NetworkEndpoint) []*lhcrv1.NetworkEndpoint {
	slices.SortFunc(list, func(a, b *lhcrv1.NetworkEndpoint) int {
		return cmp.Or(
			cmp.Compare(a.GetRegionId(), b.GetRegionId()), cmp.Compare(a.GetHost(), b.GetHost()), cmp.Compare(a.GetPort(), b.GetPort()),
			cmp.Compare(a.GetPurpose(), b.GetPurpose()), cmp.Compare(a.GetProtocol(), b.GetProtocol()),
		)
	})
	return list
}
