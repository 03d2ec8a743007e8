package gateway

import (
	"context"
	"fmt"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/edge"
	"github.com/openlhcr/openlhcr/gateway/rest"
)

// buildEdge makes the walk that every call takes before its service.
func (s *Server) buildEdge() error {
	var names []string
	for _, region := range s.directory.Regions() {
		names = append(names, region.GetRegionId())
	}
	var err error
	if s.audit, err = audit.NewLines(audit.LinesOptions{
		Handler: s.opts.Logger.Handler(), Now: s.opts.Now, Random: s.opts.Random, Regions: names,
	}); err != nil {
		return err
	}
	limits := s.opts.Config.Limits
	options := edge.Options{
		Audit: s.audit, Metrics: s.metrics, Logger: s.opts.Logger, Now: s.opts.Now, Random: s.opts.Random, Tracing: s.tracing,
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

// trust says whose tokens are taken, and whether calls without one are.
func (s *Server) trust(options *edge.Options) error {
	auth := s.opts.Config.Auth
	if auth.AllowUnauthenticated {
		options.Unauthenticated = access.Unauthenticated()
	}
	if auth.JWKSFile == "" {
		return nil // the configuration has seen to it that such calls are taken
	}
	verifier, err := access.NewVerifier(access.Config{
		Issuer: auth.Issuer, Audience: auth.Audience, JWKSFile: auth.JWKSFile,
		Algorithms: auth.Algorithms, Skew: auth.Skew.Duration, MaxLifetime: auth.MaxLifetime.Duration, Now: s.opts.Now,
	})
	if err != nil {
		return fmt.Errorf("auth: %w", err)
	}
	options.Verifier = verifier
	return nil
}

// restRefused counts and audits a REST request that never became a call of gRPC.
func (s *Server) restRefused(r rest.Refusal) {
	s.edge.Refused(context.Background(), r.RequestID, r.Method, r.Code, r.Reason)
}
