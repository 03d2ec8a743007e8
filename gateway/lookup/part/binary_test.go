package part_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
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
		"another layout":   append([]byte{2}, whole[1:]...),
		"a byte too many":  append(append([]byte{}, whole...), 0),
		"a length of 2^63": {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
	} {
		if _, err := part.Parse(b); err == nil {
			t.Errorf("%s is taken for a part", name)
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
