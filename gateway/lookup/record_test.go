package lookup_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

func TestOneAnswerHoldsWhatEveryRegionGave(t *testing.T) {
	none := &lhcrv1.Allergy{Header: header("a1", allergies), Absence: lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY}
	yorkshire := fetched(&lhcrv1.Record{Allergies: []*lhcrv1.Allergy{none}}, outcome(allergies, assertedNone), outcome(medications, nothing))
	dorset := fetched(&lhcrv1.Record{Medications: []*lhcrv1.Medication{medication("m2"), medication("m1")}}, outcome(allergies, nothing), outcome(medications, returned))
	dorset.Links = []*lhcrv1.ItemLink{{FromItemId: "m2", ToItemId: "m1", Kind: lhcrv1.LinkKind_LINK_KIND_BASED_ON}}
	dorset.Reported = []*lhcrv1.ReportedResources{{SourceType: "Device", Count: 2, Reason: "no section takes it"}}
	res := get(t, newLookup(t, lookup.Options{}, answering("yorkshire", yorkshire), answering("dorset", dorset)), request(medications, allergies))

	in := func(region string, h *lhcrv1.ItemHeader) *lhcrv1.ItemHeader {
		h.RegionId = region
		return h
	}
	noneFound := proto.CloneOf(none)
	noneFound.Header.RegionId = "yorkshire"
	want := &lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{
			Allergies: []*lhcrv1.Allergy{noneFound},
			Medications: []*lhcrv1.Medication{
				{Header: in("dorset", header("m2", medications))}, {Header: in("dorset", header("m1", medications))},
			},
		},
		Outcomes: []*lhcrv1.SectionOutcome{
			{RegionId: "dorset", Section: allergies, Status: nothing}, {RegionId: "dorset", Section: medications, Status: returned},
			{RegionId: "yorkshire", Section: allergies, Status: assertedNone}, {RegionId: "yorkshire", Section: medications, Status: nothing},
		},
		Completeness: complete,
		Links:        []*lhcrv1.ItemLink{{RegionId: "dorset", FromItemId: "m2", ToItemId: "m1", Kind: lhcrv1.LinkKind_LINK_KIND_BASED_ON}},
		Regions: []*lhcrv1.RegionReport{
			{RegionId: "dorset", Name: "Region dorset", Notes: []string{"leaves out some topics"}, Reported: dorset.GetReported()},
			{RegionId: "yorkshire", Name: "Region yorkshire", Notes: []string{"leaves out some topics"}},
		},
		RequestId: caller().GetRequestId(),
	}
	if diff := cmp.Diff(want, res, protocmp.Transform(), protocmp.IgnoreFields(&lhcrv1.SectionOutcome{}, "retrieved_at"),
		protocmp.IgnoreFields(&lhcrv1.GetRecordResponse{}, "assembled_at")); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestTheSameRecordIsTheSameBytes(t *testing.T) {
	var list []adapters.Adapter
	for _, id := range []string{"chie", "dorset", "yorkshire"} {
		list = append(list, answering(id, fetched(&lhcrv1.Record{
			Problems: []*lhcrv1.Problem{problem("p1", alerts), problem("p2")}, Alerts: []*lhcrv1.Alert{{Header: header("x", alerts)}},
		}, outcome(problems, returned), outcome(alerts, returned))))
	}
	l := newLookup(t, lookup.Options{Now: fixedClock}, list...)
	var first string
	for range 20 {
		res, err := l.Get(t.Context(), caller(), request(problems, alerts))
		if err != nil {
			t.Fatal(err)
		}
		encoded, err := proto.Marshal(res)
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(encoded)
		}
		if string(encoded) != first {
			t.Fatal("the same answers of the regions were put together in another order")
		}
	}
}

