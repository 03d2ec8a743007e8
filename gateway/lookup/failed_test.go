package lookup_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

func retryIn(code codes.Code, after time.Duration) error {
	s, err := status.New(code, "slow down").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(after)})
	if err != nil {
		panic(err)
	}
	return s.Err()
}

func TestWhatAFailedRegionMeans(t *testing.T) {
	const (
		providerFailed = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
		timedOut       = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
		gapRefused     = lhcrv1.GapKind_GAP_KIND_REFUSED
		malformed      = lhcrv1.GapKind_GAP_KIND_MALFORMED
	)
	tests := map[string]struct {
		err    error
		status lhcrv1.OutcomeStatus
		gap    lhcrv1.GapKind
		retry  bool
		after  time.Duration
	}{
		"unavailable":         {status.Error(codes.Unavailable, ""), unavailable, providerFailed, true, 0},
		"unavailable for now": {retryIn(codes.Unavailable, 3*time.Second), unavailable, providerFailed, true, 3 * time.Second},
		"internal":            {status.Error(codes.Internal, ""), unavailable, providerFailed, true, 0},
		"unknown":             {status.Error(codes.Unknown, ""), unavailable, providerFailed, true, 0},
		"aborted":             {status.Error(codes.Aborted, ""), unavailable, providerFailed, true, 0},
		"cancelled there":     {status.Error(codes.Canceled, ""), unavailable, providerFailed, true, 0},
		"timed out there":     {status.Error(codes.DeadlineExceeded, ""), unavailable, timedOut, true, 0},
		"a code of tomorrow":  {status.Error(codes.Code(99), ""), unavailable, providerFailed, true, 0},
		"a plain error":       {errors.New("no route"), unavailable, providerFailed, true, 0},
		"permission denied":   {status.Error(codes.PermissionDenied, ""), refused, gapRefused, false, 0},
		"unauthenticated":     {status.Error(codes.Unauthenticated, ""), refused, gapRefused, false, 0},
		"failed precondition": {status.Error(codes.FailedPrecondition, ""), refused, gapRefused, false, 0},
		"quota":               {status.Error(codes.ResourceExhausted, ""), refused, gapRefused, true, 0},
		"quota until":         {retryIn(codes.ResourceExhausted, time.Minute), refused, gapRefused, true, time.Minute},
		"data loss":           {status.Error(codes.DataLoss, ""), invalid, malformed, true, 0},
		"invalid argument":    {status.Error(codes.InvalidArgument, ""), invalid, malformed, false, 0},
		"out of range":        {status.Error(codes.OutOfRange, ""), invalid, malformed, false, 0},
		"already exists":      {status.Error(codes.AlreadyExists, ""), invalid, malformed, false, 0},
		"not found":           {status.Error(codes.NotFound, ""), invalid, malformed, false, 0},
		"unimplemented":       {status.Error(codes.Unimplemented, ""), invalid, malformed, false, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			fails := map[string]adapters.Adapter{
				"fetch":  failing("yorkshire", test.err),
				"locate": locating("yorkshire", nil, test.err, fetched(nil, outcome(allergies, nothing), outcome(problems, nothing))),
			}
			if status.Code(test.err) == codes.Unimplemented {
				delete(fails, "locate") // goes on to Fetch: TestLocate has it
			}
			for method, region := range fails {
				l := newLookup(t, lookup.Options{}, region, answering("dorset", fetched(nil, outcome(allergies, nothing), outcome(problems, nothing))))
				res := get(t, l, request(allergies, problems))
				for _, section := range []lhcrv1.Section{allergies, problems} {
					o := outcomeOf(t, res.GetOutcomes(), "yorkshire", section)
					if o.GetStatus() != test.status || len(o.GetGaps()) != 1 {
						t.Fatalf("%s of %v: %v with %d gaps, want %v with one", method, section, o.GetStatus(), len(o.GetGaps()), test.status)
					}
					gap := o.GetGaps()[0]
					if gap.GetKind() != test.gap || gap.GetRetryable() != test.retry || gap.GetRetryAfter().AsDuration() != test.after || o.GetRetryAfter().AsDuration() != test.after {
						t.Errorf("%s: gap is %v, retryable %t after %v", method, gap.GetKind(), gap.GetRetryable(), gap.GetRetryAfter().AsDuration())
					}
					if o.GetMessage() == "" {
						t.Errorf("%s: no word for the user", method)
					}
					if outcomeOf(t, res.GetOutcomes(), "dorset", section).GetStatus() != nothing {
						t.Errorf("%s: the other region's outcome changed", method)
					}
				}
				if res.GetCompleteness() != partialAnswer {
					t.Errorf("%s: the answer is %v, want partial", method, res.GetCompleteness())
				}
			}
		})
	}
}

func TestEveryCodeHasAMeaning(t *testing.T) {
	for code := codes.OK + 1; code <= codes.Unauthenticated; code++ {
		l := newLookup(t, lookup.Options{}, failing("dorset", status.Error(code, "")))
		res := get(t, l, request(allergies))
		if got := res.GetOutcomes()[0]; got.GetMessage() == "" || res.GetCompleteness() != noneAvailable {
			t.Errorf("%v: %v, %q", code, res.GetCompleteness(), got.GetMessage())
		}
	}
}

func TestAPanicStaysWithItsRegion(t *testing.T) {
	// No answer that came over a wire holds a nil, but one made in this process can.
	poisoned := fetched(&lhcrv1.Record{MedicationCourses: []*lhcrv1.MedicationCourse{nil}}, outcome(problems, returned))
	tests := map[string]struct {
		fetch fetchMethod
		want  lhcrv1.OutcomeStatus
	}{
		"in the adapter":    {func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { panic(nhsNumber) }, unavailable},
		"answering nil":     {func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { return nil, nil }, unavailable},
		"a poisoned answer": {func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { return poisoned, nil }, invalid},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var seen observations
			l := newLookup(t, lookup.Options{Observe: seen.observe}, &fetchFunc{describe("yorkshire"), test.fetch},
				answering("dorset", fetched(nil, outcome(problems, nothing))))
			res := get(t, l, request(problems))
			if got := outcomeOf(t, res.GetOutcomes(), "dorset", problems).GetStatus(); got != nothing {
				t.Errorf("the other region's outcome is %v", got)
			}
			if got := outcomeOf(t, res.GetOutcomes(), "yorkshire", problems).GetStatus(); got != test.want {
				t.Errorf("the outcome is %v, want %v", got, test.want)
			}
			if strings.Contains(res.String(), nhsNumber) {
				t.Error("the panic's value got into the answer")
			}
			if len(seen.all()) != 2 {
				t.Errorf("%d observations, want one of each region", len(seen.all()))
			}
		})
	}
}
