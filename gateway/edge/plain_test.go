package edge

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// one is one of some values.
func one[T any](r *rand.Rand, values ...T) T { return values[r.IntN(len(values))] }

// mostly is the first value nine times of ten, and else one of the others.
func mostly[T any](r *rand.Rand, usual T, odd ...T) T {
	if r.IntN(10) > 0 {
		return usual
	}
	return one(r, odd...)
}

func someText(r *rand.Rand) string {
	text := make([]rune, r.IntN(12))
	for i := range text {
		text[i] = one(r, []rune("0123456789-aZé\n \x00")...)
	}
	return string(text)
}

func someRecord(r *rand.Rand) *lhcrv1.GetRecordRequest {
	m := &lhcrv1.GetRecordRequest{
		Patient: mostly(r, &lhcrv1.PatientQuery{
			NhsNumber:   mostly(r, one(r, "9990000018", "9990000026"), "", "9990000019", "999000001", "99900000180", "999000001x", "٩٩٩٠٠٠٠٠١٨", someText(r)),
			DateOfBirth: mostly(r, one(r, "", "1951-04-17", "2000-12-31"), "1951", "1951-04", "1951-13-01", "1951-00-01", "1951-04-32", "1951-04-00", "1951/04/17", "1951-04-17\n", someText(r)),
		}, nil, &lhcrv1.PatientQuery{}),
		Access: mostly(r, &lhcrv1.AccessContext{
			Purpose:        mostly(r, lhcrv1.Purpose_PURPOSE_DIRECT_CARE, 0, 2, -1, 99),
			Basis:          mostly(r, lhcrv1.AccessBasis(1+r.IntN(2)), 0, 3, 4, 5, -1),
			OverrideReason: mostly(r, "", someText(r)),
			Device:         mostly(r, "till 3", "", someText(r), string(slices.Repeat([]rune("é"), 100+r.IntN(120))), string(slices.Repeat([]rune("e"), 190+r.IntN(20)))),
		}, nil),
		Regions:   mostly(r, nil, &lhcrv1.RegionSelection{All: r.IntN(2) == 0}),
		Freshness: mostly(r, nil, &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}}, &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_MaxAge{MaxAge: someAge(r)}}),
		Window:    mostly(r, nil, &lhcrv1.TimeWindow{From: timestamppb.New(time.Unix(5, 0)), To: timestamppb.New(time.Unix(int64(r.IntN(10)), 0))}),
	}
	for range r.IntN(4) {
		m.Sections = append(m.Sections, mostly(r, lhcrv1.Section(1+r.IntN(38)), lhcrv1.Section(r.IntN(66)-2)))
	}
	if r.IntN(2) == 0 {
		if m.Regions == nil {
			m.Regions = &lhcrv1.RegionSelection{}
		}
		for range r.IntN(4) {
			m.Regions.RegionIds = append(m.Regions.RegionIds, mostly(r, one(r, "dorset", "yorkshire", "a-1", "zz"), "a", "", "A1", "1a", "-a", "a_b", "aé", someText(r), string(slices.Repeat([]rune("a"), 60+r.IntN(6)))))
		}
	}
	return m
}

func someAge(r *rand.Rand) *durationpb.Duration {
	return &durationpb.Duration{Seconds: one[int64](r, 0, 1, 60, -1, 1<<40, -1<<40), Nanos: one[int32](r, 0, 1, -1, 999_999_999, 1_000_000_000)}
}

// What is plain breaks no rule: the two are held against each other.
func TestPlainRequestsBreakNoRule(t *testing.T) {
	validator, err := newValidator()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 1))
	plain, good := 0, 0
	for range 20_000 {
		var m proto.Message = someRecord(r)
		if r.IntN(4) == 0 {
			m = &lhcrv1.StreamRecordRequest{Query: mostly(r, m.(*lhcrv1.GetRecordRequest), nil)}
		}
		wrong := validator.Validate(m)
		if wrong == nil {
			good++
		}
		if !isPlain(m) {
			continue
		}
		if plain++; wrong != nil {
			t.Fatalf("it is plain and breaks a rule: %v", wrong)
		}
	}
	// What is worth having both ways round: most of the good ones are plain, and there are enough of each.
	if plain < 2000 || plain < good/2 || good > 15_000 {
		t.Errorf("of 20000 requests %d are good and %d plain", good, plain)
	}
}

func FuzzPlainRequestsBreakNoRule(f *testing.F) {
	validator, err := newValidator()
	if err != nil {
		f.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 2))
	for range 50 {
		wire, err := proto.Marshal(someRecord(r))
		if err != nil {
			continue
		}
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		m := &lhcrv1.GetRecordRequest{}
		if proto.Unmarshal(wire, m) != nil || !isPlain(m) {
			return
		}
		if err := validator.Validate(m); err != nil {
			t.Errorf("it is plain and breaks a rule: %v", err)
		}
	})
}

// A field that the contract gains is noticed here: does isPlain have to know of it?
func TestEveryFieldIsKnownToIsPlain(t *testing.T) {
	for message, want := range map[proto.Message][]protoreflect.Name{
		&lhcrv1.StreamRecordRequest{}: {"query"},
		&lhcrv1.GetRecordRequest{}:    {"patient", "access", "sections", "regions", "freshness", "window", "include_source"},
		&lhcrv1.PatientQuery{}:        {"nhs_number", "date_of_birth"},
		&lhcrv1.AccessContext{}:       {"purpose", "basis", "override_reason", "consents", "device"},
		&lhcrv1.RegionSelection{}:     {"region_ids", "all"},
		&lhcrv1.Freshness{}:           {"max_age", "past_cache"},
	} {
		var got []protoreflect.Name
		for i := range message.ProtoReflect().Descriptor().Fields().Len() {
			got = append(got, message.ProtoReflect().Descriptor().Fields().Get(i).Name())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the fields of %T (-known +there are):\n%s", message, diff)
		}
	}
	if got := lhcrv1.Section_SECTION_UNSPECIFIED.Descriptor().Values().Len(); got != 39 {
		t.Errorf("%d sections: is the last one still SECTION_CLINICAL_NOTES, with none left out before it?", got)
	}
}