func TestAnItemOfTwoSectionsIsDeliveredOnceAndCountsForBoth(t *testing.T) {
	answer := func(asked ...lhcrv1.Section) *adapterv1.FetchResponse {
		res := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1"), problem("p2", alerts)}})
		for _, s := range asked {
			res.Outcomes = append(res.Outcomes, outcome(s, returned))
		}
		res.Links = []*lhcrv1.ItemLink{{FromItemId: "p2", ToItemId: "p1"}, {FromItemId: "p2", Unresolved: "a sentence"}}
		res.Sources = []*lhcrv1.SourceResource{{ItemId: "p2", Content: []byte("{}")}}
		return res
	}
	tests := map[string]struct {
		asked []lhcrv1.Section
		ids   []string
		links int
	}{
		"both":            {[]lhcrv1.Section{alerts, problems}, []string{"p1", "p2"}, 2},
		"its own section": {[]lhcrv1.Section{problems}, []string{"p1", "p2"}, 2},
		"the other":       {[]lhcrv1.Section{alerts}, []string{"p2"}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			res := get(t, newLookup(t, lookup.Options{}, answering("dorset", answer(test.asked...))), request(test.asked...))
			var ids []string
			for _, p := range res.GetRecord().GetProblems() {
				ids = append(ids, p.GetHeader().GetItemId())
			}
			if diff := cmp.Diff(test.ids, ids); diff != "" {
				t.Errorf("items (-want +got):\n%s", diff)
			}
			if len(res.GetLinks()) != test.links || len(res.GetSources()) != 1 {
				t.Errorf("%d links and %d sources, want %d and 1", len(res.GetLinks()), len(res.GetSources()), test.links)
			}
			for _, o := range res.GetOutcomes() {
				if o.GetStatus() != returned {
					t.Errorf("%v is %v", o.GetSection(), o.GetStatus())
				}
			}
		})
	}
}

func TestGroupsKeepEveryItem(t *testing.T) {
	tablet := func(id, dose string, change func(*lhcrv1.Medication)) *lhcrv1.Medication {
		m := medication(id)
		m.Header.SourceOrganisation = &lhcrv1.Organisation{OdsCode: "A81001"}
		m.Header.Recorded = born("2024-03-01")
		m.Product = &lhcrv1.Product{Code: &lhcrv1.Concept{Codings: []*lhcrv1.Coding{{System: "http://snomed.info/sct", Code: "39113611000001102"}}}}
		m.Dosages = []*lhcrv1.Dosage{{Text: dose}}
		if change != nil {
			change(m)
		}
		return m
	}
	elsewhere := func(m *lhcrv1.Medication) { m.Header.SourceOrganisation.OdsCode = "A81002" }
	dorset := fetched(&lhcrv1.Record{Medications: []*lhcrv1.Medication{tablet("d1", "one daily", nil), tablet("d2", "two daily", nil)}}, outcome(medications, returned))
	yorkshire := fetched(&lhcrv1.Record{Medications: []*lhcrv1.Medication{tablet("y1", "one daily", nil), tablet("y2", "one daily", elsewhere)}}, outcome(medications, returned))
	res := get(t, newLookup(t, lookup.Options{}, answering("dorset", dorset), answering("yorkshire", yorkshire)), request(medications))
	want := []*lhcrv1.EquivalenceGroup{{
		Basis: lhcrv1.EquivalenceBasis_EQUIVALENCE_BASIS_CODE_DATE_AND_SOURCE,
		Items: []*lhcrv1.ItemRef{{RegionId: "dorset", ItemId: "d1"}, {RegionId: "yorkshire", ItemId: "y1"}},
	}}
	if diff := cmp.Diff(want, res.GetGroups(), protocmp.Transform()); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if got := len(res.GetRecord().GetMedications()); got != 4 {
		t.Errorf("%d medicines are delivered, want all 4", got)
	}
}

