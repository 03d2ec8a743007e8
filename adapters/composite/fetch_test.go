package composite_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func both(sections ...lhcrv1.Section) (main, further *fake) {
	return &fake{sections: sections}, &fake{sections: sections}
}

func TestEachSystemIsAskedForWhatItGives(t *testing.T) {
	main, further := &fake{sections: []lhcrv1.Section{allergies, medications}}, &fake{sections: []lhcrv1.Section{medications, documents}}
	res := fetched(t, main, further, documents, allergies, medications, lhcrv1.Section_SECTION_GOALS, allergies)
	if diff := cmp.Diff([]lhcrv1.Section{allergies, medications, allergies}, main.asked[0].GetSections()); diff != "" {
		t.Errorf("the main system was asked for others (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]lhcrv1.Section{documents, medications}, further.asked[0].GetSections()); diff != "" {
		t.Errorf("the further system was asked for others (-want +got):\n%s", diff)
	}
	var got []lhcrv1.Section
	for _, o := range res.GetOutcomes() {
		got = append(got, o.GetSection())
	}
	if diff := cmp.Diff([]lhcrv1.Section{documents, allergies, medications, lhcrv1.Section_SECTION_GOALS}, got); diff != "" {
		t.Errorf("outcomes differ (-want +got):\n%s", diff)
	}
	if o := res.GetOutcomes()[3]; o.GetStatus() != notSupported || o.GetMessage() != "not here; documents: not here" {
		t.Errorf("what nobody gives is %v: %s", o.GetStatus(), o.GetMessage())
	}
	further.asked = nil
	if fetched(t, main, further, allergies); len(further.asked) > 0 {
		t.Error("a system was asked of whose sections none was wanted")
	}
}

func TestItemsOfAFurtherSystemCarryItsName(t *testing.T) {
	main, further := both(medications)
	further.touch = naming
	res := fetched(t, main, further, medications)
	const own, its = "SECTION_MEDICATIONS-18", "documents.SECTION_MEDICATIONS-18"
	got := []string{res.GetRecord().GetMedications()[0].GetHeader().GetItemId(), res.GetRecord().GetMedications()[1].GetHeader().GetItemId()}
	if diff := cmp.Diff([]string{own, its}, got); diff != "" {
		t.Errorf("ids differ (-want +got):\n%s", diff)
	}
	wantRest := &adapterv1.FetchResponse{
		Record: &lhcrv1.Record{MedicationCourses: []*lhcrv1.MedicationCourse{{CourseId: "documents.c", RootItemId: its, IssueItemIds: []string{its, "documents.x"}}}},
		Links:  []*lhcrv1.ItemLink{{FromItemId: its, Unresolved: "SECTION_MEDICATIONS-18"}}, Sources: []*lhcrv1.SourceResource{{ItemId: its}},
		Reported: []*lhcrv1.ReportedResources{{SourceType: "Basic", Count: 1}},
		Outcomes: []*lhcrv1.SectionOutcome{{
			RegionId: "smallshire", Section: medications, Status: returned, Narratives: []*lhcrv1.Narrative{{ItemId: its, Text: "words"}},
		}},
		Patients: []*adapterv1.MatchedPatient{{NhsNumber: ann}, {NhsNumber: ann, SourceId: "p"}},
	}
	res.Record.Medications = nil
	if diff := cmp.Diff(wantRest, res, protocmp.Transform()); diff != "" {
		t.Errorf("the rest differs (-want +got):\n%s", diff)
	}
}

// naming names an item in every place there is.
func naming(res *adapterv1.FetchResponse) {
	id := res.GetRecord().GetMedications()[0].GetHeader().GetItemId()
	res.Record.MedicationCourses = []*lhcrv1.MedicationCourse{{CourseId: "c", RootItemId: id, IssueItemIds: []string{id, "x"}}}
	res.Links = []*lhcrv1.ItemLink{{FromItemId: id, Unresolved: id}}
	res.Sources = []*lhcrv1.SourceResource{{ItemId: id}}
	res.Reported = []*lhcrv1.ReportedResources{{SourceType: "Basic", Count: 1}}
	res.Outcomes[0].Narratives = []*lhcrv1.Narrative{{ItemId: id, Text: "words"}}
	res.Patients[0].SourceId = "p"
}

// TestAHangingSystemTakesNothingWithIt: one system answers at once, the other never.
func TestAHangingSystemTakesNothingWithIt(t *testing.T) {
	for name, obeys := range map[string]bool{"until its time is up": true, "and does not come back": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				release := make(chan struct{})
				defer close(release)
				main, further := both(medications)
				further.before = func(ctx context.Context) error {
					if obeys {
						<-ctx.Done()
						return status.FromContextError(ctx.Err()).Err()
					}
					<-release
					return errors.New("late")
				}
				ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
				defer cancel()
				start := time.Now()
				res, err := made(t, main, further, connected()).Fetch(ctx, request(ann, nil, medications))
				if took := time.Since(start); err != nil || took >= 2*time.Second-reserveLeast {
					t.Fatalf("answered after %v of 2 s: %v", took, err)
				}
				wantOutcome(t, res, medications, returned, 1)
				o := res.GetOutcomes()[0]
				if o.GetGaps()[0].GetKind() != lhcrv1.GapKind_GAP_KIND_TIMED_OUT || len(res.GetRecord().GetMedications()) != 1 {
					t.Errorf("gap %v, %d items", o.GetGaps()[0], len(res.GetRecord().GetMedications()))
				}
				if !strings.HasPrefix(o.GetMessage(), "documents: ") {
					t.Errorf("the message does not say which system: %q", o.GetMessage())
				}
			})
		})
	}
}

