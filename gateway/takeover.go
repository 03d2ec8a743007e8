package gateway

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/certificates"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/reload"
)

// changed is everything that a reload takes over, made and not in use yet.
type changed struct {
	former   *config.Config
	standing *standing
	identity *certificates.Identity // nil: plain text
	verifier *access.Verifier       // nil: nobody is asked for a token, or nothing changed
	keys     *seal.Ring             // nil: there is no shared cache
	pending  []string               // keys that changed and take a new start
}

// prepare makes everything of a configuration that a reload takes over. It changes nothing.
func (s *Server) prepare(next *config.Config) (*changed, error) {
	opts := s.opts
	opts.Config = next
	if err := check(opts); err != nil {
		return nil, err
	}
	before := s.now.Load()
	effective := keepFixed(before.config, next)
	if err := errors.Join(effective.Validate(), effective.CheckFiles()); err != nil {
		return nil, fmt.Errorf("what can be taken over does not go with what takes a new start of the gateway: %w", err)
	}
	c := &changed{former: before.config, pending: config.Changes(effective, next)}
	var err error
	if c.identity, err = readIdentity(effective); err != nil {
		return nil, err
	}
	if c.verifier, err = s.changedVerifier(effective); err != nil {
		return nil, err
	}
	if c.keys, err = sharedKeys(effective.Cache); err != nil {
		return nil, err
	}
	c.standing, err = s.workshop.stand(effective, before)
	return c, err
}

// changedVerifier is a verifier where the issuer or its keys changed. A token that the
// former has verified is verified anew by it.
func (s *Server) changedVerifier(c *config.Config) (*access.Verifier, error) {
	same := reload.Of(c.Auth.JWKSFile)[c.Auth.JWKSFile] == (*s.taken.Load())[c.Auth.JWKSFile]
	if s.trusted == nil || same && reflect.DeepEqual(s.now.Load().config.Auth, c.Auth) {
		return nil, nil
	}
	return s.newVerifier(c.Auth)
}

// sharedKeys are the keys of a cache that gateways share.
func sharedKeys(c config.Cache) (*seal.Ring, error) {
	if !c.Enabled || len(c.Redis.Addresses) == 0 {
		return nil, nil
	}
	return readRing(c.KeyFile)
}

// takeOver puts everything in the place of the former. What can fail comes first, and
// has changed nothing then.
func (s *Server) takeOver(c *changed) error {
	before := s.now.Load()
	if c.keys != nil {
		if err := s.cache.Rekey(c.keys); err != nil {
			c.standing.letGo(before, (*reach).close)
			return fmt.Errorf("cache.key_file: %w", err)
		}
	}
	if c.identity != nil {
		s.identity.Replace(c.identity)
	}
	if c.verifier != nil {
		s.trusted.now.Store(c.verifier)
	}
	s.gate.Set(loadOf(c.standing.config.Limits))
	s.replace(before, c.standing)
	s.showExpiries()
	return nil
}

// replace has every call from now on meet the regions as they stand now.
func (s *Server) replace(before, next *standing) {
	s.now.Store(next)
	s.health.Guarded(next.guards())
	s.lookup.Replace(next.deployment())
	s.audit.KnowRegions(namesOf(next.directory))
	s.forget(next.ids(), before)
	s.vitals.Set(next.watched(), next.config.Health.Every.Duration)
	s.forget(before.ids(), next)
	before.letGo(next, (*reach).replaced)
}

// forget says that nothing is known of those of the regions that another standing has not.
func (s *Server) forget(ids []string, without *standing) {
	for _, id := range ids {
		if without.region(id) == nil {
			s.probes.forget(id)
		}
	}
}

func (s *standing) deployment() lookup.Deployment {
	return lookup.Deployment{
		Regions: s.fetchers(), Directory: awaiting{s.directory, s.awaited}, Keep: keepOf(s.config.Cache.Keep),
		CallTimeout: s.config.Timeouts.Call.Duration, RegionTimeout: s.config.Timeouts.Region.Duration,
	}
}

// regionFiles adds the files of a region in which certificates end.
func regionFiles(files map[string]string, name string, r config.Region) {
	add := func(name string, s config.System) {
		files[name+"/client"], files[name+"/authorities"], files[name+"/signing"] = s.CertFile, s.CAFile, s.SigningCertFile
	}
	add(name, r.System)
	for part, s := range r.Systems {
		add(name+"/"+part, s)
	}
	if r.Adapter.Target != "" {
		files[name+"/client"], files[name+"/authorities"] = r.Adapter.CertFile, r.Adapter.CAFile
	}
}

// showExpiries tells the metrics when which certificate ends.
func (s *Server) showExpiries() {
	ends := map[string]time.Time{}
	c := s.now.Load().config
	files := map[string]string{"gateway": c.TLS.CertFile, "callers/authorities": c.TLS.ClientCAFile, "redis/client": c.Cache.Redis.CertFile, "redis/authorities": c.Cache.Redis.CAFile}
	for id, r := range c.Regions {
		if r.Enabled {
			regionFiles(files, "region/"+id, r)
		}
	}
	for name, path := range files {
		if end := expiryOf(path); !end.IsZero() {
			ends[name] = end
		}
	}
	s.metrics.Certificates(ends)
}
