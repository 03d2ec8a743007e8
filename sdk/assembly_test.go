package sdk_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
)

// everyList is a record with one item in each of its lists, and one in a list that
// this contract does not know.
func everyList(region string) *lhcrv1.Record {
	record := &lhcrv1.Record{}
	message := record.ProtoReflect()
	fields := message.Descriptor().Fields()
	for i := range fields.Len() {
		list := message.Mutable(fields.Get(i)).List()
		item := list.NewElement()
		if h := item.Message().Descriptor().Fields().ByName("header"); h != nil {
			item.Message().Set(h, protoreflect.ValueOfMessage(header(region, fmt.Sprint(region, i), 0).ProtoReflect()))
		}
		list.Append(item)
	}
	message.SetUnknown(protowire.AppendBytes(protowire.AppendTag(nil, 9000, protowire.BytesType), []byte(region)))
	return record
}

func whole(region string, sequence uint32, last bool, record *lhcrv1.Record) *lhcrv1.StreamRecordResponse {
	p := &lhcrv1.RegionPart{RegionId: region, Sequence: sequence, Last: last, Record: record}
	p.Links = []*lhcrv1.ItemLink{{RegionId: region, FromItemId: fmt.Sprint(sequence)}}
	p.Sources = []*lhcrv1.SourceResource{{RegionId: region, ItemId: fmt.Sprint(sequence)}}
	return &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Part{Part: p}}
}

// The record of a stream is what the merge of its parts is, in every list, those of a
// later contract included.
func TestAStreamsRecordIsTheMergeOfItsParts(t *testing.T) {
	client := connect(t, streaming(nil,
		whole("yorkshire", 0, true, everyList("yorkshire")), whole("dorset", 0, false, everyList("dorset")), whole("dorset", 1, true, everyList("dorset")), summary(3)))
	record, err := client.StreamRecord(t.Context(), testQuery()).Record()
	if err != nil {
		t.Fatal(err)
	}
	want := &lhcrv1.Record{}
	for _, region := range []string{"dorset", "dorset", "yorkshire"} {
		proto.Merge(want, everyList(region))
	}
	if diff := cmp.Diff(want, record.Unguarded().GetRecord(), protocmp.Transform()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if links, sources := len(record.Unguarded().GetLinks()), len(record.Unguarded().GetSources()); links != 3 || sources != 3 {
		t.Errorf("%d links and %d sources, want 3 of each", links, sources)
	}
}

func TestAStreamsItemsAreNotCopied(t *testing.T) {
	client := connect(t, streaming(nil, part("dorset", "a", 0, false), part("dorset", "b", 1, true), part("yorkshire", "c", 0, true), summary(3)))
	stream := client.StreamRecord(t.Context(), testQuery(allergies))
	landed := map[string]sdk.Item{}
	for region, err := range stream.Regions() {
		if err != nil {
			t.Fatal(err)
		}
		items, _ := region.Allergies().WithGaps()
		for _, item := range items {
			landed[item.GetHeader().GetItemId()] = item
		}
	}
	record, err := stream.Record()
	if err != nil {
		t.Fatal(err)
	}
	items, _ := record.Allergies().WithGaps()
	for _, item := range items {
		if landed[item.GetHeader().GetItemId()] != sdk.Item(item) {
			t.Errorf("item %s was copied", item.GetHeader().GetItemId())
		}
	}
	if len(items) != 3 {
		t.Errorf("%d items", len(items))
	}
}

func TestEveryItemIsFoundById(t *testing.T) {
	record := sdk.NewRecord(&lhcrv1.GetRecordResponse{Record: everyList("dorset")})
	fields := (&lhcrv1.Record{}).ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		hasHeader := fields.Get(i).Message().Fields().ByName("header") != nil
		if found := record.Item("dorset", fmt.Sprint("dorset", i)) != nil; found != hasHeader {
			t.Errorf("%s: found %v", fields.Get(i).Name(), found)
		}
	}
	if record.Item("yorkshire", "dorset0") != nil {
		t.Error("another region's item was found")
	}
}

// Who changes the slice that came out of a section changes nothing of the record.
func TestSectionsGiveSlicesOfTheirOwn(t *testing.T) {
	record := sdk.NewRecord(&lhcrv1.GetRecordResponse{
		Record:   &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{allergy("dorset", "a", "a"), allergy("dorset", "b", "b")}},
		Outcomes: []*lhcrv1.SectionOutcome{outcome("dorset", allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)},
	}, allergies)
	items, err := record.Allergies().Complete()
	if err != nil {
		t.Fatal(err)
	}
	items[0] = nil
	again, _ := record.Allergies().WithGaps()
	if again[0] == nil || record.Unguarded().GetRecord().GetAllergies()[0] == nil {
		t.Error("the record was changed")
	}
}

func TestARecordMayBeReadSideBySide(t *testing.T) {
	record := sdk.NewRecord(broadRecord(), broadSections...)
	done := make(chan int)
	for range 8 {
		go func() {
			found := 0
			for _, m := range []string{"dorset", "wirral"} {
				if record.Item(m, "none") != nil {
					found++
				}
			}
			done <- walkAll(record) + found
		}()
	}
	first := <-done
	for range 7 {
		if got := <-done; got != first {
			t.Errorf("read %d and %d", first, got)
		}
	}
}
