package lookup_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// gated is a region that answers when it is let, or when its context ends.
type gated struct {
	mu      sync.Mutex
	fetches int
	gate    chan struct{}
	then    fetchMethod
}

func newGated() *gated { return &gated{gate: make(chan struct{})} }

func (g *gated) adapter(id string) adapters.Adapter {
	return &fetchFunc{timeout(describe(id), 5*time.Second), func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		g.mu.Lock()
		g.fetches++
		g.mu.Unlock()
		select {
		case <-g.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if g.then != nil {
			return g.then(ctx, req)
		}
		res := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}})
		res.Patients[0].NhsNumber = req.GetPatient().GetNhsNumber()
		for _, s := range req.GetSections() {
			res.Outcomes = append(res.Outcomes, outcome(s, map[bool]lhcrv1.OutcomeStatus{true: returned, false: nothing}[s == problems]))
		}
		return res, nil
	}}
}

// bubble is a lookup in a synctest bubble, with a cache of its own that ends with it.
func bubble(t *testing.T, opts lookup.Options, list ...adapters.Adapter) *lookup.Lookup {
	t.Helper()
	l := cached(t, opts, list...)
	t.Cleanup(func() {
		if err := l.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return l
}

// asked is a lookup in a goroutine of its own.
type asked struct {
	res *lhcrv1.GetRecordResponse
	err error
}

func ask(t *testing.T, ctx context.Context, l *lookup.Lookup, as *adapterv1.Caller, req *lhcrv1.GetRecordRequest) <-chan asked {
	answers := make(chan asked, 1)
	go func() {
		res, err := l.Get(ctx, as, req)
		if err == nil {
			res = onWire(t, res)
		}
		answers <- asked{res, err}
	}()
	return answers
}

func TestTheSameQuestionIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		region := newGated()
		l := bubble(t, lookup.Options{Observe: seen.observe}, region.adapter("dorset"))
		var answers []<-chan asked
		for range 10 {
			answers = append(answers, ask(t, t.Context(), l, caller(), request(problems)))
		}
		synctest.Wait()
		close(region.gate)
		for _, a := range answers {
			got := <-a
			if got.err != nil || got.res.GetCompleteness() != complete || got.res.GetOutcomes()[0].GetFromCache() {
				t.Fatalf("a shared answer is %v, %v", got.res.GetCompleteness(), got.err)
			}
		}
		if region.fetches != 1 || len(seen.all()) != 1 || seen.all()[0].Joined != 9 {
			t.Errorf("%d fetches, observed %+v: want one that nine joined", region.fetches, seen.all())
		}
	})
}

func TestWhoDoesNotShareAQuestion(t *testing.T) {
	tests := map[string]func(*adapterv1.Caller, *lhcrv1.GetRecordRequest){
		"another person":        func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.PersonId = "p2" },
		"another role":          func(c *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) { c.RoleCode = "R1543" },
		"another patient":       func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Patient.NhsNumber = otherNumber },
		"another date of birth": func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Patient.DateOfBirth = "1951" },
		"other sections":        func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Sections = []lhcrv1.Section{problems, alerts} },
		"originals":             func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.IncludeSource = true },
		"a window":              func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Window = &lhcrv1.TimeWindow{} },
		"past the cache":        func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Freshness = past() },
		"of this instant":       func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) { r.Freshness = within(0) },
		"an emergency": func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) {
			r.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE
		},
		"a consent": func(_ *adapterv1.Caller, r *lhcrv1.GetRecordRequest) {
			r.Access.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "dorset"}}
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				region := newGated()
				l := bubble(t, lookup.Options{}, region.adapter("dorset"))
				as, req := caller(), request(problems)
				change(as, req)
				first := ask(t, t.Context(), l, caller(), request(problems))
				synctest.Wait()
				second, third := ask(t, t.Context(), l, as, req), ask(t, t.Context(), l, caller(), request(problems))
				synctest.Wait()
				close(region.gate)
				for _, a := range []<-chan asked{first, second, third} {
					if got := <-a; got.err != nil {
						t.Error(got.err)
					}
				}
				if region.fetches != 2 {
					t.Errorf("%d fetches, want 2: the third shares the first's", region.fetches)
				}
			})
		})
	}
}

