package guard

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// request is what a region is asked of one patient.
type request interface {
	proto.Message
	GetPatient() *lhcrv1.PatientQuery
}

// question is one method of the inner region and what it is asked.
type question[Q request, A any] struct {
	method  lookup.Method
	request Q
	ask     func(context.Context, Q) (A, error)
	read    func(A) verdict // what an answer says of the region
}

// call is one call through the guards, with all its attempts.
type call struct {
	*Region
	method lookup.Method
	given  atomic.Int64 // the time that its latest attempt had; 0 before the first
}

// result is what an attempt came to, and what that says of the region.
type result[A any] struct {
	answer  A
	err     error
	verdict verdict
}

// through takes a question through the guards, from the outside in.
func through[Q request, A any](ctx context.Context, r *Region, q question[Q, A]) (A, error) {
	ctx, cancel := r.bound(ctx)
	defer cancel()
	c := &call{Region: r, method: q.method}
	last := broken(ctx, c, q.request.GetPatient().GetNhsNumber(), func() result[A] {
		return retried(ctx, c, func(number int) result[A] {
			return limited(ctx, c, func(waited time.Duration) result[A] {
				return asked(ctx, c, q, number, waited)
			})
		})
	})
	return last.answer, last.err
}

// asked asks the region itself.
func asked[Q request, A any](ctx context.Context, c *call, q question[Q, A], number int, waited time.Duration) result[A] {
	request := q.request
	if number < c.policy.Attempts {
		// An adapter might write into what it is asked. The next attempt must ask the same.
		request = proto.CloneOf(request)
	}
	began, given := time.Now(), left(ctx)
	c.given.Store(int64(given))
	asking, excuse := excusable(ctx)
	answer, err := q.ask(asking, request)
	p := pace{given: given, took: time.Since(began), full: c.time}
	if why, refused := RefusalOf(err); refused {
		return refuse[A](c, why, err)
	}
	v := q.read(answer)
	if err != nil {
		v = readError(err)
	}
	v = excuse.of(v.within(ctx, p))
	if !v.unheard {
		c.observer.Attempted(Attempt{
			RegionID: c.ID(), Method: c.method, Number: number, Code: v.code, Failed: v.evidence == against, Waited: waited, Duration: p.took,
		})
	}
	return result[A]{answer: answer, err: err, verdict: v}
}

// refuse ends a call that a guard does not let through: one of ours, or one that
// stands further in.
func refuse[A any](c *call, why Refusal, err error) result[A] {
	c.observer.Refused(Refused{RegionID: c.ID(), Method: c.method, Why: why})
	return result[A]{err: err, verdict: verdict{refused: true}}
}

// over ends a call whose context is done.
func over[A any](ctx context.Context) result[A] {
	return result[A]{err: status.FromContextError(ctx.Err()).Err()}
}
