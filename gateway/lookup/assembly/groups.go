package assembly

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"

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
	member int32
	group  int32 // the number of its key, where another member has it too
}

func compare(a, b member) int {
	if order := strings.Compare(a.region, b.region); order != 0 {
		return order
	}
	return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.place, b.place), strings.Compare(a.id, b.id))
}

func sameItem(a, b member) bool { return a.region == b.region && a.id == b.id }

// Add takes the items of a selection. An item without an id cannot be named.
func (g *Groups) Add(s *Selection) { g.add(s, nil) }

// addAll takes the items of all selections, but for keys that no two items share:
// nearly all are of that sort, and would only be carried along.
func (g *Groups) addAll(selections []*Selection) {
	var shared sieve
	for _, s := range selections {
		for _, i := range s.items {
			for n := range i.Ties {
				shared.note(&i.Ties[n])
			}
		}
	}
	for _, s := range selections {
		g.add(s, &shared)
	}
}

// add takes the keys that a sieve lets through; all without one.
func (g *Groups) add(s *Selection, shared *sieve) {
	for _, i := range s.items {
		if i.ID == "" {
			continue
		}
		before := len(g.ties)
		for n := range i.Ties {
			if tie := &i.Ties[n]; shared == nil || shared.passes(tie) {
				g.ties = append(g.ties, tied{Tie: *tie, member: int32(len(g.members))})
			}
		}
		if len(g.ties) > before {
			g.members = append(g.members, member{region: s.region, id: i.ID, field: i.Field, place: i.Place})
		}
	}
}

// sieve lets every key through that was noted more than once, and few others.
type sieve struct{ once, again [64]uint64 }

func (s *sieve) note(tie *part.Tie) {
	word, bit := place(tie)
	s.again[word] |= s.once[word] & bit
	s.once[word] |= bit
}

func (s *sieve) passes(tie *part.Tie) bool {
	word, bit := place(tie)
	return s.again[word]&bit != 0
}

// place is a key's bit. Keys are hashes: any of their bytes will do.
func place(tie *part.Tie) (word int, bit uint64) {
	return int(tie.Key[4] % 64), 1 << (tie.Key[5] % 64)
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
	groups := g.found()
	messages := make([]*lhcrv1.EquivalenceGroup, 0, len(groups))
	for _, x := range groups {
		messages = append(messages, x.message())
	}
	return messages
}

// append appends the same encoded, each with its tag and length.
func (g *Groups) append(b []byte, field protowire.Number) []byte {
	groups, size := g.found(), 0
	for _, x := range groups {
		size += framedSize(field, x.size())
	}
	b = slices.Grow(b, size)
	for _, x := range groups {
		b = protowire.AppendVarint(protowire.AppendTag(b, field, protowire.BytesType), uint64(x.size()))
		b = x.append(b)
	}
	return b
}

func (g *Groups) found() []group {
	counts, total := g.number()
	groups, room := make([]group, len(counts)), make([]member, total)
	for n, count := range counts {
		groups[n].members, room = room[:0:count], room[count:]
	}
	for _, tie := range g.ties {
		if tie.group > 0 {
			x := &groups[tie.group-1]
			x.basis, x.members = tie.Basis, append(x.members, g.members[tie.member])
		}
	}
	for n := range groups {
		groups[n].members = distinct(groups[n].members)
	}
	groups = slices.DeleteFunc(groups, func(x group) bool { return len(x.members) < 2 })
	slices.SortFunc(groups, compareGroups)
	return slices.CompactFunc(groups, func(a, b group) bool { return compareGroups(a, b) == 0 })
}

// number gives the ties of each key that several members have the key's number, and
// counts them, by number and in all. Keys are hashes, and here serve as such.
func (g *Groups) number() (counts []int, total int) {
	if len(g.ties) == 0 {
		return nil, 0
	}
	table := make([]int32, 1<<bits.Len(uint(2*len(g.ties)))) // of a key's first tie, its place plus one
	mask := uint32(len(table) - 1)
	for i := range g.ties {
		tie := &g.ties[i]
		tie.group = 0
		at := binary.LittleEndian.Uint32(tie.Key[:]) & mask
		for table[at] != 0 && g.ties[table[at]-1].Tie != tie.Tie {
			at = (at + 1) & mask
		}
		if table[at] == 0 {
			table[at] = int32(i + 1)
			continue
		}
		first := &g.ties[table[at]-1]
		if first.group == 0 {
			counts, total = append(counts, 1), total+1
			first.group = int32(len(counts))
		}
		tie.group = first.group
		counts[tie.group-1]++
		total++
	}
	return counts, total
}

// distinct are the different items of one key, in order. Most often they come so.
func distinct(members []member) []member {
	if !slices.IsSortedFunc(members, compare) {
		slices.SortFunc(members, compare)
	}
	if len(members) > few {
		slices.SortStableFunc(members, byItem)
		members = slices.CompactFunc(members, sameItem)
		slices.SortFunc(members, compare)
		return members
	}
	kept := members[:0]
	for _, m := range members {
		if !slices.ContainsFunc(kept, func(k member) bool { return sameItem(k, m) }) {
			kept = append(kept, m)
		}
	}
	return kept
}

// few are so few that looking through them beats putting them in order.
const few = 16

func byItem(a, b member) int {
	return cmp.Or(cmp.Compare(a.region, b.region), cmp.Compare(a.id, b.id))
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

// The fields of EquivalenceGroup and ItemRef.
const (
	groupItemsField protowire.Number = 1
	groupBasisField protowire.Number = 2
	refRegionField  protowire.Number = 1
	refItemField    protowire.Number = 2
)

func (i member) size() int {
	return framedSize(refRegionField, len(i.region)) + framedSize(refItemField, len(i.id))
}

func (x group) size() int {
	n := protowire.SizeTag(groupBasisField) + protowire.SizeVarint(uint64(x.basis))
	for _, i := range x.members {
		n += framedSize(groupItemsField, i.size())
	}
	return n
}

func (x group) append(b []byte) []byte {
	for _, i := range x.members {
		b = protowire.AppendVarint(protowire.AppendTag(b, groupItemsField, protowire.BytesType), uint64(i.size()))
		b = protowire.AppendString(protowire.AppendTag(b, refRegionField, protowire.BytesType), i.region)
		b = protowire.AppendString(protowire.AppendTag(b, refItemField, protowire.BytesType), i.id)
	}
	return protowire.AppendVarint(protowire.AppendTag(b, groupBasisField, protowire.VarintType), uint64(x.basis))
}