func TestNobodySharesWhatWasAskedBeforeAPurge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		kept := newCache(t, cache.Options{Memory: 1 << 20})
		region := newGated()
		l := bubble(t, lookup.Options{Cache: kept}, region.adapter("dorset"))
		before := ask(t, t.Context(), l, caller(), request(problems))
		synctest.Wait()
		if _, err := kept.Purge(t.Context(), nhsNumber); err != nil {
			t.Fatal(err)
		}
		after := ask(t, t.Context(), l, caller(), request(problems))
		synctest.Wait()
		close(region.gate)
		<-before
		<-after
		if region.fetches != 2 {
			t.Errorf("%d fetches, want 2", region.fetches)
		}
	})
}

// Who gives up leaves the question to those who joined, and to the cache.
func TestAQuestionOutlivesItsCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		region := newGated()
		l := bubble(t, lookup.Options{Observe: seen.observe}, region.adapter("dorset"))
		impatient, cancel := context.WithCancel(t.Context())
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		first := ask(t, impatient, l, caller(), request(problems))
		synctest.Wait()
		hasty, patient := ask(t, short, l, caller(), request(problems)), ask(t, t.Context(), l, caller(), request(problems))
		synctest.Wait()
		cancel()
		if got := <-first; status.Code(got.err) != codes.Canceled {
			t.Errorf("who gave up got %v", got.err)
		}
		got := <-hasty
		if o := got.res.GetOutcomes()[0]; got.err != nil || o.GetStatus() != unavailable || o.GetGaps()[0].GetKind() != lhcrv1.GapKind_GAP_KIND_TIMED_OUT {
			t.Errorf("whose time ended got %v, %v", o.GetStatus(), got.err)
		}
		if len(seen.all()) != 0 {
			t.Error("the call to the region counts as over")
		}
		close(region.gate)
		if got := <-patient; got.err != nil || got.res.GetCompleteness() != complete {
			t.Errorf("who waited got %v, %v", got.res.GetCompleteness(), got.err)
		}
		if res := getAs(t, l, caller(), request(problems)); !res.GetOutcomes()[0].GetFromCache() || region.fetches != 1 {
			t.Errorf("who asked again is served from the cache: %t", res.GetOutcomes()[0].GetFromCache())
		}
		wantObserved(t, seen.all(), "dorset", codes.OK)
	})
}

// Nobody at all may be left, and the answer is kept all the same.
func TestAnAnswerThatNobodyWaitsForIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		region := newGated()
		l := bubble(t, lookup.Options{}, region.adapter("dorset"))
		ctx, cancel := context.WithCancel(t.Context())
		gone := ask(t, ctx, l, caller(), request(problems))
		synctest.Wait()
		cancel()
		<-gone
		close(region.gate)
		synctest.Wait()
		if !getAs(t, l, caller(), request(problems)).GetOutcomes()[0].GetFromCache() {
			t.Error("it was thrown away")
		}
	})
}

// What may not be kept is nobody else's: it ends with its caller.
func TestAQuestionThatIsNotKeptEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		region := newGated()
		l := bubble(t, lookup.Options{Observe: seen.observe}, region.adapter("dorset"))
		req := request(problems)
		req.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE
		ctx, cancel := context.WithCancel(t.Context())
		gone := ask(t, ctx, l, caller(), req)
		synctest.Wait()
		cancel()
		<-gone
		wantObserved(t, seen.all(), "dorset", codes.Canceled)
	})
}

func TestARegionsTimeBoundsASharedQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		region, release := newGated(), make(chan struct{})
		l := bubble(t, lookup.Options{Observe: seen.observe}, deaf(timeout(describe("yorkshire"), 2*time.Second), release), region.adapter("dorset"))
		close(region.gate)
		began := time.Now()
		first, second := ask(t, t.Context(), l, caller(), request(problems)), ask(t, t.Context(), l, caller(), request(problems))
		for _, a := range []<-chan asked{first, second} {
			got := <-a
			if o := outcomeOf(t, got.res.GetOutcomes(), "yorkshire", problems); o.GetStatus() != unavailable || o.GetGaps()[0].GetKind() != lhcrv1.GapKind_GAP_KIND_TIMED_OUT {
				t.Errorf("the late region is %v", o.GetStatus())
			}
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("it took %v", took)
		}
		wantObserved(t, seen.all(), "yorkshire", codes.DeadlineExceeded)
		close(release)
	})
}

