package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
)

// Whoever asks for one section must hear of it what whoever asks for everything
// hears: an allergy that only a discharge summary names would otherwise be missing
// from an answer that looks whole.
func TestASectionAskedAloneSaysWhatItSaysOfTheWhole(t *testing.T) {
	client := supplier(t, house(t, leisurely()))
	for _, p := range everybody(t) {
		if p.Slug == "tomasz" {
			continue // twenty years of results: no kind of item that others have not
		}
		whole := timeless(mustLookup(t, client, pastCache(everything(p))).Unguarded())
		for number := range lhcrv1.Section_name {
			section := lhcrv1.Section(number)
			if number == 0 {
				continue
			}
			t.Run(p.Slug+" "+section.String(), func(t *testing.T) {
				q := pastCache(everything(p))
				q.Sections = []lhcrv1.Section{section}
				want, got := under(whole, section), under(timeless(mustLookup(t, client, q).Unguarded()), section)
				if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
					t.Errorf("alone it says something else (-of the whole +alone):\n%s", diff)
				}
			})
		}
	}
}

func pastCache(q sdk.Query) sdk.Query {
	q.Freshness = sdk.PastCache()
	return q
}

// told is what an answer tells of one section: its outcomes' statuses and
// narratives, and which items stand under it.
type told struct {
	Outcomes []*lhcrv1.SectionOutcome
	Items    []string
}

func under(answer *lhcrv1.GetRecordResponse, section lhcrv1.Section) told {
	var t told
	for _, o := range answer.GetOutcomes() {
		if o.GetSection() == section {
			t.Outcomes = append(t.Outcomes, proto.CloneOf(o))
		}
	}
	answer.GetRecord().ProtoReflect().Range(func(_ protoreflect.FieldDescriptor, list protoreflect.Value) bool {
		for i := range list.List().Len() {
			item, ok := list.List().Get(i).Message().Interface().(sdk.Item)
			if !ok {
				continue // a course of medication, which has no header
			}
			if h := item.GetHeader(); h.GetSection() == section || slices.Contains(h.GetAlsoUnder(), section) {
				t.Items = append(t.Items, h.GetRegionId()+" "+h.GetItemId())
			}
		}
		return true
	})
	slices.Sort(t.Items)
	return t
}
