package gateway

import (
	"sync"

	"github.com/openlhcr/openlhcr/gateway/directory"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

// RegionProbe begins the name under which gRPC's health service tells of a region: "region/dorset".
const RegionProbe = "region/"

// probes is gRPC's health service: the whole, each service and each region.
type probes struct {
	server  *health.Server
	regions *directory.Health

	mu sync.Mutex // keeps what is said of a region in the order of its calls
}

func newProbes(server *grpc.Server, regions *directory.Health, ids []string) *probes {
	p := &probes{server: health.NewServer(), regions: regions}
	p.server.SetServingStatus("", healthv1.HealthCheckResponse_NOT_SERVING)
	for name := range server.GetServiceInfo() {
		p.server.SetServingStatus(name, healthv1.HealthCheckResponse_NOT_SERVING)
	}
	for _, id := range ids {
		p.server.SetServingStatus(RegionProbe+id, healthv1.HealthCheckResponse_UNKNOWN)
	}
	healthv1.RegisterHealthServer(server, p.server)
	return p
}

// serving says that the gateway and its services take calls.
func (p *probes) serving(server *grpc.Server) {
	p.server.SetServingStatus("", healthv1.HealthCheckResponse_SERVING)
	for name := range server.GetServiceInfo() {
		p.server.SetServingStatus(name, healthv1.HealthCheckResponse_SERVING)
	}
}

// stopping says of everything, and for good, that it takes no more calls.
func (p *probes) stopping() { p.server.Shutdown() }

// observe notes a call to a region.
func (p *probes) observe(c directory.Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server.SetServingStatus(RegionProbe+c.RegionID, probeStatus(p.regions.Observe(c)))
}

// probeStatus: a region that answers in part is worth asking.
func probeStatus(s lhcrv1.HealthStatus) healthv1.HealthCheckResponse_ServingStatus {
	switch s {
	case lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY, lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED:
		return healthv1.HealthCheckResponse_SERVING
	case lhcrv1.HealthStatus_HEALTH_STATUS_DOWN, lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING:
		return healthv1.HealthCheckResponse_NOT_SERVING
	}
	return healthv1.HealthCheckResponse_UNKNOWN
}
