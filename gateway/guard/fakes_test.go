package guard_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	open     = lhcrv1.BreakerState_BREAKER_STATE_OPEN
	halfOpen = lhcrv1.BreakerState_BREAKER_STATE_HALF_OPEN
	closed   = lhcrv1.BreakerState_BREAKER_STATE_CLOSED

	unavailable = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	returned    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
)

// fetch is how a region behaves.
type fetch func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)

// regional is a regional system that does as its functions say.
type regional struct {
	fetch    fetch
	locate   func(context.Context) error
	document func(context.Context) error
	timeout  time.Duration
}

var _ lookup.Fetcher = (*regional)(nil)

func (r *regional) ID() string                             { return "dorset" }
func (r *regional) CanLocate() bool                        { return r.locate != nil }
func (r *regional) Supports(lhcrv1.Section) (bool, string) { return false, "it gives nothing" }

func (r *regional) Describe() *adapterv1.DescribeResponse {
	about := &adapterv1.DescribeResponse{Region: &lhcrv1.Region{RegionId: "dorset"}}
	if r.timeout > 0 {
		about.FetchTimeout = durationpb.New(r.timeout)
	}
	return about
}

func (r *regional) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return r.fetch(ctx, req)
}

func (r *regional) Locate(ctx context.Context, _ *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	return &adapterv1.LocateResponse{}, r.locate(ctx)
}

func (r *regional) FetchDocument(ctx context.Context, _ *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return &adapterv1.FetchDocumentResponse{}, r.document(ctx)
}

// answers is a region that says of one section what became of it.
func answers(status lhcrv1.OutcomeStatus) fetch {
	return func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{{Status: status}}}, nil
	}
}

// fails is a region whose calls fail.
func fails(err error) fetch {
	return func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { return nil, err }
}

// inTurn behaves as each of these once, then as the last for good.
func inTurn(turns ...fetch) fetch {
	var mu sync.Mutex
	at := 0
	return func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		mu.Lock()
		turn := turns[min(at, len(turns)-1)]
		at++
		mu.Unlock()
		return turn(ctx, req)
	}
}

// taking is a region that takes its time, and minds its context.
func taking(d time.Duration, then fetch) fetch {
	return func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		select {
		case <-time.After(d):
			return then(ctx, req)
		case <-ctx.Done():
			return nil, status.FromContextError(ctx.Err()).Err()
		}
	}
}

// hangs is a region that answers only when its context ends.
func hangs() fetch { return taking(time.Hour, answers(returned)) }

func code(c codes.Code) error { return status.Error(c, "it failed") }

// codeIn is an error that says when to ask again.
func codeIn(c codes.Code, after time.Duration) error {
	s, err := status.New(c, "it failed").WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(after)})
	if err != nil {
		return err
	}
	return s.Err()
}

// notes is an Observer that remembers.
type notes struct {
	mu       sync.Mutex
	attempts []guard.Attempt
	refused  []guard.Refused
	retried  []guard.Retried
	changed  []guard.Changed
}

var _ guard.Observer = (*notes)(nil)

func note[T any](n *notes, list *[]T, v T) {
	n.mu.Lock()
	defer n.mu.Unlock()
	*list = append(*list, v)
}

func (n *notes) Attempted(v guard.Attempt) { note(n, &n.attempts, v) }
func (n *notes) Refused(v guard.Refused)   { note(n, &n.refused, v) }
func (n *notes) Retried(v guard.Retried)   { note(n, &n.retried, v) }
func (n *notes) Changed(v guard.Changed)   { note(n, &n.changed, v) }

func noted[T any](n *notes, list *[]T) []T {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(*list)
}

func (n *notes) asked() []guard.Attempt      { return noted(n, &n.attempts) }
func (n *notes) turnedAway() []guard.Refused { return noted(n, &n.refused) }
func (n *notes) decided() []guard.Retried    { return noted(n, &n.retried) }
func (n *notes) changes() []guard.Changed    { return noted(n, &n.changed) }

func (n *notes) decisions() []guard.Retry {
	var all []guard.Retry
	for _, r := range n.decided() {
		all = append(all, r.Decision)
	}
	return all
}

// once is a policy that never asks again.
func once() guard.Policy {
	p := guard.DefaultPolicy()
	p.Attempts = 1
	return p
}

// patient is a policy whose breaker never opens.
func patient() guard.Policy {
	p := guard.DefaultPolicy()
	p.Breaker.Calls = 10_000
	return p
}

// guarded puts guards around a region; waits before retries do not vary.
func guarded(tb testing.TB, inner lookup.Fetcher, p guard.Policy) (*guard.Region, *notes) {
	tb.Helper()
	n := &notes{}
	r, err := guard.New(inner, p, guard.Options{Observer: n, Random: func() float64 { return 0.5 }})
	if err != nil {
		tb.Fatal(err)
	}
	return r, n
}

func ask(ctx context.Context, r *guard.Region) error { return askAbout(ctx, r, 0) }

// someone is one of three synthetic patients.
func someone(number int) *lhcrv1.PatientQuery {
	return &lhcrv1.PatientQuery{NhsNumber: []string{"9990000018", "9990000026", "9990000034"}[number%3]}
}

func askAbout(ctx context.Context, r *guard.Region, number int) error {
	_, err := r.Fetch(ctx, &adapterv1.FetchRequest{Patient: someone(number)})
	return err
}

// times asks so often, one after the other, about one patient after the other.
func times(ctx context.Context, n int, r *guard.Region) {
	for number := range n {
		_ = askAbout(ctx, r, number) // what comes of each is told by the breaker and the notes
	}
}

func wantRefusal(t *testing.T, err error, want guard.Refusal) {
	t.Helper()
	if got, ok := guard.RefusalOf(err); !ok || got != want {
		t.Errorf("error is %v (refusal %q), want refusal %q", err, got, want)
	}
}

func wantBreaker(t *testing.T, r *guard.Region, want lhcrv1.BreakerState) {
	t.Helper()
	if got := r.State().Breaker; got != want {
		t.Errorf("breaker is %v, want %v", got, want)
	}
}
