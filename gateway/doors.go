package gateway

import (
	"context"
	"math"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/rest"
	"github.com/openlhcr/openlhcr/gateway/services"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"
)

// doors are the gRPC servers. Every call walks the same way through the edge,
// whichever it comes by.
type doors struct {
	// network is for suppliers.
	network *grpc.Server
	// within is the same for REST, over connections in memory. It is one of its own so
	// that REST can end its calls while the network is told to go elsewhere.
	within *grpc.Server
	// admin is for those who operate the gateway.
	admin *grpc.Server
}

// buildGRPC makes the gRPC servers.
func (s *Server) buildGRPC() error {
	s.probes = newProbes(s.health, s.directory().Systems(), s.cache != nil)
	s.watch.probes = s.probes
	records, regions, about := services.NewRecord(s.lookup), services.NewRegion(signpost{&s.now}, s.health), introduction{server: s}
	public := func(security credentials.TransportCredentials, more ...grpc.ServerOption) *grpc.Server {
		server := newGRPC(s.edge.ServerOptions(), security, more...)
		lhcrv1.RegisterRecordServiceServer(server, records)
		lhcrv1.RegisterRegionServiceServer(server, regions)
		return s.common(server, about)
	}
	s.doors.network = public(s.credentials())
	// REST has one connection for all its callers: its limits are those of HTTP.
	s.doors.within = public(insecure.NewCredentials(), grpc.MaxConcurrentStreams(math.MaxUint32))
	s.doors.admin = newGRPC(s.edge.AdminServerOptions(), s.credentials())
	if s.cache != nil {
		lhcrv1.RegisterCacheServiceServer(s.doors.admin, services.NewCache(s.cache, s.opts.Now))
	}
	s.common(s.doors.admin, about)
	return nil
}

func newGRPC(walk []grpc.ServerOption, security credentials.TransportCredentials, more ...grpc.ServerOption) *grpc.Server {
	return grpc.NewServer(slices.Concat(walk, []grpc.ServerOption{grpc.Creds(security)}, more)...)
}

// common adds what every door has: the contract is public, and who may see it may as
// well read it.
func (s *Server) common(server *grpc.Server, about lhcrv1.ServerServiceServer) *grpc.Server {
	lhcrv1.RegisterServerServiceServer(server, about)
	reflection.Register(server)
	healthv1.RegisterHealthServer(server, s.probes.know(server))
	return server
}

func (s *Server) credentials() credentials.TransportCredentials {
	if s.identity == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(s.identity.TLS("h2"))
}

func (s *Server) about() services.About {
	features := []string{"documents", "stream"}
	if s.cache != nil {
		features = append(features, "cache")
	}
	return services.About{
		Version: s.opts.Version, Features: features, ReaderVersion: s.now.Load().readerVersion(), Now: s.opts.Now,
	}
}

// introduction is the ServerService of whatever stands now.
type introduction struct {
	lhcrv1.UnsafeServerServiceServer
	server *Server
}

var _ lhcrv1.ServerServiceServer = introduction{}

// GetServerInfo says what this gateway is.
func (i introduction) GetServerInfo(ctx context.Context, req *lhcrv1.GetServerInfoRequest) (*lhcrv1.GetServerInfoResponse, error) {
	return services.NewServer(i.server.about()).GetServerInfo(ctx, req)
}

func (s *Server) buildREST() (err error) {
	s.rest, err = rest.New(rest.Options{
		Dial: s.memory.dial, Ready: s.isServing, Leaving: s.isLeaving, Random: s.opts.Random,
		MaxBodyBytes: int64(s.opts.Config.Limits.RequestSize), Admits: s.edge.Admits, Refused: s.restRefused, Panicked: s.restPanicked,
	})
	return err
}

func (s *Server) restPanicked() {
	s.metrics.Panic()
	s.opts.Logger.Error("a REST handler panicked: the connection was cut off")
}
