package gateway

import (
	"log/slog"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/vitals"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// watched are the regions that are switched on, to be tried where nobody asks them.
func (s *standing) watched() []vitals.Region {
	var out []vitals.Region
	for _, id := range s.ids() {
		out = append(out, s.regions[id].guarded)
	}
	return out
}

// found tells metrics, health and probes what trying a region came to, and the log when
// that changed.
func (s *Server) found(f vitals.Finding) {
	before := s.health.Of(f.RegionID).GetStatus()
	now := s.probes.checked(directory.Check{RegionID: f.RegionID, Status: f.Status, Steps: f.Steps})
	s.metrics.RegionCheck(f.RegionID, f.Status)
	if now == before {
		return
	}
	switch now {
	case lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		s.opts.Logger.Warn("a region that was tried cannot be used", slog.String("region", f.RegionID), slog.Any("failed", failedSteps(f.Steps)))
	default:
		s.opts.Logger.Info("a region was tried", slog.String("region", f.RegionID), slog.String("fares", strings.ToLower(strings.TrimPrefix(now.String(), "HEALTH_STATUS_"))))
	}
}

// failedSteps are the steps that failed, each with what was said of it.
func failedSteps(steps []*lhcrv1.HealthStep) []string {
	var failed []string
	for _, step := range steps {
		if !step.GetOk() {
			failed = append(failed, step.GetName()+": "+step.GetMessage())
		}
	}
	return failed
}

// statuses are how the regions fare that are switched on. One whose adapter could not be
// reached is down.
func (s *Server) statuses() map[string]lhcrv1.HealthStatus {
	now := s.now.Load()
	out := map[string]lhcrv1.HealthStatus{}
	for _, id := range now.ids() {
		out[id] = s.health.Of(id).GetStatus()
	}
	for _, id := range now.awaited {
		out[id] = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	}
	return out
}
