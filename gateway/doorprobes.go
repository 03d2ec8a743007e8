package gateway

import (
	"context"
	"maps"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// doorProbes is gRPC's health service as one server gives it: of the whole, the regions,
// the cache, and of the services that can be called there. A service of another server
// is unknown to it, for whoever is told that it serves would call it here.
type doorProbes struct {
	*health.Server
	all    *probes
	serves map[string]grpc.ServiceInfo
}

var _ healthv1.HealthServer = (*doorProbes)(nil)

func (d *doorProbes) elsewhere(name string) bool {
	_, here := d.serves[name]
	return name != "" && !here && slices.Contains(d.all.services, name)
}

// Check says how a part is now.
func (d *doorProbes) Check(ctx context.Context, req *healthv1.HealthCheckRequest) (*healthv1.HealthCheckResponse, error) {
	if d.elsewhere(req.GetService()) {
		return nil, status.Error(codes.NotFound, "unknown service")
	}
	return d.Server.Check(ctx, req)
}

// List says how every part is now.
func (d *doorProbes) List(ctx context.Context, req *healthv1.HealthListRequest) (*healthv1.HealthListResponse, error) {
	res, err := d.Server.List(ctx, req)
	maps.DeleteFunc(res.GetStatuses(), func(name string, _ *healthv1.HealthCheckResponse) bool { return d.elsewhere(name) })
	return res, err
}

// Watch says how a part is, now and whenever that changes. As gRPC's own it goes on for
// a part that is unknown, which here stays so.
func (d *doorProbes) Watch(req *healthv1.HealthCheckRequest, stream healthv1.Health_WatchServer) error {
	if !d.elsewhere(req.GetService()) {
		return d.Server.Watch(req, stream)
	}
	if err := stream.Send(&healthv1.HealthCheckResponse{Status: healthv1.HealthCheckResponse_SERVICE_UNKNOWN}); err != nil {
		return err
	}
	<-stream.Context().Done()
	return status.Error(codes.Canceled, "the watch has ended")
}
