package guard

import (
	"time"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// answered is the verdict on any answer.
func answered[A any](A) verdict { return verdict{evidence: inFavour} }

// readOutcomes is the verdict on a Fetch that was answered. When the answer says of
// every section that it could not be got, it is a failure in an answer's clothes.
func readOutcomes(res *adapterv1.FetchResponse) verdict {
	var after time.Duration
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
			return verdict{evidence: inFavour}
		}
		after = max(after, delayOf(o))
	}
	if len(res.GetOutcomes()) == 0 {
		return verdict{evidence: inFavour}
	}
	return verdict{code: codes.Unavailable, evidence: against, again: mayHelp(res.GetOutcomes()), after: after}
}

// delayOf is when a section may be asked for again, as the region said.
func delayOf(o *lhcrv1.SectionOutcome) time.Duration {
	after := o.GetRetryAfter().AsDuration()
	for _, g := range o.GetGaps() {
		after = max(after, g.GetRetryAfter().AsDuration())
	}
	return after
}

// mayHelp says whether asking again may help: unless there are gaps and all of them deny it.
func mayHelp(outcomes []*lhcrv1.SectionOutcome) bool {
	denied := false
	for _, o := range outcomes {
		for _, g := range o.GetGaps() {
			if g.GetRetryable() {
				return true
			}
			denied = true
		}
	}
	return !denied
}
