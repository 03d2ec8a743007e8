package soak

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// mostExamples is how many violations of a rule the report tells of.
const mostExamples = 5

// tally counts what happens. It is safe for concurrent use.
type tally struct {
	mu sync.Mutex
	f  figures
}

// figures are what a tally counts.
type figures struct {
	// results are the calls by kind and by how they ended.
	results map[kind]map[string]int
	// took is how long the calls took that got an answer, from when they were due.
	took map[kind][]time.Duration
	// notSent are the calls that were due while too many were under way.
	notSent int
	// statuses are the outcomes by status, and those of them from the cache.
	statuses, cached map[string]int
	faults           map[string]int
	violations       map[rules.Rule]int
	examples         map[rules.Rule][]example
	peak             process
}

// example is a violation, and the number of the call.
type example struct {
	call   int
	detail string
}

func newTally() *tally {
	return &tally{f: figures{
		results: map[kind]map[string]int{}, took: map[kind][]time.Duration{}, statuses: map[string]int{}, cached: map[string]int{},
		faults: map[string]int{}, violations: map[rules.Rule]int{}, examples: map[rules.Rule][]example{},
	}}
}

// ended counts a call that ended.
func (t *tally) ended(a ask, how string, took time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.f.results[a.kind] == nil {
		t.f.results[a.kind] = map[string]int{}
	}
	t.f.results[a.kind][how]++
	// Who gives up or reads slowly says nothing of how fast the gateway is.
	if a.patience == 0 && a.pause == 0 {
		t.f.took[a.kind] = append(t.f.took[a.kind], took)
	}
}

func (t *tally) unsent() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.f.notSent++
}

// outcomes counts the outcomes of an answer.
func (t *tally) outcomes(a rules.Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, o := range a.Response.GetOutcomes() {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED {
			continue // nobody is asked
		}
		t.f.statuses[o.GetStatus().String()]++
		if o.GetFromCache() {
			t.f.cached[o.GetStatus().String()]++
		}
	}
}

func (t *tally) fault(what string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.f.faults[what]++
}

// broken counts violations, and keeps the first of each rule.
func (t *tally) broken(call int, found []rules.Violation) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, v := range found {
		t.f.violations[v.Rule]++
		if len(t.f.examples[v.Rule]) < mostExamples {
			t.f.examples[v.Rule] = append(t.f.examples[v.Rule], example{call, v.Detail})
		}
	}
}

// watchEvery is how often the process is looked at.
const watchEvery = time.Second

// watch looks at the process until ctx is done, and keeps the most of each.
func (t *tally) watch(ctx context.Context) {
	for rest(ctx, watchEvery) == nil {
		now := look()
		t.mu.Lock()
		t.f.peak = t.f.peak.most(now)
		t.mu.Unlock()
	}
}

// figures are what was counted. Nothing is counted afterwards.
func (t *tally) figures() figures {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, took := range t.f.took {
		slices.Sort(took)
	}
	return t.f
}

// centile is the duration below which a share of the sorted durations lies.
func centile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}
