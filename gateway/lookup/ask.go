package lookup

import (
	"context"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// askAll asks every region of a plan side by side. The channel holds room for all
// and delivers each region once: with its answer, or with UNAVAILABLE when its time
// or the context ends. It is never closed.
func (l *Lookup) askAll(ctx context.Context, p *plan) <-chan assembly.Region {
	answers := make(chan assembly.Region, len(p.regions))
	for _, id := range p.regions {
		if r := l.regions[id]; r != nil {
			l.newQuestion(p, r).start(ctx, answers)
		} else {
			answers <- notConnected(id, p.sections)
		}
	}
	return answers
}

// question is what one region is asked.
type question struct {
	*plan
	lookup   *Lookup
	region   *region
	asked    []lhcrv1.Section // those of the plan's that the region gives
	attempts *attempts
}

func (l *Lookup) newQuestion(p *plan, r *region) *question {
	q := &question{plan: p, lookup: l, region: r, attempts: &attempts{lookup: l, region: r.ID()}}
	for _, section := range p.sections {
		if _, never := r.reasons[section]; !never {
			q.asked = append(q.asked, section)
		}
	}
	return q
}

// start asks in a goroutine of its own. When the region's time or the context ends
// first, the region counts as late there and then, whether its adapter minds its
// context or not; what it may still say is dropped.
func (q *question) start(ctx context.Context, answers chan<- assembly.Region) {
	wait, told := regionTime(ctx, q.region)
	waiting, stopWaiting := context.WithTimeout(ctx, wait)
	inTime := context.AfterFunc(waiting, func() {
		q.attempts.abandon(waiting.Err())
		answers <- q.withoutAnswer(status.FromContextError(waiting.Err()).Err())
	})
	go func() {
		defer stopWaiting()
		telling, cancel := context.WithTimeout(waiting, told)
		defer cancel()
		answer := q.guarded(telling)
		if inTime() {
			answers <- answer
		}
	}()
}

// guarded answers even where the work on an answer panics. The panic's value may
// hold anything of a patient: it goes nowhere.
func (q *question) guarded(ctx context.Context) (answer assembly.Region) {
	defer func() {
		if recover() != nil {
			err := status.Error(codes.DataLoss, "the gateway failed over the region's answer")
			q.attempts.end(err)
			answer = q.withoutAnswer(err)
		}
	}()
	return q.answer(ctx)
}

// answer locates, fetches, checks whose answer it is, and encodes it.
func (q *question) answer(ctx context.Context) assembly.Region {
	if len(q.asked) == 0 {
		return q.with(nil)
	}
	found := q.region.locate(ctx, q.attempts, func() *adapterv1.LocateRequest {
		return &adapterv1.LocateRequest{Caller: q.callerFor(), Patient: q.patient()}
	})
	switch {
	case found.err != nil:
		return q.withoutAnswer(found.err)
	case found.verdictOf(q.plan.asked).Mismatch():
		return q.mismatched(found.verdictOf(q.plan.asked))
	case found.notHeld:
		return q.each(func(s lhcrv1.Section) *lhcrv1.SectionOutcome {
			return &lhcrv1.SectionOutcome{
				RegionId: q.region.ID(), Section: s, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD,
				Message: "no record available", RetrievedAt: timestamppb.New(q.lookup.opts.Now()), SourceLag: q.region.lag,
			}
		})
	}
	return q.fetch(ctx, found)
}

func (q *question) fetch(ctx context.Context, found location) assembly.Region {
	res, err := q.region.Fetch(q.attempts.start(ctx, MethodFetch), &adapterv1.FetchRequest{
		Caller: q.callerFor(), Patient: q.patient(), Sections: slices.Clone(q.asked), Handle: found.handle,
		Window: proto.CloneOf(q.request.GetWindow()), IncludeSource: q.request.GetIncludeSource(),
	})
	if err != nil {
		q.attempts.end(err)
		return q.withoutAnswer(err)
	}
	verdict, people := gate(q.plan.asked, found.people, res)
	if verdict.Mismatch() {
		q.attempts.answered(codes.OK, map[lhcrv1.OutcomeStatus]int{lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH: len(q.asked)})
		return q.mismatched(verdict)
	}
	parts := part.Encode(part.Answer{
		Region: q.region.ID(), Sections: q.asked, Response: res, People: people,
		LinkedLeftOut: verdict.LeftOut, Lag: q.region.lag, Retrieved: q.lookup.opts.Now(),
	})
	q.attempts.answered(meaning(parts), statusesOf(parts))
	return q.with(parts)
}

func (q *question) mismatched(v identity.Verdict) assembly.Region {
	return q.each(func(s lhcrv1.Section) *lhcrv1.SectionOutcome { return mismatchOutcome(q.region.ID(), s, v) })
}

func (q *question) callerFor() *adapterv1.Caller {
	return callerFor(q.region.ID(), q.caller, q.request.GetAccess())
}

// patient is a copy: no adapter can change whom the next one is asked about.
func (q *question) patient() *lhcrv1.PatientQuery { return proto.CloneOf(q.request.GetPatient()) }