// TestWhatComesAtTheLastMomentIsTaken: a system that gives up in time delivers what it has.
func TestWhatComesAtTheLastMomentIsTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		main, further := both(medications)
		var itsTime context.Context
		further.before = func(ctx context.Context) error { itsTime = ctx; return nil }
		further.outcome = func(_ string, o *lhcrv1.SectionOutcome) {
			<-itsTime.Done()
			time.Sleep(time.Millisecond)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		res, err := made(t, main, further, connected()).Fetch(ctx, request(ann, nil, medications))
		if err != nil {
			t.Fatal(err)
		}
		wantOutcome(t, res, medications, returned, 0)
		if n := len(res.GetRecord().GetMedications()); n != 2 {
			t.Errorf("%d items, want those of both", n)
		}
	})
}

// reserveLeast is what must be left of two seconds for the answer itself.
const reserveLeast = 50 * time.Millisecond

// TestASystemHasItsOwnLimit: without a deadline of the caller's, that of its definition ends a call.
func TestASystemHasItsOwnLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		main, further := both(medications)
		further.before = func(ctx context.Context) error { <-ctx.Done(); return nil }
		start := time.Now()
		res := fetched(t, main, further, medications)
		if took := time.Since(start); took < 4*time.Second || took > 5*time.Second {
			t.Errorf("answered after %v, want the 4 s of its definition", took)
		}
		wantOutcome(t, res, medications, returned, 1)
	})
}

