package soak

import (
	"context"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	// callTime is when every caller gives up.
	callTime = 15 * time.Second
	// mostCalls is how many calls may be under way. What is due above it is not sent, and counted.
	mostCalls = 4096
)

// What chance decides has a source each, so that none changes with the pace of another.
const (
	chanceOfFaults uint64 = 1 + iota
	chanceOfStore
	chanceOfAsks
)

// drive sends calls at the rate, whatever becomes of those before, and lets regions and
// store fail meanwhile. It returns once the last call has ended.
func (r *run) drive(ctx context.Context) error {
	trouble, calm := context.WithCancel(ctx)
	var faults sync.WaitGroup
	faults.Go(func() { r.weather(trouble, r.chance(chanceOfFaults)) })
	faults.Go(func() { r.store.trouble(trouble, r.chance(chanceOfStore), r.tally) })
	faults.Go(func() { r.tally.watch(trouble) })
	r.send(ctx)
	calm()
	faults.Wait()
	return ctx.Err()
}

// send is an open loop: the next call is due when it is due. Each ask has a source of
// chance of its own, so that the same seed asks the same, however calls overlap.
func (r *run) send(ctx context.Context) {
	var under sync.WaitGroup
	places := make(chan struct{}, mostCalls)
	regions, began := r.regions(), time.Now()
	total := int(r.opts.For.Seconds() * r.opts.Rate)
	for n := 1; n <= total; n++ {
		due := began.Add(time.Duration(float64(n) / r.opts.Rate * float64(time.Second)))
		if rest(ctx, max(time.Until(due), 0)) != nil {
			break
		}
		select {
		case places <- struct{}{}:
		default:
			r.tally.unsent()
			continue
		}
		a := dice{r.chance(chanceOfAsks + uint64(n)), r.people, r.letters, len(r.callers.people), regions}.ask()
		under.Go(func() {
			defer func() { <-places }()
			r.make(ctx, n, a, due)
		})
	}
	under.Wait()
}

// make makes one call and judges it.
func (r *run) make(ctx context.Context, n int, a ask, due time.Time) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if a.patience > 0 {
		timer := time.AfterFunc(a.patience, cancel)
		defer timer.Stop()
	}
	answered := rules.Answer{Question: a.question(r.regions(), r.callers.people[a.caller].name), Sent: time.Now().Round(0)}
	found, err := r.call(ctx, a, &answered)
	answered.Received = time.Now().Round(0)
	how := "answered"
	switch {
	case err != nil:
		var wrong []rules.Violation
		how, wrong = rules.Failure(err, rules.Expected{GaveUp: ctx.Err() != nil, Reasons: reasons(a.kind)})
		found = append(found, wrong...)
	case answered.Response != nil:
		found = append(found, r.judge.Check(answered)...)
		r.tally.outcomes(answered)
		how = answered.Response.GetCompleteness().String()
	}
	r.tally.broken(n, found)
	r.tally.ended(a, how, time.Since(due))
}

func (r *run) call(ctx context.Context, a ask, answered *rules.Answer) (found []rules.Violation, err error) {
	if a.kind != purge && a.kind != document {
		r.judge.Asking(answered.Question, answered.Sent)
	}
	switch a.kind {
	case purge:
		err = r.purge(ctx, a)
	case document:
		_, found, err = r.document(ctx, a)
	case stream:
		answered.Response, found, err = r.stream(ctx, a)
	case restGet:
		answered.Response, err = r.web(ctx, a)
	default:
		answered.Response, err = r.get(ctx, a)
	}
	return found, err
}

// reasons are those for which such a call may fail.
func reasons(k kind) []lhcrv1.ErrorReason {
	switch k {
	case purge:
		return []lhcrv1.ErrorReason{lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE}
	case document:
		return []lhcrv1.ErrorReason{
			lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_TOO_LARGE,
			lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE, lhcrv1.ErrorReason_ERROR_REASON_REGION_REFUSED,
			lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID, lhcrv1.ErrorReason_ERROR_REASON_IDENTITY_MISMATCH,
		}
	}
	return []lhcrv1.ErrorReason{lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE}
}
