package gateway

import (
	"sync"

	"github.com/openlhcr/openlhcr/gateway/directory"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

const (
	// RegionProbe begins the name under which gRPC's health service tells of a region: "region/dorset".
	RegionProbe = "region/"
	// CacheProbe is the name under which it tells of the cache, if there is one. A
	// cache that fails makes the gateway slower and not unable to serve: the gateway's
	// own health is not told by it.
	CacheProbe = "cache"
)

// probes is gRPC's health service: the whole, each service, each region and the cache.
type probes struct {
	server   *health.Server
	regions  *directory.Health
	services []string // and "" for the whole

	mu sync.Mutex // keeps what is said of a region in the order of its calls
}

func newProbes(regions *directory.Health, ids []string, cache bool) *probes {
	p := &probes{server: health.NewServer(), regions: regions, services: []string{""}}
	for _, id := range ids {
		p.server.SetServingStatus(RegionProbe+id, healthv1.HealthCheckResponse_UNKNOWN)
	}
	if cache {
		p.server.SetServingStatus(CacheProbe, healthv1.HealthCheckResponse_UNKNOWN)
	}
	p.say(healthv1.HealthCheckResponse_NOT_SERVING)
	return p
}

// know takes a server's services among those that are told of. They take no calls yet.
// Its health service knows of no services of other servers.
func (p *probes) know(server *grpc.Server) *doorProbes {
	door := &doorProbes{Server: p.server, all: p, serves: server.GetServiceInfo()}
	for name := range door.serves {
		p.services = append(p.services, name)
	}
	p.say(healthv1.HealthCheckResponse_NOT_SERVING)
	return door
}

func (p *probes) say(status healthv1.HealthCheckResponse_ServingStatus) {
	for _, name := range p.services {
		p.server.SetServingStatus(name, status)
	}
}

// serving says that the gateway and its services take calls.
func (p *probes) serving() { p.say(healthv1.HealthCheckResponse_SERVING) }

// stopping says of everything, and for good, that it takes no more calls.
func (p *probes) stopping() { p.server.Shutdown() }

// cache says whether the cache answers.
func (p *probes) cache(answers bool) {
	status := healthv1.HealthCheckResponse_NOT_SERVING
	if answers {
		status = healthv1.HealthCheckResponse_SERVING
	}
	p.server.SetServingStatus(CacheProbe, status)
}

// observe notes a call to a region.
func (p *probes) observe(c directory.Call) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server.SetServingStatus(RegionProbe+c.RegionID, probeStatus(p.regions.Observe(c)))
}

// checked notes that a region was tried, and answers how it fares since.
func (p *probes) checked(c directory.Check) lhcrv1.HealthStatus {
	p.mu.Lock()
	defer p.mu.Unlock()
	status := p.regions.Checked(c)
	p.server.SetServingStatus(RegionProbe+c.RegionID, probeStatus(status))
	return status
}

// forget says that nothing is known of a region that is not asked any more.
func (p *probes) forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.server.SetServingStatus(RegionProbe+id, healthv1.HealthCheckResponse_UNKNOWN)
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
