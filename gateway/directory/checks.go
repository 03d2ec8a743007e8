package directory

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Check is what came of trying a region without a patient.
type Check struct {
	// RegionID is the region.
	RegionID string
	// Status is what it says of the region: UNSPECIFIED where it says nothing.
	Status lhcrv1.HealthStatus
	// Steps are what was found, free of identifiers and addresses. They are not to be changed any more.
	Steps []*lhcrv1.HealthStep
}

func (c Check) failed() bool { return Call{Status: c.Status}.failed() }

// tried is the last check of a region, and when it was. The zero tried is of a region
// that was never tried.
type tried struct {
	Check
	at time.Time
}

// Checked notes a check, and answers how the region fares since.
func (h *Health) Checked(c Check) lhcrv1.HealthStatus {
	status, guards := h.noteCheck(c)
	return judged(&lhcrv1.RegionHealth{RegionId: c.RegionID, Status: status}, guards).GetStatus()
}

func (h *Health) noteCheck(c Check) (lhcrv1.HealthStatus, Guards) {
	h.mu.Lock()
	defer h.mu.Unlock()
	region := h.region(c.RegionID)
	region.tried = tried{Check: c, at: h.now()}
	return region.status(), h.guards
}

// region is what was seen of one. With the lock.
func (h *Health) region(id string) *calls {
	if h.regions[id] == nil {
		h.regions[id] = &calls{}
	}
	return h.regions[id]
}

// status is what the calls say and, where it is younger than all of them, the check: a
// region that cannot be reached now answers nobody, whatever it answered before. One
// that answers a check after its last calls failed may fail the next call too.
func (c *calls) status() lhcrv1.HealthStatus {
	said := c.ofCalls()
	switch {
	case !c.tried.speaks(c.lastAnswered, c.lastFailed):
		return said
	case c.tried.failed(), said == lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED:
		return c.tried.Status
	case said == lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY:
		return c.tried.Status
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
}

// speaks says whether the check tells something, and more lately than the calls.
func (t tried) speaks(calls ...time.Time) bool {
	for _, at := range calls {
		if !t.at.After(at) {
			return false
		}
	}
	return t.Status != lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
}
