package rules

import (
	"crypto/sha256"
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// item is what every item of a record is.
type item interface {
	proto.Message
	GetHeader() *lhcrv1.ItemHeader
}

// itemKey names an item within one patient.
type itemKey struct{ region, id string }

// digest stands for the content of an item, but for what comes from other resources of
// the source and is left out where a search for those failed: who took part in it, and of
// an encounter where it was and of which conditions.
type digest [sha256.Size]byte

func digestOf(i item) digest {
	own := proto.Clone(i).(item)
	if header := own.GetHeader(); header != nil {
		header.Participants = nil
	}
	if e, ok := own.(*lhcrv1.Encounter); ok {
		e.Provider, e.Locations, e.Diagnoses = nil, nil, nil
	}
	b, err := proto.MarshalOptions{Deterministic: true}.Marshal(own)
	if err != nil {
		return digest{} // equal to no item's
	}
	return sha256.Sum256(b)
}

func keyOf(i item) itemKey { return itemKey{i.GetHeader().GetRegionId(), i.GetHeader().GetItemId()} }

// sectionsOf are the sections to which an item belongs.
func sectionsOf(i item) []lhcrv1.Section {
	return append([]lhcrv1.Section{i.GetHeader().GetSection()}, i.GetHeader().GetAlsoUnder()...)
}

// held is an item with what is worked out of it once.
type held struct {
	item
	key     itemKey
	content digest
}

// items are all items of a record.
func items(record *lhcrv1.Record) []held {
	var all []held
	record.ProtoReflect().Range(func(_ protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		for i := range v.List().Len() {
			if it, ok := v.List().Get(i).Message().Interface().(item); ok {
				all = append(all, held{it, keyOf(it), digestOf(it)})
			}
		}
		return true
	})
	return all
}

// belongs says whether an item belongs to one of the sections.
func belongs(i item, sections []lhcrv1.Section) bool {
	return slices.ContainsFunc(sectionsOf(i), func(s lhcrv1.Section) bool { return slices.Contains(sections, s) })
}
