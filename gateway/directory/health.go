package directory

import (
	"slices"
	"sync"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// LastCalls is how many calls of a region its health looks back on.
const LastCalls = 20

// Call is one call to a region, as it ended.
type Call struct {
	// RegionID is the region.
	RegionID string
	// Status is what it says of the region: HEALTHY when it answered, DEGRADED when
	// it answered in part, DOWN when nothing usable came, REFUSING when it refused
	// us, and UNSPECIFIED when the call says nothing of it.
	Status lhcrv1.HealthStatus
	// Code is how the call ended. It only words the failure.
	Code codes.Code
	// Duration is how long it took.
	Duration time.Duration
}

// Health is how the regions fare, as the last calls and the last check saw it and as
// the guards around them stand. It asks nothing itself. It is safe for concurrent use.
type Health struct {
	now func() time.Time

	mu      sync.Mutex
	regions map[string]*calls
	guards  Guards
}

// Guards know what stands around the calls to the regions. They must be safe for
// concurrent use.
type Guards interface {
	// Report fills in breaker, retry_after, calls_in_flight and calls_waiting of the
	// region that the health names.
	Report(health *lhcrv1.RegionHealth)
}

// unguarded knows of no guards.
type unguarded struct{}

func (unguarded) Report(*lhcrv1.RegionHealth) {}

// calls are the last calls of one region, the oldest of them overwritten by the next.
type calls struct {
	ring         [LastCalls]Call
	seen         int
	lastAnswered time.Time
	lastFailed   time.Time
	lastFailure  Call
	tried        tried
}

// NewHealth makes a health that has seen no call. The clock dates answers and failures.
func NewHealth(now func() time.Time) *Health {
	return &Health{now: now, regions: map[string]*calls{}, guards: unguarded{}}
}

// Guarded says who knows the guards of the regions, from now on.
func (h *Health) Guarded(by Guards) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.guards = by
}

// Observe notes a call that has ended, and answers how the region fares since. A call
// that a guard refused is none to the region: its status is UNSPECIFIED.
func (h *Health) Observe(c Call) lhcrv1.HealthStatus {
	status, guards := h.note(c)
	return judged(&lhcrv1.RegionHealth{RegionId: c.RegionID, Status: status}, guards).GetStatus()
}

func (h *Health) note(c Call) (lhcrv1.HealthStatus, Guards) {
	h.mu.Lock()
	defer h.mu.Unlock()
	region := h.region(c.RegionID)
	if c.Status != lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED {
		region.note(c, h.now())
	}
	return region.status(), h.guards
}

// Of is the health of one region.
func (h *Health) Of(id string) *lhcrv1.RegionHealth {
	return judged(h.seen(id))
}

func (h *Health) seen(id string) (*lhcrv1.RegionHealth, Guards) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if region := h.regions[id]; region != nil {
		return region.report(id), h.guards
	}
	return &lhcrv1.RegionHealth{RegionId: id}, h.guards
}

// judged adds to what the calls saw how the guards stand. A region that is left alone
// is down, whatever calls it answered before. The guards are asked without our lock:
// they have locks of their own.
func judged(health *lhcrv1.RegionHealth, guards Guards) *lhcrv1.RegionHealth {
	guards.Report(health)
	if health.GetBreaker() == lhcrv1.BreakerState_BREAKER_STATE_OPEN {
		health.Status = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	}
	return health
}

func (c *calls) note(call Call, at time.Time) {
	c.ring[c.seen%LastCalls] = call
	c.seen++
	if call.failed() {
		c.lastFailed, c.lastFailure = at, call
		return
	}
	c.lastAnswered = at
}

func (c *calls) last() []Call { return c.ring[:min(c.seen, LastCalls)] }

func (c *calls) report(id string) *lhcrv1.RegionHealth {
	calls, failures := c.count()
	return &lhcrv1.RegionHealth{
		RegionId:       id,
		Status:         c.status(),
		LastAnswered:   moment(c.lastAnswered),
		LastFailed:     moment(c.lastFailed),
		LastFailure:    c.lastFailure.describe(),
		Calls:          uint32(calls),
		Failures:       uint32(failures),
		TypicalLatency: c.median(),
		LastChecked:    moment(c.tried.at),
		Steps:          slices.Clone(c.tried.Steps),
	}
}

func (c *calls) count() (calls, failures int) {
	for _, call := range c.last() {
		if call.failed() {
			failures++
		}
	}
	return len(c.last()), failures
}

// ofCalls is what the calls say.
func (c *calls) ofCalls() lhcrv1.HealthStatus {
	calls, failures := c.count()
	switch {
	case calls == 0:
		return lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
	case failures == calls:
		return c.lastFailure.Status
	case failures > 0 || slices.ContainsFunc(c.last(), Call.inPart):
		return lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
}

// median is that of the calls that were answered: the lower of the middle two.
func (c *calls) median() *durationpb.Duration {
	var answered []time.Duration
	for _, call := range c.last() {
		if !call.failed() {
			answered = append(answered, call.Duration)
		}
	}
	if len(answered) == 0 {
		return nil
	}
	slices.Sort(answered)
	return durationpb.New(answered[(len(answered)-1)/2])
}

func moment(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

// failed says whether nothing usable came.
func (c Call) failed() bool {
	return c.Status == lhcrv1.HealthStatus_HEALTH_STATUS_DOWN || c.Status == lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
}

func (c Call) inPart() bool { return c.Status == lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED }

// describe words a failure by its kind: the region's own words may hold anything.
func (c Call) describe() string {
	switch {
	case !c.failed():
		return ""
	case c.Code == codes.ResourceExhausted:
		return "it asked us to slow down, or its answer was too large"
	case c.Status == lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		return "it refused our credentials or this caller"
	case c.Code == codes.DeadlineExceeded:
		return "it did not answer in time"
	case c.Code == codes.Unavailable:
		return "it could not be reached or was out of order"
	case c.Code == codes.DataLoss:
		return "its answer could not be understood or was not whole"
	case c.Code == codes.OK:
		return "it answered none of the sections asked for"
	}
	return "the call to it failed"
}
