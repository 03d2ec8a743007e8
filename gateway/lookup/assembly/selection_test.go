package assembly_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

const (
	allergies = lhcrv1.Section_SECTION_ALLERGIES
	problems  = lhcrv1.Section_SECTION_PROBLEMS
	returned  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
)

var at = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

// item is a problem as it stands in a part.
func item(t *testing.T, region, id string, place uint32, ties ...part.Tie) part.Item {
	t.Helper()
	encoded, err := proto.Marshal(&lhcrv1.Record{Problems: []*lhcrv1.Problem{{Header: &lhcrv1.ItemHeader{ItemId: id, RegionId: region}}}})
	if err != nil {
		t.Fatal(err)
	}
	return part.Item{Field: 11, Place: place, ID: id, Sections: []lhcrv1.Section{problems}, Ties: ties, Encoded: encoded}
}

func tie(basis lhcrv1.EquivalenceBasis, key string) part.Tie {
	k := part.Tie{Basis: basis}
	copy(k.Key[:], key)
	return k
}

// partOf is a part of problems with items.
func partOf(t *testing.T, region string, items ...part.Item) *part.Part {
	t.Helper()
	p := part.OfOutcome(&lhcrv1.SectionOutcome{RegionId: region, Section: problems, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED})
	p.Status, p.Items = returned, items
	return p
}

func read[M proto.Message](t *testing.T, sent M) M {
	t.Helper()
	b, err := proto.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	got := sent.ProtoReflect().New().Interface().(M)
	if err := proto.Unmarshal(b, got); err != nil {
		t.Fatal(err)
	}
	return got
}

// record is an answer as a message that carries its bytes.
func record(selections []*assembly.Selection, requestID string, at time.Time) (*lhcrv1.GetRecordResponse, error) {
	answer, err := assembly.Record(selections, requestID, at)
	if err != nil {
		return nil, err
	}
	return answer.Message(), nil
}

func TestItemsThatDifferInAnythingAreBothDelivered(t *testing.T) {
	shared := item(t, "dorset", "p1", 0)
	shared.Sections = []lhcrv1.Section{problems, allergies}
	amended := shared
	amended.Encoded = item(t, "elsewhere", "p1", 0).Encoded
	tests := map[string]struct {
		underAllergies, underProblems []part.Item
		want                          int
	}{
		"the same twice in two parts": {[]part.Item{shared}, []part.Item{shared}, 1},
		"amended in between":          {[]part.Item{shared}, []part.Item{amended}, 2},
		"sent twice":                  {[]part.Item{shared, shared}, []part.Item{shared, shared}, 2},
		"in one part only":            {nil, []part.Item{shared}, 1},
	}
	for name, test := range tests {
		other := partOf(t, "dorset", test.underAllergies...)
		other.Section = allergies
		selection := assembly.Select(assembly.Region{ID: "dorset", Parts: []*part.Part{partOf(t, "dorset", test.underProblems...), other}})
		res, err := record([]*assembly.Selection{selection}, "", at)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(read(t, res).GetRecord().GetProblems()); got != test.want {
			t.Errorf("%s: %d items are delivered, want %d", name, got, test.want)
		}
	}
}

