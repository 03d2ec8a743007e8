package network

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// longest is how much longer than one step the adapter's check may take: it has several of its own.
const longest = 3

// adapter has the region's own adapter try what only it knows: a token, an answer that
// takes our credentials.
func (l Line) adapter(ctx context.Context, opts Options) []Step {
	bounded, cancel := context.WithTimeout(ctx, longest*opts.Timeout)
	defer cancel()
	began := time.Now()
	res, err := l.Check(bounded)
	took := time.Since(began)
	if err != nil {
		return []Step{l.unchecked(err).took(took)}
	}
	steps := make([]Step, 0, len(res.GetSteps()))
	for _, s := range res.GetSteps() {
		steps = append(steps, l.step(res.GetStatus(), s))
	}
	if len(steps) == 0 {
		return []Step{l.named("check").with(stateOf(res.GetStatus()), "it says no more", "").took(took)}
	}
	steps[len(steps)-1] = steps[len(steps)-1].took(took)
	return steps
}

func (l Line) named(step string) Step {
	return Step{RegionID: l.RegionID, Name: "adapter: " + step}
}

func (l Line) step(health lhcrv1.HealthStatus, s *adapterv1.CheckStep) Step {
	step := l.named(adapters.Scrub(s.GetName()))
	switch {
	case s.GetOk():
		return step.with(OK, adapters.Scrub(s.GetMessage()), "")
	case health == lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		return step.with(Failed, adapters.Scrub(s.GetMessage()), adviceOn(s.GetMessage(), askAccess))
	}
	return step.with(Failed, adapters.Scrub(s.GetMessage()), adviceOn(s.GetMessage(), askRegion))
}

func (l Line) unchecked(err error) Step {
	step := l.named("check")
	switch status.Code(err) {
	case codes.Unimplemented:
		return step.with(NotTried, "this region's adapter has no check", "")
	case codes.DeadlineExceeded, codes.Canceled:
		return step.with(Failed, "it does not end in time", askService)
	}
	message := status.Convert(err).Message()
	return step.with(Failed, adapters.Scrub(message), adviceOn(message, askRegion))
}

func stateOf(health lhcrv1.HealthStatus) State {
	switch health {
	case lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY:
		return OK
	case lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED:
		return Attention
	}
	return Failed
}
