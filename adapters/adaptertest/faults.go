package adaptertest

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Expectation is one fault of a test system and what must come of it.
type Expectation struct {
	// Name of the fault, as the test system knows it.
	Name string
	// Whole says that it befalls every call, not only those of the broken section.
	Whole bool
	// Status that the broken section, or with Whole every section that is supported, must have.
	Status lhcrv1.OutcomeStatus
	// Gap that must be among its gaps. Unspecified for any or none.
	Gap lhcrv1.GapKind
	// RetryAfter says that the outcome must say when to ask again.
	RetryAfter bool
	// Slow says that only the caller's deadline ends the call.
	Slow bool
	// Harmless says that nothing may change at all.
	Harmless bool
}

func (s Subject) expected(name string) (Expectation, bool) {
	i := slices.IndexFunc(s.Faults, func(e Expectation) bool { return e.Name == name })
	if i < 0 {
		return Expectation{}, false
	}
	return s.Faults[i], true
}

func faultsStayWhereTheyAre(ctx context.Context, t *testing.T, s Subject) {
	sound, err := s.New(t).Fetch(ctx, s.fetch(s.Held))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range s.Faults {
		t.Run(name(e), func(t *testing.T) {
			// The deadline is what ends a region that hangs; the answer must still come within it.
			limit := patience
			if e.Slow {
				limit = patience / 5
			}
			limited, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			adapter := s.New(t)
			s.Fault(t, e)
			res, err := adapter.Fetch(limited, s.fetch(s.Held))
			if err != nil {
				t.Fatalf("Fetch: %v, want an answer with outcomes", err)
			}
			s.compare(t, e, sound, res)
			s.namesNobody(t, e.Name, texts(res))
		})
	}
}

func name(e Expectation) string {
	if e.Whole {
		return e.Name + " everywhere"
	}
	return e.Name
}

// compare wants the fault in the outcomes that it befalls, and everything else as it was.
func (s Subject) compare(t *testing.T, e Expectation, sound, broken *adapterv1.FetchResponse) {
	t.Helper()
	got := outcomes(t, s.Sections, broken)
	for section, before := range outcomes(t, s.Sections, sound) {
		switch {
		case e.Harmless, !e.Whole && section != s.Broken:
			if diff := cmp.Diff(before, got[section], same()); diff != "" {
				t.Errorf("%v changed (-sound +broken):\n%s", section, diff)
			}
			s.sameItems(t, section, sound, broken)
		case before.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
			checkFault(t, e, got[section])
		}
	}
}

func (s Subject) sameItems(t *testing.T, section lhcrv1.Section, sound, broken *adapterv1.FetchResponse) {
	t.Helper()
	if want, got := ids(section, sound), ids(section, broken); !slices.Equal(want, got) {
		t.Errorf("%v had %d items and has %d", section, len(want), len(got))
	}
}

func ids(section lhcrv1.Section, res *adapterv1.FetchResponse) []string {
	var out []string
	for _, it := range items(res.GetRecord()) {
		if it.GetHeader().GetSection() == section {
			out = append(out, it.GetHeader().GetItemId())
		}
	}
	slices.Sort(out)
	return out
}

func checkFault(t *testing.T, e Expectation, o *lhcrv1.SectionOutcome) {
	t.Helper()
	if o.GetStatus() != e.Status {
		t.Errorf("%v is %v, want %v (%s)", o.GetSection(), o.GetStatus(), e.Status, o.GetMessage())
	}
	if o.GetMessage() == "" && !slices.ContainsFunc(o.GetGaps(), func(g *lhcrv1.Gap) bool { return g.GetMessage() != "" }) {
		t.Errorf("%v does not say what happened: want a message, or a gap with one", o.GetSection())
	}
	if e.RetryAfter && o.GetRetryAfter() == nil {
		t.Errorf("%v does not say when to ask again: want retry_after as the region gave it", o.GetSection())
	}
	if e.Gap != lhcrv1.GapKind_GAP_KIND_UNSPECIFIED &&
		!slices.ContainsFunc(o.GetGaps(), func(g *lhcrv1.Gap) bool { return g.GetKind() == e.Gap }) {
		t.Errorf("%v has %d gaps, none of them a %v", o.GetSection(), len(o.GetGaps()), e.Gap)
	}
}