// What was withheld from the parts is named by nothing that is delivered.
func TestNothingPointsAtWhatIsNotSelected(t *testing.T) {
	link := func(from, to, unresolved string) part.Link {
		b, err := proto.Marshal(&lhcrv1.ItemLink{FromItemId: from, ToItemId: to, Unresolved: unresolved})
		if err != nil {
			t.Fatal(err)
		}
		return part.Link{From: from, To: to, Encoded: b}
	}
	source := func(id string) part.Source {
		b, err := proto.Marshal(&lhcrv1.SourceResource{ItemId: id, Content: []byte(id)})
		if err != nil {
			t.Fatal(err)
		}
		return part.Source{ItemID: id, Encoded: b}
	}
	course := func(root string, needs ...string) part.Item {
		b, err := proto.Marshal(&lhcrv1.Record{MedicationCourses: []*lhcrv1.MedicationCourse{{RootItemId: root, Display: "a medicine"}}})
		if err != nil {
			t.Fatal(err)
		}
		return part.Item{Field: 101, Sections: []lhcrv1.Section{problems}, Needs: needs, Encoded: b}
	}
	p := partOf(t, "dorset", item(t, "dorset", "p1", 0), item(t, "dorset", "p2", 1), course("p1", "p1", "p2"), course("withheld", "p1", "withheld"))
	p.Links = []part.Link{link("p1", "p2", ""), link("p1", "withheld", ""), link("withheld", "p1", ""), link("p2", "", "a sentence")}
	p.Sources = []part.Source{source("p2"), source("withheld")}
	res, err := record([]*assembly.Selection{assembly.Select(assembly.Region{ID: "dorset", Parts: []*part.Part{p}})}, "", at)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, res)
	wantLinks := []*lhcrv1.ItemLink{{FromItemId: "p1", ToItemId: "p2"}, {FromItemId: "p2", Unresolved: "a sentence"}}
	if diff := cmp.Diff(wantLinks, got.GetLinks(), protocmp.Transform()); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if len(got.GetSources()) != 1 || got.GetSources()[0].GetItemId() != "p2" {
		t.Errorf("%d sources, want that of p2", len(got.GetSources()))
	}
	if courses := got.GetRecord().GetMedicationCourses(); len(courses) != 1 || courses[0].GetRootItemId() != "p1" {
		t.Errorf("%d courses, want the one whose items are there", len(courses))
	}
	if strings.Contains(got.String(), "withheld") {
		t.Error("the answer names what was withheld")
	}
}

// Nothing looks into an item after the fetch: what is no message passes as it came.
func TestAssemblyPassesItemsUnread(t *testing.T) {
	nonsense := protowire.AppendBytes(protowire.AppendTag(nil, 11, protowire.BytesType), []byte{0xff, 0xff, 0xff})
	p := partOf(t, "dorset", part.Item{Field: 11, ID: "p1", Sections: []lhcrv1.Section{problems}, Encoded: nonsense})
	selection := assembly.Select(assembly.Region{ID: "dorset", Parts: []*part.Part{p}})
	res, err := record([]*assembly.Selection{selection}, "", at)
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]proto.Message{"record": res, "part": assembly.Chunks(selection)[0]} {
		b, err := proto.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), string(nonsense)) {
			t.Errorf("the %s does not hold the item's bytes as they came", name)
		}
	}
}

func TestAReportOfOneAnswerCountsOnce(t *testing.T) {
	reported := func(count uint32) []byte {
		b, err := proto.Marshal(&lhcrv1.RegionReport{Reported: []*lhcrv1.ReportedResources{{SourceType: "Device", Count: count}}})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	about, err := proto.Marshal(&lhcrv1.RegionReport{RegionId: "dorset", Name: "Dorset", Notes: []string{"a note"}})
	if err != nil {
		t.Fatal(err)
	}
	var parts []*part.Part
	for n, count := range []uint32{3, 3, 4} {
		p := partOf(t, "dorset")
		p.Section, p.Report = lhcrv1.Section(n+1), reported(count)
		parts = append(parts, p)
	}
	res, err := record([]*assembly.Selection{assembly.Select(assembly.Region{ID: "dorset", About: about, Parts: parts})}, "r1", at)
	if err != nil {
		t.Fatal(err)
	}
	want := []*lhcrv1.RegionReport{{RegionId: "dorset", Name: "Dorset", Notes: []string{"a note"}, Reported: []*lhcrv1.ReportedResources{
		{SourceType: "Device", Count: 3}, {SourceType: "Device", Count: 4},
	}}}
	if diff := cmp.Diff(want, read(t, res).GetRegions(), protocmp.Transform()); diff != "" {
		t.Errorf("reports (-want +got):\n%s", diff)
	}
}
