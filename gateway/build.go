package gateway

import (
	"context"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/rest"
	"github.com/openlhcr/openlhcr/gateway/services"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/reflection"
)

// buildGRPC makes the one gRPC server, which both the network and REST reach.
func (s *Server) buildGRPC() error {
	s.grpc = grpc.NewServer(append(s.edge.ServerOptions(), grpc.Creds(entrances{s.credentials()}))...)
	health := directory.NewHealth(s.opts.Now)
	lhcrv1.RegisterRecordServiceServer(s.grpc, services.NewRecord(s.lookup))
	lhcrv1.RegisterRegionServiceServer(s.grpc, services.NewRegion(s.directory, health))
	lhcrv1.RegisterServerServiceServer(s.grpc, services.NewServer(s.about()))
	reflection.Register(s.grpc) // the contract is public: who may see it may as well read it
	s.probes = newProbes(s.grpc, health, s.directory.Systems())
	s.watch.probes = s.probes
	return nil
}

func (s *Server) credentials() credentials.TransportCredentials {
	if s.security == nil {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(s.security)
}

func (s *Server) about() services.About {
	return services.About{
		Version: s.opts.Version, Features: []string{"documents", "stream"}, ReaderVersion: s.readerVersion(), Now: s.opts.Now,
	}
}

// readerVersion is that of each region's reader, once.
func (s *Server) readerVersion() string {
	var versions []string
	for _, r := range s.deployment.regions {
		if v := r.Describe().GetReaderVersion(); v != "" {
			versions = append(versions, v)
		}
	}
	slices.Sort(versions)
	return strings.Join(slices.Compact(versions), ",")
}

func (s *Server) buildREST() (err error) {
	s.rest, err = rest.New(rest.Options{
		Dial: s.memory.dial, Ready: s.isServing, Random: s.opts.Random,
		MaxBodyBytes: int64(s.opts.Config.Limits.RequestSize), Admits: s.edge.Admits, Refused: s.restRefused, Panicked: s.restPanicked,
	})
	return err
}

func (s *Server) restPanicked() {
	s.metrics.Panic()
	s.opts.Logger.Error("a REST handler panicked: the connection was cut off")
}

// letGo ends what lives as long as the gateway.
func (s *Server) letGo() {
	_ = s.rest.Close()   // nobody is left to call through it
	_ = s.memory.Close() // nor to dial
	s.closeIdle()
	ctx, cancel := context.WithTimeout(context.Background(), s.opts.Config.Timeouts.Drain.Duration)
	defer cancel()
	if err := s.tracing.Shutdown(ctx); err != nil {
		s.opts.Logger.Warn("the last traces were not sent", "cause", err)
	}
	if err := s.audit.Flush(ctx); err != nil {
		s.opts.Logger.Error("the last lines of the audit were not written", "cause", err)
	}
}
