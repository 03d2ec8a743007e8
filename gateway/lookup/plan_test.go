package lookup_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
)

// recorder is a region that notes what it is asked.
type recorder struct {
	mu    sync.Mutex
	asked []*adapterv1.FetchRequest
}

func (r *recorder) adapter(id string, given ...lhcrv1.Section) adapters.Adapter {
	return &fetchFunc{describe(id, given...), func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.asked = append(r.asked, req)
		res := fetched(nil)
		for _, s := range req.GetSections() {
			res.Outcomes = append(res.Outcomes, outcome(s, nothing))
		}
		return res, nil
	}}
}

func TestWhichRegionsAreAsked(t *testing.T) {
	dir := directory{own: []string{"dorset"}, all: []string{"chie", "dorset", "yorkshire"}, names: map[string][]string{"wessex": {"dorset", "chie"}}}
	tests := map[string]struct {
		selection *lhcrv1.RegionSelection
		want      []string
	}{
		"unset":              {nil, []string{"dorset"}},
		"empty":              {&lhcrv1.RegionSelection{}, []string{"dorset"}},
		"named":              {&lhcrv1.RegionSelection{RegionIds: []string{"yorkshire"}}, []string{"yorkshire"}},
		"named out of order": {&lhcrv1.RegionSelection{RegionIds: []string{"yorkshire", "dorset"}}, []string{"dorset", "yorkshire"}},
		"a name for two":     {&lhcrv1.RegionSelection{RegionIds: []string{"wessex"}}, []string{"chie", "dorset"}},
		"twice by two names": {&lhcrv1.RegionSelection{RegionIds: []string{"wessex", "dorset"}}, []string{"chie", "dorset"}},
		"all":                {&lhcrv1.RegionSelection{All: true}, []string{"chie", "dorset", "yorkshire"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var r recorder
			l := newLookup(t, lookup.Options{Directory: dir}, r.adapter("yorkshire"), r.adapter("chie"), r.adapter("dorset"))
			req := request(allergies)
			req.Regions = test.selection
			res := get(t, l, req)
			var got []string
			for _, report := range res.GetRegions() {
				got = append(got, report.GetRegionId())
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("regions (-want +got):\n%s", diff)
			}
			if len(r.asked) != len(test.want) || len(res.GetOutcomes()) != len(test.want) {
				t.Errorf("%d regions were asked and %d outcomes came, want %d", len(r.asked), len(res.GetOutcomes()), len(test.want))
			}
		})
	}
}

func TestACallThatCannotBeTriedFails(t *testing.T) {
	named := func(ids ...string) *lhcrv1.GetRecordRequest {
		r := request(allergies)
		r.Regions = &lhcrv1.RegionSelection{RegionIds: ids}
		return r
	}
	with := func(change func(*lhcrv1.GetRecordRequest)) *lhcrv1.GetRecordRequest {
		r := request(allergies)
		change(r)
		return r
	}
	tests := map[string]struct {
		request *lhcrv1.GetRecordRequest
		caller  *adapterv1.Caller
		code    codes.Code
		reason  lhcrv1.ErrorReason
		field   string
	}{
		"an unknown region": {named("dorset", "atlantis"), caller(), codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION, "regions.region_ids"},
		"no region known":   {request(allergies), caller(), codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_NO_REGIONS, ""},
		"no NHS number": {with(func(r *lhcrv1.GetRecordRequest) { r.Patient = nil }), caller(),
			codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "patient.nhs_number"},
		"a date of birth in words": {with(func(r *lhcrv1.GetRecordRequest) { r.Patient.DateOfBirth = "17 April" }), caller(),
			codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "patient.date_of_birth"},
		"a section of tomorrow": {with(func(r *lhcrv1.GetRecordRequest) { r.Sections = []lhcrv1.Section{99} }), caller(),
			codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "sections"},
		"nobody calls": {named("dorset"), nil, codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var r recorder
			l := newLookup(t, lookup.Options{Directory: directory{all: []string{"dorset"}}}, r.adapter("dorset"))
			_, err := l.Get(t.Context(), test.caller, test.request)
			streamed := l.Stream(t.Context(), test.caller, test.request, func(*lhcrv1.StreamRecordResponse) error { return nil })
			for _, err := range []error{err, streamed} {
				if status.Code(err) != test.code || failure.Reason(err) != test.reason {
					t.Errorf("error is %v %v, want %v %v", status.Code(err), failure.Reason(err), test.code, test.reason)
				}
				if got := blamedField(err); got != test.field {
					t.Errorf("the blamed field is %q, want %q", got, test.field)
				}
			}
			if len(r.asked) != 0 {
				t.Error("a region was asked all the same")
			}
		})
	}
}

