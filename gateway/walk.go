package gateway

import (
	"context"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/openlhcr/openlhcr/gateway/rest"
)

// buildEdge makes the walk that every call takes before its service.
func (s *Server) buildEdge() error {
	var err error
	if s.audit, err = audit.NewLines(audit.LinesOptions{
		Handler: s.opts.Logger.Handler(), Now: s.opts.Now, Random: s.opts.Random, Regions: namesOf(s.directory()),
	}); err != nil {
		return err
	}
	limits := s.opts.Config.Limits
	options := edge.Options{
		Audit: s.audit, Metrics: s.metrics, Logger: s.opts.Logger, Now: s.opts.Now, Random: s.opts.Random, Tracing: s.tracing,
		Load:                 s.openGate(),
		DefaultTimeout:       s.opts.Config.Timeouts.Call.Duration,
		MaxRequestBytes:      int(limits.RequestSize),
		MaxConcurrentStreams: uint32(limits.ConcurrentStreams),
	}
	if err := s.trust(&options); err != nil {
		return err
	}
	s.edge, err = edge.New(options)
	return err
}

// namesOf are the ids that callers may name.
func namesOf(d *directory.Directory) []string {
	var names []string
	for _, region := range d.Regions() {
		names = append(names, region.GetRegionId())
	}
	return names
}

// openGate makes the gate that lets no more calls in than there is room for.
func (s *Server) openGate() *load.Gate {
	s.gate = load.New(loadOf(s.opts.Config.Limits), load.Options{Now: s.opts.Now, Observer: s.metrics.Load()})
	s.metrics.WatchLoad(s.gate.State)
	return s.gate
}

func loadOf(l config.Limits) load.Limits {
	return load.Limits{Calls: l.ConcurrentCalls, Waiting: l.WaitingCalls, Memory: int64(l.Memory)}
}

// trust says whose tokens are taken, and whether calls without one are.
func (s *Server) trust(options *edge.Options) error {
	auth := s.opts.Config.Auth
	if auth.AllowUnauthenticated {
		options.Unauthenticated = access.Unauthenticated()
	}
	if auth.JWKSFile == "" {
		return nil // the configuration has seen to it that such calls are taken
	}
	verifier, err := s.newVerifier(auth)
	if err != nil {
		return err
	}
	s.trusted = &trusted{}
	s.trusted.now.Store(verifier)
	options.Verifier = s.trusted
	return nil
}

// restRefused counts and audits a REST request that never became a call of gRPC.
func (s *Server) restRefused(r rest.Refusal) {
	s.edge.Refused(context.Background(), r.RequestID, r.Method, r.Code, r.Reason)
}
