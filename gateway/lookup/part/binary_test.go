package part_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// samples are parts that between them use everything a part has.
func samples() []*part.Part {
	labelled := amoxicillin()
	labelled.Header.Security = []*lhcrv1.Coding{{System: "https://labels.example", Code: "NOPAT"}}
	labelled.Header.AlsoUnder = []lhcrv1.Section{problems}
	parts := part.Encode(part.Answer{
		Region: "dorset", Sections: []lhcrv1.Section{medications, problems}, Retrieved: retrieved,
		People: identity.People([]*adapterv1.MatchedPatient{{
			NhsNumber: "9990000018", BirthDate: &lhcrv1.When{Original: "1951-04"}, SupersededBy: "9990000026", LinkedByRegion: true,
		}}),
		Response: &adapterv1.FetchResponse{
			Record: &lhcrv1.Record{
				Medications:       []*lhcrv1.Medication{labelled},
				MedicationCourses: []*lhcrv1.MedicationCourse{{CourseId: "c1", RootItemId: "m1"}},
			},
			Outcomes: []*lhcrv1.SectionOutcome{with(outcome(medications, returned), gapped), outcome(problems, returned)},
			Links:    []*lhcrv1.ItemLink{{FromItemId: "m1", ToItemId: "p1"}}, Sources: []*lhcrv1.SourceResource{{ItemId: "m1", Content: []byte("{}")}},
			Reported: []*lhcrv1.ReportedResources{{SourceType: "Device", Count: 1}},
		},
	})
	return append(parts, part.OfOutcome(outcome(problems, notHeld)))
}

func TestAPartIsReloadedFromItsBytes(t *testing.T) {
	for _, p := range samples() {
		b, err := p.AppendBinary([]byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		reloaded, err := part.Parse(b[len("before"):])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, reloaded); diff != "" {
			t.Errorf("reloaded (-want +got):\n%s", diff)
		}
	}
}

// An item's bytes need not be a message for a part to be reloaded: nothing looks into them.
func TestReloadingDecodesNoItem(t *testing.T) {
	p := &part.Part{Region: "dorset", Section: problems, Outcome: []byte{0xff}, Items: []part.Item{{Field: 11, ID: "p1", Encoded: []byte{0xff, 0xff, 0xff}}}}
	b, err := p.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	reloaded, err := part.Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, reloaded); diff != "" {
		t.Errorf("reloaded (-want +got):\n%s", diff)
	}
}

func TestWhatIsNoPartIsRefused(t *testing.T) {
	whole, err := samples()[0].AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		if _, err := part.Parse(whole[:cut]); err == nil {
			t.Fatalf("the first %d of %d bytes are taken for a part", cut, len(whole))
		}
	}
	for name, b := range map[string][]byte{
		"another layout":        append([]byte{1}, whole[1:]...),
		"a byte too many":       append(append([]byte{}, whole...), 0),
		"a length of 2^63":      {2, 0, 0, 0, 9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"an index beyond it":    append([]byte{2, 0xff, 0xff, 0xff, 0xff}, whole[5:]...),
		"a location":            mustAppend(t, &part.Location{Handle: []byte("h")}),
		"more texts than there": append(append([]byte{2}, whole[1:6]...), append([]byte{whole[6] + 1}, whole[7:]...)...),
	} {
		if _, err := part.Parse(b); err == nil {
			t.Errorf("%s is taken for a part", name)
		}
	}
}