func TestAPanicStaysWithItsQuestion(t *testing.T) {
	poisoned := fetched(&lhcrv1.Record{MedicationCourses: []*lhcrv1.MedicationCourse{nil}}, outcome(problems, returned))
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		region := newGated()
		region.then = func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { return poisoned, nil }
		l := bubble(t, lookup.Options{Observe: seen.observe}, region.adapter("dorset"))
		first, second := ask(t, t.Context(), l, caller(), request(problems)), ask(t, t.Context(), l, caller(), request(problems))
		synctest.Wait()
		close(region.gate)
		for _, a := range []<-chan asked{first, second} {
			if got := <-a; got.err != nil || got.res.GetOutcomes()[0].GetStatus() != invalid || strings.Contains(got.res.String(), nhsNumber) {
				t.Errorf("%v, %v", got.res.GetOutcomes(), got.err)
			}
		}
		wantObserved(t, seen.all(), "dorset", codes.DataLoss)
	})
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		region := newGated()
		l := bubble(t, lookup.Options{}, region.adapter("dorset"))
		ctx, cancel := context.WithCancel(t.Context())
		gone, waiting := ask(t, ctx, l, caller(), request(problems)), ask(t, t.Context(), l, caller(), request(alerts))
		synctest.Wait()
		cancel()
		<-gone
		for range 2 {
			if err := l.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := <-waiting; got.err != nil || got.res.GetOutcomes()[0].GetStatus() != unavailable {
			t.Errorf("who still waited got %v, %v", got.res.GetOutcomes(), got.err)
		}
		close(region.gate)
		if res := getAs(t, l, caller(), request(problems)); res.GetCompleteness() != complete {
			t.Errorf("who came later got %v", res.GetCompleteness())
		}
	})
}

func TestCloseWaitsNoLongerThanItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		l := bubble(t, lookup.Options{}, deaf(describe("dorset"), release))
		ctx, cancel := context.WithCancel(t.Context())
		gone := ask(t, ctx, l, caller(), request(problems))
		synctest.Wait()
		cancel()
		<-gone
		short, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := l.Close(short); err == nil {
			t.Error("an adapter that minds no context counts as gone")
		}
		close(release)
	})
}

// Callers who come and go cannot pile questions up.
func TestHowManyQuestionsOutliveTheirCallersIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		region := newGated()
		l := bubble(t, lookup.Options{Observe: seen.observe, MaxFlights: 2}, region.adapter("dorset"))
		for _, section := range []lhcrv1.Section{problems, alerts, allergies, documents} {
			ctx, cancel := context.WithCancel(t.Context())
			gone := ask(t, ctx, l, caller(), request(section))
			synctest.Wait()
			cancel()
			<-gone
		}
		if got := len(seen.all()); got != 2 {
			t.Errorf("%d of four questions ended with their callers, want 2", got)
		}
	})
}