func TestErrorsOfASystemAreItsSectionsOutcomes(t *testing.T) {
	detailed, err := status.New(codes.ResourceExhausted, "slow down").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[codes.Code]struct {
		status lhcrv1.OutcomeStatus
		kind   lhcrv1.GapKind
	}{
		codes.Unavailable:        {unavailable, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
		codes.Internal:           {unavailable, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
		codes.Unknown:            {unavailable, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
		codes.Canceled:           {unavailable, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
		codes.DeadlineExceeded:   {unavailable, lhcrv1.GapKind_GAP_KIND_TIMED_OUT},
		codes.PermissionDenied:   {refused, lhcrv1.GapKind_GAP_KIND_REFUSED},
		codes.Unauthenticated:    {refused, lhcrv1.GapKind_GAP_KIND_REFUSED},
		codes.FailedPrecondition: {refused, lhcrv1.GapKind_GAP_KIND_REFUSED},
		codes.ResourceExhausted:  {refused, lhcrv1.GapKind_GAP_KIND_REFUSED},
		codes.DataLoss:           {invalid, lhcrv1.GapKind_GAP_KIND_MALFORMED},
		codes.InvalidArgument:    {invalid, lhcrv1.GapKind_GAP_KIND_MALFORMED},
		codes.NotFound:           {invalid, lhcrv1.GapKind_GAP_KIND_MALFORMED},
		codes.Unimplemented:      {invalid, lhcrv1.GapKind_GAP_KIND_MALFORMED},
	} {
		t.Run(code.String(), func(t *testing.T) {
			main, further := both(medications)
			further.sections = append(further.sections, documents)
			failure := status.Error(code, "it failed for "+ann)
			if code == codes.ResourceExhausted {
				failure = detailed.Err()
			}
			further.before = func(context.Context) error { return failure }
			res := fetched(t, main, further, medications, documents)
			wantOutcome(t, res, medications, returned, 1)
			wantOutcome(t, res, documents, want.status, 1)
			o := res.GetOutcomes()[1]
			if o.GetGaps()[0].GetKind() != want.kind || strings.Contains(o.String(), ann) {
				t.Errorf("the outcome is %v", o)
			}
			if code == codes.ResourceExhausted && o.GetRetryAfter().AsDuration() != time.Minute {
				t.Errorf("retry after %v", o.GetRetryAfter().AsDuration())
			}
		})
	}
}

func TestAPanicOfASystemIsAGap(t *testing.T) {
	main, further := both(medications)
	further.before = func(context.Context) error { panic("of " + ann) }
	wantOutcome(t, fetched(t, main, further, medications), medications, returned, 1)
}

func TestACancelledCallIsCancelled(t *testing.T) {
	main, further := both(medications)
	ctx, cancel := context.WithCancel(t.Context())
	further.before = func(inner context.Context) error { cancel(); <-inner.Done(); return nil }
	adapter := made(t, main, further, connected())
	if _, err := adapter.Fetch(ctx, request(ann, nil, medications)); status.Code(err) != codes.Canceled {
		t.Errorf("Fetch: %v", err)
	}
	further.before = nil
	if _, err := adapter.Locate(ctx, locating()); status.Code(err) != codes.Canceled {
		t.Errorf("Locate: %v", err)
	}
	if _, err := adapter.Check(ctx, &adapterv1.CheckRequest{}); status.Code(err) != codes.Canceled {
		t.Errorf("Check: %v", err)
	}
}

// TestASearchThatWasCancelledSaysNothing: what one system said by then is no answer of the region.
func TestASearchThatWasCancelledSaysNothing(t *testing.T) {
	main, further := both(medications)
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan struct{})
	main.locate = func(context.Context, string) (*adapterv1.LocateResponse, error) {
		defer close(answered)
		return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD}, nil
	}
	further.locate = func(inner context.Context, _ string) (*adapterv1.LocateResponse, error) {
		<-answered
		cancel()
		<-inner.Done()
		return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_UNKNOWN}, nil
	}
	if res, err := made(t, main, further, connected()).Locate(ctx, locating()); status.Code(err) != codes.Canceled {
		t.Errorf("%v, %v", res.GetHolding(), err)
	}
}

// TestStrangersAreNotDelivered is rule 7: each system must vouch for its own answer.
func TestStrangersAreNotDelivered(t *testing.T) {
	people := func(numbers ...string) func(string) []*adapterv1.MatchedPatient {
		return func(string) (out []*adapterv1.MatchedPatient) {
			for _, n := range numbers {
				out = append(out, &adapterv1.MatchedPatient{NhsNumber: n, LinkedByRegion: n == ""})
			}
			return out
		}
	}
	const (
		noPatient = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
		other     = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
		noNumber  = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER
	)
	for name, tc := range map[string]struct {
		status lhcrv1.OutcomeStatus
		people func(string) []*adapterv1.MatchedPatient
		handle bool
		want   lhcrv1.IdentityMismatchReason
	}{
		"the right patient":                     {returned, people(ann), false, 0},
		"a linked record beside the right one":  {returned, people("", ann), false, 0},
		"items of nobody":                       {returned, people(), false, noPatient},
		"items of nobody, with a handle":        {returned, people(), true, noPatient},
		"items of another":                      {returned, people(bob), false, other},
		"items of somebody without number":      {returned, people(""), false, noNumber},
		"nothing recorded of nobody":            {nothing, people(), false, noPatient},
		"nothing recorded, the handle vouches":  {nothing, people(), true, 0},
		"nothing recorded of another":           {nothing, people(bob), true, other},
		"words of nobody":                       {asText, people(), true, noPatient},
		"not held":                              {notHeld, people(), false, 0},
		"why nothing came needs nobody":         {refused, people(), false, 0},
		"words beside a refusal, of nobody":     {refused, people(), true, noPatient},
		"originals beside a refusal, of nobody": {refused, people(), true, noPatient},
		"a mismatch that the system itself saw": {mismatch, people(bob), false, noPatient},
	} {
		t.Run(name, func(t *testing.T) {
			main, further := saying(returned, nil), saying(tc.status, func(o *lhcrv1.SectionOutcome) {
				switch {
				case tc.status == mismatch:
					o.IdentityMismatchReason = noPatient
				case strings.HasPrefix(name, "words beside"):
					o.Narratives = []*lhcrv1.Narrative{{Text: "words"}}
				}
			})
			if strings.HasPrefix(name, "originals beside") {
				further.touch = func(res *adapterv1.FetchResponse) { res.Sources = []*lhcrv1.SourceResource{{ItemId: "x"}} }
			}
			further.people = tc.people
			var handle []byte
			adapter := made(t, main, further, connected())
			if tc.handle {
				handle = located(t, adapter)
			}
			res, err := adapter.Fetch(t.Context(), request(ann, handle, medications, allergies))
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range res.GetOutcomes() {
				if (o.GetStatus() == mismatch) != (tc.want != 0) || o.GetIdentityMismatchReason() != tc.want {
					t.Errorf("%v is %v because of %v, want %v", o.GetSection(), o.GetStatus(), o.GetIdentityMismatchReason(), tc.want)
				}
			}
			if delivered := len(res.GetRecord().GetMedications()) > 0; delivered == (tc.want != 0) {
				t.Errorf("delivered: %v", delivered)
			}
			if want := 1 + len(tc.people("")); len(res.GetPatients()) != want {
				t.Errorf("%d patients, want %d", len(res.GetPatients()), want)
			}
		})
	}
}

func TestSupersessionIsTold(t *testing.T) {
	main := saying(returned, nil)
	further := saying(mismatch, func(o *lhcrv1.SectionOutcome) {
		o.IdentityMismatchReason, o.SupersededBy = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED, bob
	})
	for _, o := range fetched(t, main, further, medications, allergies).GetOutcomes() {
		if o.GetSupersededBy() != bob || o.GetIdentityMismatchReason() != lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED {
			t.Errorf("%v: %v", o.GetSection(), o)
		}
	}
}

func TestCircumstancesAreThoseOfBoth(t *testing.T) {
	at := func(seconds int64) *timestamppb.Timestamp { return &timestamppb.Timestamp{Seconds: seconds} }
	main := saying(returned, func(o *lhcrv1.SectionOutcome) {
		o.Warnings = []*lhcrv1.Warning{{Text: "a"}}
		o.Notes = []*lhcrv1.Note{{Text: "a"}}
		o.Counts = &lhcrv1.ListCounts{Listed: 3, Present: 2, Unlisted: 1}
		o.Applied = &lhcrv1.AppliedQuery{IssuesIncluded: true, ResolvedIncluded: true, SourceTypes: []string{"A", "B"}}
		o.RetrievedAt, o.SourceLag, o.Message = at(20), "a day", "said"
	})
	further := saying(nothing, func(o *lhcrv1.SectionOutcome) {
		o.Warnings = []*lhcrv1.Warning{{Text: "b"}}
		o.Notes = []*lhcrv1.Note{{Text: "b"}}
		o.Counts = &lhcrv1.ListCounts{Listed: 1, Unresolved: 1}
		o.Applied = &lhcrv1.AppliedQuery{ResolvedIncluded: true, WindowNotApplied: true, SourceTypes: []string{"B", "C"}, Window: &lhcrv1.TimeWindow{To: at(5)}}
		o.RetrievedAt, o.SourceLag, o.Truncated, o.RetryAfter = at(10), "a week", true, durationpb.New(time.Second)
		o.EmptyReason, o.Message = &lhcrv1.Concept{Text: "none"}, "unsaid"
	})
	want := &lhcrv1.SectionOutcome{
		RegionId: "smallshire", Section: medications, Status: returned, Message: "said",
		Warnings: []*lhcrv1.Warning{{Text: "a"}, {Text: "b"}}, Notes: []*lhcrv1.Note{{Text: "a"}, {Text: "b"}},
		Counts:      &lhcrv1.ListCounts{Listed: 4, Present: 2, Unresolved: 1, Unlisted: 1},
		Applied:     &lhcrv1.AppliedQuery{ResolvedIncluded: true, WindowNotApplied: true, SourceTypes: []string{"A", "B", "C"}, Window: &lhcrv1.TimeWindow{To: at(5)}},
		RetrievedAt: at(10), SourceLag: "a day; a week", Truncated: true, RetryAfter: durationpb.New(time.Second),
		EmptyReason: &lhcrv1.Concept{Text: "none"},
	}
	got := fetched(t, main, further, medications).GetOutcomes()[0]
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("the outcome differs (-want +got):\n%s", diff)
	}
}

func TestAnInvalidSectionWithItemsIsDelivered(t *testing.T) {
	for other, gaps := range map[lhcrv1.OutcomeStatus]int{returned: 1, unavailable: 2, nothing: 1} {
		main := saying(invalid, nil)
		main.touch = func(res *adapterv1.FetchResponse) {
			add(&lhcrv1.SectionOutcome{Section: medications}, ann, res.GetRecord())
		}
		res := fetched(t, main, saying(other, nil), medications)
		wantOutcome(t, res, medications, returned, gaps)
		if len(res.GetRecord().GetMedications()) == 0 {
			t.Error("the item is not delivered")
		}
	}
}

func TestWithoutASectionNothingIsAsked(t *testing.T) {
	main, further := both(medications)
	_, err := made(t, main, further, connected()).Fetch(t.Context(), request(ann, nil))
	if status.Code(err) != codes.InvalidArgument || len(slices.Concat(main.asked, further.asked)) > 0 {
		t.Errorf("got %v", err)
	}
}