func mustAppend(t *testing.T, v interface{ AppendBinary([]byte) ([]byte, error) }) []byte {
	t.Helper()
	b, err := v.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A part is read from a store with each hit: it must not cost an allocation an item.
func TestReloadingMakesFewAllocations(t *testing.T) {
	b := mustAppend(t, manyItems(100))
	if got := testing.AllocsPerRun(100, func() { _, _ = part.Parse(b) }); got > 12 {
		t.Errorf("%v allocations for 100 items", got)
	}
}

// What a part says that it takes is about what it takes.
func TestAFootprintIsHonest(t *testing.T) {
	for _, p := range append(samples(), manyItems(1), manyItems(100)) {
		b := mustAppend(t, p)
		const passing = 200 // what reading takes and lets go again
		took := len(b) + allocated(t, func() { _, _ = part.Parse(b) }) - passing
		reloaded, err := part.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		if said := reloaded.Footprint(); said < took*85/100 || said > (took+passing)*115/100 {
			t.Errorf("%d items: it says %d bytes and takes %d", len(p.Items), said, took)
		}
		if reloaded.Footprint() != p.Footprint() {
			t.Error("it says something else before it was reloaded")
		}
	}
}

// allocated is how many bytes one run takes.
func allocated(t *testing.T, do func()) int {
	t.Helper()
	const runs = 200
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range runs {
		do()
	}
	runtime.ReadMemStats(&after)
	return int(after.TotalAlloc-before.TotalAlloc) / runs
}

// manyItems is a part of so many items.
func manyItems(n int) *part.Part {
	p := &part.Part{Region: "dorset", Section: problems, Status: returned, Retrieved: retrieved, Outcome: make([]byte, 60)}
	p.People = []identity.Person{{Number: "9990000018", Born: identity.Date{Year: "1951", Month: "04", Day: "17"}}}
	for i := range n {
		p.Items = append(p.Items, part.Item{
			Field: 11, Place: uint32(i), ID: fmt.Sprintf("%064d", i), Sections: []lhcrv1.Section{problems, medications}, Labels: []string{"a|b"},
			Ties: make([]part.Tie, 2), Encoded: make([]byte, 300),
		})
	}
	return p
}

func TestALocationIsReloadedFromItsBytes(t *testing.T) {
	people := []identity.Person{{Number: "9990000018", Born: identity.Date{Year: "1951"}, Superseded: true}, {Linked: true}}
	for _, l := range []*part.Location{{}, {NotHeld: true}, {Withdrawn: true}, {Withdrawn: true, NotHeld: true}, {Handle: []byte{0, 1, 2}, People: people}} {
		b := mustAppend(t, l)
		reloaded, err := part.ParseLocation(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(l, reloaded); diff != "" {
			t.Errorf("reloaded (-want +got):\n%s", diff)
		}
		for cut := range b {
			if _, err := part.ParseLocation(b[:cut]); err == nil {
				t.Errorf("the first %d of %d bytes are taken for a location", cut, len(b))
			}
		}
		if _, err := part.ParseLocation(append(b, 0)); err == nil {
			t.Error("a byte too many is taken")
		}
		if l.Footprint() < len(l.Handle)+len(l.People)*100 {
			t.Errorf("its footprint is %d", l.Footprint())
		}
	}
}

func FuzzParseLocation(f *testing.F) {
	f.Add([]byte{0x81, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := part.ParseLocation(b)
		if err != nil {
			return
		}
		again, err := part.ParseLocation(mustAppend(t, l))
		if err != nil {
			t.Fatal("a location's own bytes are refused")
		}
		if diff := cmp.Diff(l, again); diff != "" {
			t.Errorf("reloaded (-want +got):\n%s", diff)
		}
	})
}

func TestWhatIsFleeting(t *testing.T) {
	item := &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}
	lost := &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1"), {Header: header("p2", unchecked)}}}
	for name, test := range map[string]struct {
		record *lhcrv1.Record
		given  *lhcrv1.SectionOutcome
		want   bool
	}{
		"whole":               {item, outcome(problems, returned), false},
		"with a warning":      {item, with(outcome(problems, returned), warned), false},
		"nothing":             {nil, outcome(problems, nothing), false},
		"with a gap":          {item, with(outcome(problems, returned), gapped), true},
		"cut short":           {item, with(outcome(problems, returned), cut), true},
		"with dangling items": {item, with(outcome(problems, returned), dangling), true},
		"with an item lost":   {lost, outcome(problems, returned), true},
		"cached elsewhere":    {item, with(outcome(problems, returned), func(o *lhcrv1.SectionOutcome) { o.FromCache = true }), true},
		"old already":         {item, with(outcome(problems, returned), func(o *lhcrv1.SectionOutcome) { o.Age = durationpb.New(1) }), true},
	} {
		got := encode(&adapterv1.FetchResponse{Record: proto.CloneOf(test.record), Outcomes: []*lhcrv1.SectionOutcome{test.given}})[problems]
		if got.Fleeting != test.want {
			t.Errorf("%s: fleeting is %t", name, got.Fleeting)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range samples() {
		b, err := p.AppendBinary(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := part.Parse(b)
		if err != nil {
			return
		}
		again, err := p.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		reloaded, err := part.Parse(again)
		if err != nil {
			t.Fatal("a part's own bytes are refused")
		}
		if diff := cmp.Diff(p, reloaded); diff != "" {
			t.Errorf("reloaded (-want +got):\n%s", diff)
		}
	})
}
