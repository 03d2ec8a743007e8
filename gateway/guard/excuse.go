package guard

import (
	"context"
	"sync/atomic"
)

// excuse is what stands between the guards and a region says for it.
type excuse struct{ given atomic.Bool }

type excuseKey struct{}

func excusable(ctx context.Context) (context.Context, *excuse) {
	e := &excuse{}
	return context.WithValue(ctx, excuseKey{}, e), e
}

// of is the verdict on an attempt, if it is to have one.
func (e *excuse) of(v verdict) verdict {
	if !e.given.Load() {
		return v
	}
	v.again = false
	if v.evidence == against {
		v.evidence = neither
	}
	return v
}

// Excuse says of the attempt under way with the context a region was asked with that
// what is missing of its answer is missing for a reason of this gateway's. Such an
// answer is delivered as it comes, says nothing against the region and is not asked
// for again. Without effect outside of a guarded call.
func Excuse(ctx context.Context) {
	if e, ok := ctx.Value(excuseKey{}).(*excuse); ok {
		e.given.Store(true)
	}
}