// Whatever one region does, the answer is partial and the others are untouched.
func TestPartialNeverLooksComplete(t *testing.T) {
	gap := outcome(problems, returned)
	gap.Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED}}
	warning := outcome(problems, nothing)
	warning.Warnings = []*lhcrv1.Warning{{Code: lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT}}
	cut := outcome(problems, returned)
	cut.Truncated = true
	item := &lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}
	tests := map[string]struct {
		region adapters.Adapter
		want   lhcrv1.Completeness
	}{
		"whole":              {answering("yorkshire", fetched(item, outcome(problems, returned))), complete},
		"not held":           {answering("yorkshire", fetched(nil, outcome(problems, notHeld))), complete},
		"a gap":              {answering("yorkshire", fetched(item, gap)), partialAnswer},
		"a warning":          {answering("yorkshire", fetched(nil, warning)), partialAnswer},
		"cut short":          {answering("yorkshire", fetched(item, cut)), partialAnswer},
		"withheld":           {answering("yorkshire", fetched(nil, outcome(problems, withheld))), partialAnswer},
		"no outcome at all":  {answering("yorkshire", fetched(nil)), partialAnswer},
		"somebody else":      {answering("yorkshire", rich()), partialAnswer},
		"unreachable":        {failing("yorkshire", status.Error(codes.Unavailable, "")), partialAnswer},
		"refused":            {failing("yorkshire", status.Error(codes.Unauthenticated, "")), partialAnswer},
		"behind a bad route": {failing("yorkshire", status.Error(codes.Unimplemented, "")), partialAnswer},
		"not found":          {failing("yorkshire", status.Error(codes.NotFound, "")), partialAnswer},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			l := newLookup(t, lookup.Options{}, test.region, answering("dorset", fetched(item, outcome(problems, returned))))
			res := get(t, l, request(problems))
			if res.GetCompleteness() != test.want {
				t.Errorf("%v, want %v", res.GetCompleteness(), test.want)
			}
			if got := outcomeOf(t, res.GetOutcomes(), "dorset", problems); got.GetStatus() != returned || len(got.GetGaps()) > 0 {
				t.Errorf("the other region is %v with %d gaps", got.GetStatus(), len(got.GetGaps()))
			}
			if got := len(res.GetOutcomes()); got != 2 {
				t.Errorf("%d outcomes, want 2", got)
			}
		})
	}
	nobody := newLookup(t, lookup.Options{}, answering("dorset", fetched(nil, outcome(problems, notHeld))))
	if got := get(t, nobody, request(problems)).GetCompleteness(); got != noRecordFound {
		t.Errorf("held by nobody: %v", got)
	}
}

// Lookups of different people side by side never mix.
func TestLookupsSideBySideDoNotMix(t *testing.T) {
	echo := func(id string) adapters.Adapter {
		return &fetchFunc{describe(id), func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			asked := req.GetPatient().GetNhsNumber()
			res := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem(id + "-" + asked)}}, outcome(problems, returned))
			res.Patients[0].NhsNumber = asked
			return res, nil
		}}
	}
	l := newLookup(t, lookup.Options{}, echo("dorset"), echo("yorkshire"))
	numbers := []string{nhsNumber, otherNumber, "9990000034", "9990000042"}
	errs := make(chan error)
	for n := range 40 {
		go func() { errs <- mixes(t.Context(), l, numbers[n%len(numbers)]) }()
	}
	for range 40 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// mixes looks one person up and says what of the answer is not theirs.
func mixes(ctx context.Context, l *lookup.Lookup, number string) error {
	req := request(problems)
	req.Patient.NhsNumber = number
	sent, err := l.Get(ctx, caller(), req)
	if err != nil {
		return err
	}
	encoded, err := proto.Marshal(sent)
	if err != nil {
		return err
	}
	res := &lhcrv1.GetRecordResponse{}
	if err := proto.Unmarshal(encoded, res); err != nil {
		return err
	}
	if len(res.GetRecord().GetProblems()) != 2 || slices.ContainsFunc(res.GetRecord().GetProblems(), func(p *lhcrv1.Problem) bool {
		return !strings.HasSuffix(p.GetHeader().GetItemId(), number)
	}) {
		return fmt.Errorf("%d problems, of which not all are of the person asked for", len(res.GetRecord().GetProblems()))
	}
	return nil
}
