package guard_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

func TestAnExcusedAnswerIsDeliveredAndSaysNothingAgainstTheRegion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, n := guarded(t, &regional{fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			guard.Excuse(ctx)
			return answers(unavailable)(ctx, req)
		}}, guard.DefaultPolicy())
		times(t.Context(), 20, r)
		wantBreaker(t, r, closed)
		if len(n.asked()) != 20 || n.asked()[0].Failed {
			t.Errorf("%d attempts, the first %+v", len(n.asked()), n.asked()[0])
		}
		res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{Patient: someone(0)})
		if err != nil || res.GetOutcomes()[0].GetStatus() != unavailable {
			t.Errorf("the answer is %v with %v", res, err)
		}
	})
}

func TestAnExcuseOutsideOfACallIsWithoutEffect(t *testing.T) { guard.Excuse(t.Context()) }
