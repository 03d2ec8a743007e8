package guard

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// State is how the guards of a region stand.
type State struct {
	// Breaker is whether the region is asked.
	Breaker lhcrv1.BreakerState
	// RetryAfter is when it is tried again. Zero unless the breaker is open.
	RetryAfter time.Duration
	// InFlight is how many calls to the region are under way.
	InFlight int
	// Waiting is how many wait for one of those to end.
	Waiting int
	// Lost is how many went on so long after their end that others were given their
	// places: the adapter hangs, and does not mind its context.
	Lost int
}

// State is how the guards stand now.
func (r *Region) State() State {
	s := State{
		Breaker:  r.breaker.state(),
		InFlight: int(r.limit.inFlight.Load()), Waiting: int(r.limit.waiting.Load()), Lost: int(r.limit.lost.Load()),
	}
	if s.Breaker == lhcrv1.BreakerState_BREAKER_STATE_OPEN {
		s.RetryAfter = r.breaker.untilTried()
	}
	return s
}

// Regions are the guarded regions of a deployment, by their ids.
type Regions map[string]*Region

// States are how the guards of each region stand now.
func (r Regions) States() map[string]State {
	all := make(map[string]State, len(r))
	for id, region := range r {
		all[id] = region.State()
	}
	return all
}

// Report adds to a region's health how its guards stand. One without guards is left as it is.
func (r Regions) Report(health *lhcrv1.RegionHealth) {
	region := r[health.GetRegionId()]
	if region == nil {
		return
	}
	state := region.State()
	health.Breaker = state.Breaker
	health.CallsInFlight, health.CallsWaiting = uint32(state.InFlight), uint32(state.Waiting)
	if state.RetryAfter > 0 {
		health.RetryAfter = durationpb.New(state.RetryAfter)
	}
}
