package soak

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func dicePlayed(seed, number uint64) dice {
	people := []*person{{index: 1}, {index: 2, mistaken: true}, {index: 3}}
	return dice{rand.New(rand.NewPCG(seed, number)), people, []letter{{item: "a"}, {item: "b"}}, 3, []string{"east", "west"}}
}

func TestTheSameSeedAsksTheSame(t *testing.T) {
	var one, two, other []string
	for n := range uint64(50) {
		say := func(a ask) string { return string(a.kind) + " " + a.question([]string{"east", "west"}, "ann").View }
		one, two, other = append(one, say(dicePlayed(1, n).ask())), append(two, say(dicePlayed(1, n).ask())), append(other, say(dicePlayed(2, n).ask()))
	}
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("one seed asked twice (-one +two):\n%s", diff)
	}
	if cmp.Diff(one, other) == "" {
		t.Error("another seed asks the same")
	}
}

// What chance makes must reach every part of the gateway.
func TestEveryWayOfAskingComesUp(t *testing.T) {
	seen := map[string]int{}
	for n := range uint64(20000) {
		a := dicePlayed(1, n).ask()
		for what, is := range map[string]bool{
			"get": a.kind == get, "stream": a.kind == stream, "REST": a.kind == restGet, "document": a.kind == document, "purge": a.kind == purge,
			"wrong birth": a.birth == wrong, "no birth": a.birth == unsaid, "emergency": a.unkept(), "past the cache": a.past, "aged": a.maxAge > 0,
			"no age": a.maxAge == 0, "window": !a.since.IsZero(), "sources": a.source, "gives up": a.patience > 0, "slow": a.pause > 0,
			"one region": len(a.regions) == 1, "every section": len(a.sections) == 0, "few sections": len(a.sections) > 0 && len(a.sections) < 4,
		} {
			if is {
				seen[what]++
			} else {
				seen[what] += 0
			}
		}
	}
	for what, n := range seen {
		if n == 0 {
			t.Errorf("%s never comes up", what)
		}
	}
}

func TestAnEmergencyIsAskedPastTheCache(t *testing.T) {
	a := ask{who: &person{index: 1}, basis: lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE, maxAge: -1}
	if q := a.question([]string{"east"}, "ann"); !q.PastCache || q.Truth != nil || a.request().GetAccess().GetOverrideReason() == "" {
		t.Errorf("past the cache %t", q.PastCache)
	}
}

func TestCentilesAreOfSortedTimes(t *testing.T) {
	var took []time.Duration
	for n := range 100 {
		took = append(took, time.Duration(n+1))
	}
	for share, want := range map[float64]time.Duration{0.5: 51, 0.99: 100, 1: 100} {
		if got := centile(took, share); got != want {
			t.Errorf("%g: %d, want %d", share, got, want)
		}
	}
	if centile(nil, 0.5) != 0 {
		t.Error("nothing has a median")
	}
}

func TestAReportIsGoodOnlyWithoutViolationAndLeak(t *testing.T) {
	report := func(found []rules.Violation, after process) *Report {
		tallied := newTally()
		tallied.ended(ask{kind: get}, "COMPLETENESS_COMPLETE", time.Millisecond)
		tallied.broken(12, found)
		return &Report{Before: process{goroutines: 4}, After: after, figures: tallied.figures()}
	}
	tests := map[string]struct {
		report *Report
		good   bool
		says   string
	}{
		"good":       {report(nil, process{goroutines: 4}), true, "1 calls, no violation, nothing leaked"},
		"violation":  {report([]rules.Violation{{Rule: rules.AfterPurge, Detail: "a minute older"}}, process{goroutines: 4}), false, "- nothing from before a purge: call 12: a minute older"},
		"goroutines": {report(nil, process{goroutines: 40}), false, "leaked: true"},
		"heap":       {report(nil, process{goroutines: 4, heap: 1 << 30}), false, "goroutines and memory return to where they were | 1 |"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if text := test.report.Markdown(); test.report.Good() != test.good || !strings.Contains(text, test.says) {
				t.Errorf("good %t, and the report is\n%s", test.report.Good(), text)
			}
		})
	}
}

// A truth that a slow machine cut short would make right answers look wrong.
func TestNothingIsLearntFromARegionThatWasTooSlow(t *testing.T) {
	outcome := func(region string, s lhcrv1.OutcomeStatus, gaps ...lhcrv1.GapKind) *lhcrv1.SectionOutcome {
		o := &lhcrv1.SectionOutcome{RegionId: region, Status: s}
		for _, kind := range gaps {
			o.Gaps = append(o.Gaps, &lhcrv1.Gap{Kind: kind})
		}
		return o
	}
	const down, returned = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	const late, failed = lhcrv1.GapKind_GAP_KIND_TIMED_OUT, lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
	tests := map[string]struct {
		outcomes []*lhcrv1.SectionOutcome
		want     bool
	}{
		"whole":               {[]*lhcrv1.SectionOutcome{outcome("east", returned), outcome("west", returned)}, false},
		"a provider's gap":    {[]*lhcrv1.SectionOutcome{outcome("east", returned, failed), outcome("east", down)}, false},
		"a provider was late": {[]*lhcrv1.SectionOutcome{{RegionId: "east", Status: returned, Gaps: []*lhcrv1.Gap{{Kind: late, ProviderOdsCode: "RA9"}}}}, false},
		"late":                {[]*lhcrv1.SectionOutcome{outcome("east", returned), outcome("east", down, late)}, true},
		"a region left alone": {[]*lhcrv1.SectionOutcome{outcome("east", returned), outcome("west", down)}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := hurried(&lhcrv1.GetRecordResponse{Outcomes: test.outcomes}); got != test.want {
				t.Errorf("hurried: %t", got)
			}
		})
	}
}