// With no epoch to go by nobody knows of a purge in between.
func TestWithoutACacheNoQuestionIsShared(t *testing.T) {
	off := func(t *testing.T) lookup.Cache { return newCache(t, cache.Options{Shared: down{}}) }
	none := func(*testing.T) lookup.Cache { return nil }
	for name, make := range map[string]func(*testing.T) lookup.Cache{"none": none, "cannot be reached": off} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				region := newGated()
				l := newLookup(t, lookup.Options{Cache: make(t), Keep: keepLong}, region.adapter("dorset"))
				first, second := ask(t, t.Context(), l, caller(), request(problems)), ask(t, t.Context(), l, caller(), request(problems))
				synctest.Wait()
				close(region.gate)
				for _, a := range []<-chan asked{first, second} {
					if got := <-a; got.err != nil || got.res.GetCompleteness() != complete {
						t.Errorf("%v, %v", got.res.GetCompleteness(), got.err)
					}
				}
				if region.fetches != 2 {
					t.Errorf("%d fetches, want 2", region.fetches)
				}
				if err := l.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestWhoJoinsIsLinkedToTheTraceOfWhoAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		spans := tracetest.NewInMemoryExporter()
		tracer := trace.NewTracerProvider(trace.WithSyncer(spans)).Tracer("lookup")
		region := newGated()
		l := bubble(t, lookup.Options{Tracer: tracer}, region.adapter("dorset"))
		firstCtx, firstSpan := tracer.Start(t.Context(), "first")
		secondCtx, secondSpan := tracer.Start(t.Context(), "second")
		first := ask(t, firstCtx, l, caller(), request(problems))
		synctest.Wait()
		second := ask(t, secondCtx, l, caller(), request(problems))
		synctest.Wait()
		close(region.gate)
		<-first
		<-second
		firstSpan.End()
		secondSpan.End()
		for _, s := range spans.GetSpans() {
			switch s.Name {
			case "region Fetch":
				if s.Parent.SpanID() != firstSpan.SpanContext().SpanID() {
					t.Error("the call to the region is not of the first trace")
				}
			case "second":
				if len(s.Links) != 1 || s.Links[0].SpanContext.TraceID() != firstSpan.SpanContext().TraceID() {
					t.Errorf("%d links from who joined", len(s.Links))
				}
			}
		}
	})
}

// turnedAway is the error of a guard.
type turnedAway struct{ error }

func (turnedAway) GuardRefusal() string         { return "queue_full" }
func (e turnedAway) GRPCStatus() *status.Status { return status.Convert(e.error) }

// guarded stands around a region and lets nothing through.
type guarded struct{ lookup.Fetcher }

func (guarded) Fetch(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return nil, turnedAway{retryIn(codes.Unavailable, 3*time.Second)}
}

func TestARefusalOfAGuardIsNotTheRegions(t *testing.T) {
	var seen observations
	region, err := adapters.NewRegion(answering("dorset", fetched(nil)))
	if err != nil {
		t.Fatal(err)
	}
	l := lookup.New([]lookup.Fetcher{guarded{region}}, lookup.Options{Observe: seen.observe, Directory: directory{own: []string{"dorset"}}})
	o := get(t, l, request(problems)).GetOutcomes()[0]
	if o.GetStatus() != unavailable || o.GetMessage() != "slow down" || o.GetRetryAfter().AsDuration() != 3*time.Second {
		t.Errorf("%v: %q, again after %v", o.GetStatus(), o.GetMessage(), o.GetRetryAfter().AsDuration())
	}
	if got := seen.all(); len(got) != 1 || got[0].Refused != "queue_full" || got[0].Code != codes.Unavailable {
		t.Errorf("observed %+v", got)
	}
}

func TestADeploymentIsReplacedWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := newGated()
		l := bubble(t, lookup.Options{}, slow.adapter("dorset"))
		before := ask(t, t.Context(), l, caller(), request(problems))
		synctest.Wait()
		next, err := adapters.NewRegion(answering("yorkshire", fetched(nil, outcome(problems, nothing))))
		if err != nil {
			t.Fatal(err)
		}
		l.Replace(lookup.Deployment{Regions: []lookup.Fetcher{next}, Directory: directory{own: []string{"yorkshire"}}})
		after := getAs(t, l, caller(), request(problems))
		if o := after.GetOutcomes(); len(o) != 1 || o[0].GetRegionId() != "yorkshire" || o[0].GetStatus() != nothing {
			t.Errorf("who came after got %v", o)
		}
		close(slow.gate)
		if got := <-before; got.err != nil || got.res.GetOutcomes()[0].GetRegionId() != "dorset" || got.res.GetOutcomes()[0].GetStatus() != returned {
			t.Errorf("who came before got %v, %v", got.res.GetOutcomes(), got.err)
		}
		l.Replace(lookup.Deployment{})
		if o := getAs(t, l, caller(), request(problems)).GetOutcomes()[0]; o.GetRegionId() != "yorkshire" || o.GetStatus() != unavailable {
			t.Errorf("a region that is gone is %v", o.GetStatus())
		}
	})
}
