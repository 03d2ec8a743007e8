package assembly_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	alerts       = lhcrv1.Section_SECTION_ALERTS
	assertedNone = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
)

// A mark counts in the place of what the outcome says itself.
func TestAMarkSaysHowOldAPartIs(t *testing.T) {
	said := &lhcrv1.SectionOutcome{
		RegionId: "dorset", Section: problems, Status: nothing, RetrievedAt: timestamppb.New(at.Add(time.Hour)), Age: &durationpb.Duration{Seconds: 3, Nanos: 5},
	}
	for _, age := range []time.Duration{0, 1, time.Second, 90*time.Second + 7} {
		p := part.OfOutcome(proto.CloneOf(said))
		mark := assembly.AppendRetrieved(assembly.AppendAge(nil, age), at)
		selection := assembly.Select(assembly.Region{ID: "dorset", Parts: []*part.Part{p}, Marks: [][]byte{mark}})
		want := proto.CloneOf(said)
		want.FromCache, want.Age, want.RetrievedAt = true, durationpb.New(age), timestamppb.New(at)
		res, err := record([]*assembly.Selection{selection}, "", at)
		if err != nil {
			t.Fatal(err)
		}
		for where, got := range map[string]*lhcrv1.SectionOutcome{
			"record": read(t, res).GetOutcomes()[0], "stream": read(t, assembly.Chunks(selection)[0]).GetPart().GetOutcomes()[0],
		} {
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("%v, %s (-want +got):\n%s", age, where, diff)
			}
		}
	}
}

// marks go with their parts wherever these are put.
func TestAMarkStaysWithItsPart(t *testing.T) {
	old, fresh := partOf(t, "dorset"), partOf(t, "dorset")
	old.Section, fresh.Section = problems, allergies
	selection := assembly.Select(assembly.Region{ID: "dorset", Parts: []*part.Part{old, fresh}, Marks: [][]byte{assembly.AppendAge(nil, time.Minute), nil}})
	res, err := record([]*assembly.Selection{selection}, "", at)
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, res).GetOutcomes()
	if got[0].GetFromCache() || got[1].GetAge().AsDuration() != time.Minute {
		t.Errorf("the first is %v old, the second %v", got[0].GetAge(), got[1].GetAge())
	}
}

// seen is an item of a region as it was at a time, under headings of which its own is the first.
func seen(t *testing.T, id, words string, sections ...lhcrv1.Section) part.Item {
	t.Helper()
	i := item(t, "dorset", id, 0)
	i.Sections = append([]lhcrv1.Section{problems}, sections...)
	b, err := proto.Marshal(&lhcrv1.Record{Problems: []*lhcrv1.Problem{{Header: &lhcrv1.ItemHeader{ItemId: id}, OnsetText: words}}})
	if err != nil {
		t.Fatal(err)
	}
	i.Encoded = b
	return i
}

