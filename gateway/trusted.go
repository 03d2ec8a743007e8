package gateway

import (
	"fmt"
	"sync/atomic"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/edge"
)

// trusted is whoever issues the tokens that are taken now.
type trusted struct {
	now atomic.Pointer[access.Verifier]
}

var _ edge.Verifier = (*trusted)(nil)

// Verify checks a token.
func (t *trusted) Verify(token string) (access.Identity, error) { return t.now.Load().Verify(token) }

func (s *Server) newVerifier(auth config.Auth) (*access.Verifier, error) {
	verifier, err := access.NewVerifier(access.Config{
		Issuer: auth.Issuer, Audience: auth.Audience, JWKSFile: auth.JWKSFile,
		Algorithms: auth.Algorithms, Skew: auth.Skew.Duration, MaxLifetime: auth.MaxLifetime.Duration, Now: s.opts.Now,
		Verified: s.metrics.TokenVerified,
	})
	if err != nil {
		return nil, fmt.Errorf("auth: %w", err)
	}
	return verifier, nil
}
