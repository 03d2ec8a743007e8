package guard

import (
	"time"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// delivered is the verdict on a document that came.
func delivered(*adapterv1.FetchDocumentResponse) verdict { return verdict{evidence: inFavour} }

// located is the verdict on a Locate that was answered: an adapter that could not say
// may not have asked.
func located(res *adapterv1.LocateResponse) verdict {
	if isUnsaid(res) {
		return verdict{unheard: true}
	}
	return verdict{evidence: inFavour}
}

// readOutcomes is the verdict on a Fetch that was answered. What is withheld or never
// given may have been said without the region, and says nothing of it. When the answer
// says of every other section that it could not be got, it is a failure in an answer's
// clothes; when there is no other, the region was not heard.
func readOutcomes(res *adapterv1.FetchResponse) verdict {
	var failed []*lhcrv1.SectionOutcome
	var after time.Duration
	for _, o := range res.GetOutcomes() {
		switch {
		case saidForIt(o.GetStatus()):
		case o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE:
			return verdict{evidence: inFavour}
		default:
			failed, after = append(failed, o), max(after, delayOf(o))
		}
	}
	switch {
	case len(failed) > 0:
		return verdict{code: codes.Unavailable, evidence: against, again: mayHelp(failed), after: after}
	case len(res.GetOutcomes()) > 0:
		return verdict{unheard: true}
	}
	return verdict{evidence: inFavour}
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
