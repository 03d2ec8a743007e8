package assembly_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
)

func TestGroupsTieDifferentItemsOnce(t *testing.T) {
	const id, code = lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_BUSINESS_IDENTIFIER, lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_CODE_DATE_AND_SOURCE
	selected := func(region string, items ...part.Item) *assembly.Selection {
		return assembly.Select(assembly.Region{ID: region, Parts: []*part.Part{partOf(t, region, items...)}})
	}
	ref := func(region, item string) *lhcrv1.ItemRef { return &lhcrv1.ItemRef{RegionId: region, ItemId: item} }
	a := func(region, itemID string, place uint32, ties ...part.Tie) part.Item {
		return item(t, region, itemID, place, ties...)
	}
	tests := map[string]struct {
		selections []*assembly.Selection
		want       []*lhcrv1.EquivalenceGroup
	}{
		"nothing in common": {
			[]*assembly.Selection{selected("a", a("a", "1", 0, tie(id, "x"))), selected("b", a("b", "1", 0, tie(id, "y")))}, nil,
		},
		"across regions, whichever lands first": {
			[]*assembly.Selection{selected("b", a("b", "1", 0, tie(id, "x"))), selected("a", a("a", "1", 0, tie(id, "x")))},
			[]*lhcrv1.EquivalenceGroup{{Basis: id, Items: []*lhcrv1.ItemRef{ref("a", "1"), ref("b", "1")}}},
		},
		"within a region, as sent": {
			[]*assembly.Selection{selected("a", a("a", "z", 0, tie(id, "x")), a("a", "b", 1, tie(id, "x")))},
			[]*lhcrv1.EquivalenceGroup{{Basis: id, Items: []*lhcrv1.ItemRef{ref("a", "z"), ref("a", "b")}}},
		},
		"one item sent twice": {
			[]*assembly.Selection{selected("a", a("a", "1", 0, tie(id, "x")), a("a", "1", 1, tie(id, "x")))}, nil,
		},
		"one item sent twice, another between": {
			[]*assembly.Selection{selected("a", a("a", "1", 0, tie(id, "x")), a("a", "2", 1, tie(id, "x")), a("a", "1", 2, tie(id, "x")))},
			[]*lhcrv1.EquivalenceGroup{{Basis: id, Items: []*lhcrv1.ItemRef{ref("a", "1"), ref("a", "2")}}},
		},
		"two keys, the same items": {
			[]*assembly.Selection{selected("a", a("a", "1", 0, tie(code, "x"), tie(code, "y")), a("a", "2", 1, tie(code, "y"), tie(code, "x")))},
			[]*lhcrv1.EquivalenceGroup{{Basis: code, Items: []*lhcrv1.ItemRef{ref("a", "1"), ref("a", "2")}}},
		},
		"two bases, the same items": {
			[]*assembly.Selection{selected("a", a("a", "1", 0, tie(code, "x"), tie(id, "x")), a("a", "2", 1, tie(id, "x"), tie(code, "x")))},
			[]*lhcrv1.EquivalenceGroup{
				{Basis: id, Items: []*lhcrv1.ItemRef{ref("a", "1"), ref("a", "2")}}, {Basis: code, Items: []*lhcrv1.ItemRef{ref("a", "1"), ref("a", "2")}},
			},
		},
		"items without an id": {
			[]*assembly.Selection{selected("a", a("a", "", 0, tie(id, "x")), a("a", "2", 1, tie(id, "x")))}, nil,
		},
	}
	for name, test := range tests {
		var groups assembly.Groups
		for _, s := range test.selections {
			groups.Add(s)
		}
		if diff := cmp.Diff(test.want, groups.Messages(), protocmp.Transform(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		res, err := record(test.selections, "", at)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, read(t, res).GetGroups(), protocmp.Transform(), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s, in one answer (-want +got):\n%s", name, diff)
		}
	}
}

// An answer leaves keys aside that no two items share. However many there are, its
// groups are those of all keys.
func TestTheGroupsOfAnAnswerAreThoseOfAllItsKeys(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	found := 0
	for range 300 {
		var groups assembly.Groups
		var selections []*assembly.Selection
		for _, region := range []string{"dorset", "yorkshire"} {
			var items []part.Item
			for n := range r.IntN(60) {
				ties := make([]part.Tie, r.IntN(4))
				for i := range ties {
					ties[i] = hashed(lhcrv1.EquivalenceBasis(1+r.IntN(2)), r.IntN(1000))
				}
				items = append(items, item(t, region, fmt.Sprint(n), uint32(n), ties...))
			}
			s := assembly.Select(assembly.Region{ID: region, Parts: []*part.Part{partOf(t, region, items...)}})
			selections = append(selections, s)
			groups.Add(s)
		}
		res, err := record(selections, "", at)
		if err != nil {
			t.Fatal(err)
		}
		want := groups.Messages()
		if diff := cmp.Diff(want, read(t, res).GetGroups(), protocmp.Transform(), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("groups (-all keys +answer):\n%s", diff)
		}
		found += len(want)
	}
	if found < 300 {
		t.Errorf("%d groups: the test says little", found)
	}
}

// hashed is a tie whose key is a hash, as they are.
func hashed(basis lhcrv1.EquivalenceBasis, n int) part.Tie {
	sum := sha256.Sum256([]byte(fmt.Sprint(n)))
	return part.Tie{Basis: basis, Key: [16]byte(sum[:16])}
}
