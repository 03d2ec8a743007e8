package edge

import (
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
	// known is whether the gateway has it.
	known bool
	// ours is whether it is of the contract, rather than of gRPC's own services.
	ours bool
	// public is whether it takes no token. A public method discloses nothing of
	// anybody, so it is counted and not audited.
	public bool
}

// knownMethods are the methods of every service that the gateway serves. A service
// that is not listed here is refused as unknown.
func knownMethods() map[string]method {
	methods := map[string]method{}
	add := func(ours, public bool, services ...grpc.ServiceDesc) {
		for _, s := range services {
			for _, name := range namesOf(s) {
				full := "/" + s.ServiceName + "/" + name
				methods[full] = method{name: full, known: true, ours: ours, public: public}
			}
		}
	}
	add(true, false, lhcrv1.RecordService_ServiceDesc, lhcrv1.RegionService_ServiceDesc)
	add(true, true, lhcrv1.ServerService_ServiceDesc)
	add(false, true, healthgrpc.Health_ServiceDesc, reflectionv1.ServerReflection_ServiceDesc, reflectionv1alpha.ServerReflection_ServiceDesc)
	return methods
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

func (e *Edge) knows(fullMethod string) bool { return e.methods[fullMethod].known }

// methodOf is a method that is known, or the one that stands for all others: what a
// caller made up is never repeated.
func (e *Edge) methodOf(fullMethod string) method {
	if m, ok := e.methods[fullMethod]; ok {
		return m
	}
	return method{name: telemetry.UnknownMethod}
}
