package edge

import (
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionv1alpha "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
)

// method is what the edge knows of a method.
type method struct {
	// name is its full name, "/lhcr.v1.RecordService/GetRecord", or telemetry.UnknownMethod.
	name string
	// known is whether the gateway has it, on the surface that the call came by.
	known bool
	// ours is whether it is of the contract, rather than of gRPC's own services.
	ours bool
	// public is whether it takes no token. A public method discloses nothing of
	// anybody, so it is counted and not audited; it costs next to nothing, so it is
	// never refused for want of room.
	public bool
	// permission is the one that its caller needs. Empty for none.
	permission string
	// metrics counts its calls.
	metrics *telemetry.Method
}

// surface is what answers on a listener: the methods that are there and no others.
type surface struct {
	edge    *Edge
	methods map[string]*method
	unknown *method
}

// served is one service on a surface.
type served struct {
	service      grpc.ServiceDesc
	ours, public bool
	permission   string
}

// common are the services of every surface.
func common() []served {
	return []served{
		{service: lhcrv1.ServerService_ServiceDesc, ours: true, public: true},
		{service: healthgrpc.Health_ServiceDesc, public: true},
		{service: reflectionv1.ServerReflection_ServiceDesc, public: true},
		{service: reflectionv1alpha.ServerReflection_ServiceDesc, public: true},
	}
}

// suppliers is the surface that suppliers see, over the network and through REST.
func (e *Edge) suppliers() *surface {
	return e.surface(append(common(),
		served{service: lhcrv1.RecordService_ServiceDesc, ours: true},
		served{service: lhcrv1.RegionService_ServiceDesc, ours: true}))
}

// operators is the surface of the admin listener.
func (e *Edge) operators() *surface {
	return e.surface(append(common(),
		served{service: lhcrv1.CacheService_ServiceDesc, ours: true, permission: access.PermissionPurge}))
}

// surface makes one. A method that is not listed is refused as unknown.
func (e *Edge) surface(services []served) *surface {
	s := &surface{edge: e, methods: map[string]*method{}, unknown: e.newMethod(method{name: telemetry.UnknownMethod})}
	for _, one := range services {
		for _, name := range namesOf(one.service) {
			full := "/" + one.service.ServiceName + "/" + name
			s.methods[full] = e.newMethod(method{name: full, known: true, ours: one.ours, public: one.public, permission: one.permission})
		}
	}
	return s
}

func (e *Edge) newMethod(m method) *method {
	m.metrics = e.options.Metrics.Method(m.name)
	return &m
}

func namesOf(s grpc.ServiceDesc) []string {
	var names []string
	for _, m := range s.Methods {
		names = append(names, m.MethodName)
	}
	for _, m := range s.Streams {
		names = append(names, m.StreamName)
	}
	return names
}

func (s *surface) knows(fullMethod string) bool { return s.method(fullMethod).known }

// method is a method that is known, or the one that stands for all others: what a
// caller made up is never repeated.
func (s *surface) method(fullMethod string) *method {
	if m, ok := s.methods[fullMethod]; ok {
		return m
	}
	return s.unknown
}
