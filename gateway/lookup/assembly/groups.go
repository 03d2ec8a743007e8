package assembly

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
)

// Groups ties the items of selections that have a key in common (contract rule 12).
// It keeps no item, only who they are. Ready to use as its zero value.
type Groups struct {
	members []member
	ties    []tied
}

// member is an item that has keys, with what puts it in order.
type member struct {
	region, id string
	field      protowire.Number
	place      uint32
}

// tied is one key of one member.
type tied struct {
	part.Tie
	member int
}

func compare(a, b member) int {
	return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.field, b.field), cmp.Compare(a.place, b.place), cmp.Compare(a.id, b.id))
}

func compareTies(a, b tied) int {
	return cmp.Or(bytes.Compare(a.Key[:], b.Key[:]), cmp.Compare(a.Basis, b.Basis))
}

func sameItem(a, b member) bool { return a.region == b.region && a.id == b.id }

// Add takes the items of a selection. An item without an id cannot be named.
func (g *Groups) Add(s *Selection) {
	g.members = slices.Grow(g.members, len(s.items))
	g.ties = slices.Grow(g.ties, 2*len(s.items))
	for _, i := range s.items {
		if i.ID == "" || len(i.Ties) == 0 {
			continue
		}
		for _, tie := range i.Ties {
			g.ties = append(g.ties, tied{tie, len(g.members)})
		}
		g.members = append(g.members, member{region: s.region, id: i.ID, field: i.Field, place: i.Place})
	}
}

// group is a group in the making.
type group struct {
	basis   lhcrv1.EquivalenceBasis
	members []member
}

// Messages are the groups of two and more different items, in the order of their
// items: by region, field and place. The same items on the same basis make one
// group, however many keys they share.
func (g *Groups) Messages() []*lhcrv1.EquivalenceGroup {
	slices.SortFunc(g.ties, compareTies)
	var groups []group
	for rest := g.ties; len(rest) > 0; {
		end := 1
		for end < len(rest) && compareTies(rest[0], rest[end]) == 0 {
			end++
		}
		if members := g.distinct(rest[:end]); len(members) > 1 {
			groups = append(groups, group{rest[0].Basis, members})
		}
		rest = rest[end:]
	}
	slices.SortFunc(groups, compareGroups)
	groups = slices.CompactFunc(groups, func(a, b group) bool { return compareGroups(a, b) == 0 })
	messages := make([]*lhcrv1.EquivalenceGroup, 0, len(groups))
	for _, x := range groups {
		messages = append(messages, x.message())
	}
	return messages
}

// distinct are the different items of one key, in order.
func (g *Groups) distinct(ties []tied) []member {
	if len(ties) == 1 {
		return nil
	}
	members := make([]member, 0, len(ties))
	for _, t := range ties {
		members = append(members, g.members[t.member])
	}
	slices.SortFunc(members, func(a, b member) int {
		return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.id, b.id), compare(a, b))
	})
	members = slices.CompactFunc(members, sameItem)
	slices.SortFunc(members, compare)
	return members
}

func compareGroups(a, b group) int {
	return cmp.Or(slices.CompareFunc(a.members, b.members, compare), cmp.Compare(a.basis, b.basis))
}

func (x group) message() *lhcrv1.EquivalenceGroup {
	m := &lhcrv1.EquivalenceGroup{Basis: x.basis}
	for _, i := range x.members {
		m.Items = append(m.Items, &lhcrv1.ItemRef{RegionId: i.region, ItemId: i.id})
	}
	return m
}
