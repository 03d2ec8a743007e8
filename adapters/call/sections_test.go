package call_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
)

func TestWhatBecomesOfSections(t *testing.T) {
	const (
		allergies = lhcrv1.Section_SECTION_ALLERGIES
		problems  = lhcrv1.Section_SECTION_PROBLEMS
		unasked   = lhcrv1.Section_SECTION_GOALS
		refused   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
		notHeld   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	)
	first, second := call.Refused("first"), call.Unavailable("second")
	second.RetryAfter = time.Minute
	a := call.Sections{allergies: fhir.Asked{}, problems: fhir.Asked{}}
	a.Fail([]lhcrv1.Section{allergies, unasked}, first)
	a.Fail([]lhcrv1.Section{allergies}, second)
	a.Lose([]lhcrv1.Section{problems, unasked}, &lhcrv1.Gap{Message: "lost"})
	a.Truncate([]lhcrv1.Section{problems, unasked})
	a.Settle(notHeld, "nobody")
	want := call.Sections{
		allergies: {Failure: refused, Message: "first", RetryAfter: time.Minute, Gaps: []*lhcrv1.Gap{
			{Kind: lhcrv1.GapKind_GAP_KIND_REFUSED, Message: "first"},
			{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Message: "second", Retryable: true, RetryAfter: durationpb.New(time.Minute)},
		}},
		problems: {Failure: notHeld, Message: "nobody", Truncated: true, Gaps: []*lhcrv1.Gap{{Message: "lost"}}},
	}
	if diff := cmp.Diff(want, a, protocmp.Transform()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
