package composite

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// checkLimit is how long one system's check may take.
const checkLimit = 15 * time.Second

// Check tries each system that can be tried. The region fares as the worst of them; a further
// system's steps carry its name.
func (r *region) Check(ctx context.Context, req *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	able := r.that(lhcrv1.Capability_CAPABILITY_CHECK)
	if len(able) == 0 {
		return nil, unimplemented()
	}
	answers := together(ctx, able, func(*system) time.Duration { return checkLimit },
		func(ctx context.Context, s *system, _ int) (*adapterv1.CheckResponse, error) {
			return s.Region.Check(ctx, req)
		})
	if ctx.Err() != nil {
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	out := &adapterv1.CheckResponse{}
	for i, a := range answers {
		if a.err != nil {
			a.res = failedCheck(a.err)
		}
		out.Status = worse(out.GetStatus(), a.res.GetStatus())
		for _, step := range a.res.GetSteps() {
			out.Steps = append(out.Steps, &adapterv1.CheckStep{
				Name: about{name: able[i].name}.label("-", step.GetName()), Ok: step.GetOk(), Message: step.GetMessage(),
			})
		}
	}
	return out, nil
}

func failedCheck(err error) *adapterv1.CheckResponse {
	out := &adapterv1.CheckResponse{
		Status: lhcrv1.HealthStatus_HEALTH_STATUS_DOWN,
		Steps:  []*adapterv1.CheckStep{{Name: "check", Message: status.Convert(err).Message()}},
	}
	switch status.Code(err) {
	case codes.PermissionDenied, codes.Unauthenticated:
		out.Status = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	}
	return out
}

// worse is the worse of two states.
func worse(a, b lhcrv1.HealthStatus) lhcrv1.HealthStatus {
	for _, status := range []lhcrv1.HealthStatus{
		lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING,
		lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED, lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY,
	} {
		if a == status || b == status {
			return status
		}
	}
	return lhcrv1.HealthStatus_HEALTH_STATUS_UNSPECIFIED
}