// Of one item in parts of different age the newer version is delivered; whatever
// could be two items is delivered twice.
func TestVersionsOfDifferentAge(t *testing.T) {
	both := func(words string) part.Item { return seen(t, "x", words, alerts) }
	tests := map[string]struct {
		old, newer []part.Item // of problems, a minute before, and of alerts
		want       []string
	}{
		"unchanged":                         {[]part.Item{both("a")}, []part.Item{both("a")}, []string{"a"}},
		"amended":                           {[]part.Item{both("a")}, []part.Item{both("b")}, []string{"b"}},
		"no alert any more":                 {[]part.Item{both("a")}, nil, []string{"a"}},
		"an alert only now":                 {[]part.Item{seen(t, "x", "a")}, []part.Item{both("b")}, []string{"a", "b"}},
		"two of the id before":              {[]part.Item{both("a"), both("b")}, []part.Item{both("c")}, []string{"a", "b", "c"}},
		"two of the id now":                 {[]part.Item{both("a")}, []part.Item{both("b"), both("c")}, []string{"a", "b", "c"}},
		"another item of the id, not alert": {[]part.Item{both("a"), seen(t, "x", "z")}, []part.Item{both("a")}, []string{"a", "z"}},
		"another id":                        {[]part.Item{both("a")}, []part.Item{seen(t, "y", "b", alerts)}, []string{"a", "b"}},
		"without an id":                     {[]part.Item{seen(t, "", "a", alerts)}, []part.Item{seen(t, "", "b", alerts)}, []string{"a", "b"}},
	}
	for name, test := range tests {
		for _, turned := range []bool{false, true} { // which section is the older must not matter
			older, newer := partOf(t, "dorset", test.old...), partOf(t, "dorset", test.newer...)
			older.Retrieved, newer.Retrieved, newer.Section = at, at.Add(time.Minute), alerts
			parts := []*part.Part{older, newer}
			if turned {
				parts = []*part.Part{newer, older}
			}
			if diff := cmp.Diff(test.want, onsets(t, parts)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

// What is an alert no more may be another item of the id: both are delivered, for the
// older answer says that there is an alert.
func TestAVersionThatLeftTheOlderHeadingIsBesideIt(t *testing.T) {
	older, newer := partOf(t, "dorset", seen(t, "x", "a", alerts)), partOf(t, "dorset", seen(t, "x", "b"))
	older.Section, older.Retrieved, newer.Retrieved = alerts, at, at.Add(time.Minute)
	if diff := cmp.Diff([]string{"a", "b"}, onsets(t, []*part.Part{older, newer})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Versions of one moment come of one answer, which says what it says.
func TestVersionsOfOneMomentAreBothDelivered(t *testing.T) {
	a, b := partOf(t, "dorset", seen(t, "x", "a", alerts)), partOf(t, "dorset", seen(t, "x", "b", alerts))
	a.Retrieved, b.Retrieved, b.Section = at, at, alerts
	if diff := cmp.Diff([]string{"a", "b"}, onsets(t, []*part.Part{a, b})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func onsets(t *testing.T, parts []*part.Part) (words []string) {
	t.Helper()
	for _, p := range together(t, parts).GetRecord().GetProblems() {
		words = append(words, p.GetOnsetText())
	}
	slices.Sort(words)
	return words
}

func together(t *testing.T, parts []*part.Part) *lhcrv1.GetRecordResponse {
	t.Helper()
	res, err := record([]*assembly.Selection{assembly.Select(assembly.Region{ID: "dorset", Parts: parts})}, "", at)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, res)
}

// Pointers and originals follow the version that was taken.
func TestWhatStandsBesideAnItemFollowsItsVersion(t *testing.T) {
	beside := func(p *part.Part, words string) *part.Part {
		link, err := proto.Marshal(&lhcrv1.ItemLink{FromItemId: "x", Unresolved: words})
		if err != nil {
			t.Fatal(err)
		}
		source, err := proto.Marshal(&lhcrv1.SourceResource{ItemId: "x", Content: []byte(words)})
		if err != nil {
			t.Fatal(err)
		}
		p.Links, p.Sources = []part.Link{{From: "x", Encoded: link}}, []part.Source{{ItemID: "x", Encoded: source}}
		return p
	}
	older, newer := beside(partOf(t, "dorset", seen(t, "x", "a", alerts)), "old"), beside(partOf(t, "dorset", seen(t, "x", "b", alerts)), "new")
	older.Retrieved, newer.Retrieved, newer.Section = at, at.Add(1), alerts
	got := together(t, []*part.Part{older, newer})
	if len(got.GetLinks()) != 1 || got.GetLinks()[0].GetUnresolved() != "new" {
		t.Errorf("links %v, want that of the newer version", got.GetLinks())
	}
	if len(got.GetSources()) != 1 || string(got.GetSources()[0].GetContent()) != "new" {
		t.Errorf("%d originals, want that of the newer version", len(got.GetSources()))
	}
}

// An allergy that came to light since must not stand beside a "none".
func TestNoOutcomeSaysNoneBesideAnItemOfItsSection(t *testing.T) {
	none := func(section lhcrv1.Section, status lhcrv1.OutcomeStatus, items ...part.Item) *part.Part {
		p := part.OfOutcome(&lhcrv1.SectionOutcome{RegionId: "dorset", Section: section, Status: nothing})
		encoded, err := proto.Marshal(&lhcrv1.SectionOutcome{RegionId: "dorset", Section: section, Status: status})
		if err != nil {
			t.Fatal(err)
		}
		p.Outcome, p.Status, p.Items, p.Retrieved = encoded, status, items, at
		return p
	}
	statement := seen(t, "n", "no known allergy", allergies)
	tests := map[string]struct {
		kept  *part.Part
		items []part.Item // of problems
		want  lhcrv1.OutcomeStatus
	}{
		"asserted, and nothing else":     {none(allergies, assertedNone, statement), nil, assertedNone},
		"asserted, the statement there":  {none(allergies, assertedNone, statement), []part.Item{statement}, assertedNone},
		"asserted, other items there":    {none(allergies, assertedNone, statement), []part.Item{seen(t, "y", "a problem")}, assertedNone},
		"asserted, one came since":       {none(allergies, assertedNone, statement), []part.Item{seen(t, "y", "an allergy", allergies)}, returned},
		"asserted, and taken back since": {none(allergies, assertedNone, statement), []part.Item{seen(t, "n", "taken back", allergies)}, returned},
		"nothing recorded":               {none(allergies, nothing), []part.Item{seen(t, "y", "a problem", alerts)}, nothing},
		"nothing recorded, one came":     {none(allergies, nothing), []part.Item{seen(t, "y", "an allergy", allergies)}, returned},
		"returned, another came":         {none(allergies, returned, statement), []part.Item{seen(t, "y", "an allergy", allergies)}, returned},
	}
	for name, test := range tests {
		newer := partOf(t, "dorset", test.items...)
		newer.Retrieved = at.Add(time.Minute)
		for _, o := range together(t, []*part.Part{test.kept, newer}).GetOutcomes() {
			if o.GetSection() == allergies && o.GetStatus() != test.want {
				t.Errorf("%s: %v, want %v", name, o.GetStatus(), test.want)
			}
		}
	}
}