func blamedField(err error) string {
	for _, d := range status.Convert(err).Details() {
		if bad, ok := d.(*errdetails.BadRequest); ok {
			return bad.GetFieldViolations()[0].GetField()
		}
	}
	return ""
}

func TestARegionThatIsNotConnectedShows(t *testing.T) {
	l := newLookup(t, lookup.Options{Directory: directory{own: []string{"dorset", "chie"}}}, answering("dorset", fetched(nil, outcome(allergies, nothing))))
	res := get(t, l, request(allergies))
	if got := outcomeOf(t, res.GetOutcomes(), "chie", allergies); got.GetStatus() != unavailable || len(got.GetGaps()) == 0 || got.GetMessage() == "" {
		t.Errorf("its outcome is %v with %d gaps, want UNAVAILABLE with its reason", got.GetStatus(), len(got.GetGaps()))
	}
	if res.GetCompleteness() != partialAnswer {
		t.Errorf("the answer is %v, want partial", res.GetCompleteness())
	}
}

func TestSectionsThatARegionNeverGivesAreNotAsked(t *testing.T) {
	var some, none recorder
	l := newLookup(t, lookup.Options{}, some.adapter("dorset", allergies, medications), none.adapter("yorkshire", documents))
	res := get(t, l, request(medications, problems, allergies))
	if diff := cmp.Diff([]lhcrv1.Section{allergies, medications}, some.asked[0].GetSections()); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	if len(none.asked) != 0 {
		t.Error("a region that gives nothing of it was asked")
	}
	want := []*lhcrv1.SectionOutcome{
		{RegionId: "dorset", Section: allergies, Status: nothing},
		{RegionId: "dorset", Section: medications, Status: nothing},
		{RegionId: "dorset", Section: problems, Status: notSupported, Message: "this region has none"},
		{RegionId: "yorkshire", Section: allergies, Status: notSupported, Message: "this region has none"},
		{RegionId: "yorkshire", Section: medications, Status: notSupported, Message: "this region has none"},
		{RegionId: "yorkshire", Section: problems, Status: notSupported, Message: "this region has none"},
	}
	if diff := cmp.Diff(want, res.GetOutcomes(), protocmp.Transform(), protocmp.IgnoreFields(&lhcrv1.SectionOutcome{}, "retrieved_at")); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	if res.GetCompleteness() != complete {
		t.Errorf("the answer is %v, want complete", res.GetCompleteness())
	}
}

func TestNoSectionNamedAsksForEverySection(t *testing.T) {
	var r recorder
	res := get(t, newLookup(t, lookup.Options{}, r.adapter("dorset")), request())
	if got := len(r.asked[0].GetSections()); got != 38 || len(res.GetOutcomes()) != got {
		t.Errorf("%d sections were asked for and %d outcomes came, want 38", got, len(res.GetOutcomes()))
	}
	if !slices.IsSorted(r.asked[0].GetSections()) {
		t.Error("the sections are not in order")
	}
}

func TestEachRegionHearsWhoAsksAndWhy(t *testing.T) {
	var dorset, yorkshire recorder
	l := newLookup(t, lookup.Options{}, dorset.adapter("dorset"), yorkshire.adapter("yorkshire"))
	req := request(allergies)
	req.IncludeSource = true
	consent := &lhcrv1.PeriodOfCareConsent{RegionId: "yorkshire", Reference: "r1", From: "2026-11-01"}
	req.Access.Consents = []*lhcrv1.PeriodOfCareConsent{consent}
	asCaller := caller()
	if _, err := l.Get(t.Context(), asCaller, req); err != nil {
		t.Fatal(err)
	}
	want := caller()
	want.Access = request().GetAccess()
	if diff := cmp.Diff(want, dorset.asked[0].GetCaller(), protocmp.Transform()); diff != "" {
		t.Errorf("dorset hears (-want +got):\n%s", diff)
	}
	want.Access.Consents = []*lhcrv1.PeriodOfCareConsent{consent}
	if diff := cmp.Diff(want, yorkshire.asked[0].GetCaller(), protocmp.Transform()); diff != "" {
		t.Errorf("yorkshire hears (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(caller(), asCaller, protocmp.Transform()); diff != "" {
		t.Errorf("the caller was changed (-want +got):\n%s", diff)
	}
	if got := dorset.asked[0]; !got.GetIncludeSource() || got.GetPatient() == yorkshire.asked[0].GetPatient() || got.GetPatient() == req.GetPatient() {
		t.Error("the regions share the request's messages: one could change whom another is asked about")
	}
}
