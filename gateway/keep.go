package gateway

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/lookup"
)

// openCache makes the cache, unless it is switched off. It connects to nothing.
func (s *Server) openCache() error {
	c := s.opts.Config.Cache
	if !c.Enabled {
		return nil
	}
	keys, err := readRing(c.KeyFile)
	if err != nil {
		return fmt.Errorf("cache.key_file: %w", err)
	}
	shared, err := openShared(c, s.opts.Random)
	if err != nil {
		return err
	}
	s.cache, err = cache.New(cache.Options{
		Memory: int64(c.Memory), Shared: shared, Keys: keys, SharedTimeout: c.Redis.Timeout.Duration,
		Parse: lookup.ParseKept, Longest: config.MaxKept, Observer: s.metrics.Cache(), Now: s.opts.Now, Random: s.opts.Random,
	})
	if err != nil && shared != nil {
		_ = shared.Close() // nothing was asked of it yet
	}
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	s.metrics.WatchCache(s.cache.State)
	return nil
}

// openShared is the store that gateways share, or none.
func openShared(c config.Cache, random io.Reader) (cache.Store, error) {
	if len(c.Redis.Addresses) == 0 {
		return nil, nil
	}
	store, err := redis.Open(c.Redis, config.MaxKept, random)
	if err != nil {
		return nil, err
	}
	return store, nil
}

// readRing reads the keys of a file. Without one there are none.
func readRing(path string) (*seal.Ring, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return seal.Parse(content)
}

func keepOf(k config.Keep) lookup.Keep {
	return lookup.Keep{Record: k.Record.Duration, Held: k.Held.Duration, NotHeld: k.NotHeld.Duration}
}

// cacheLook is how often the health of the cache is looked at.
const cacheLook = time.Second

// watchCache tells the probes how the cache fares, and the log when that changes.
func (s *Server) watchCache(ctx context.Context) {
	ticker := time.NewTicker(cacheLook)
	defer ticker.Stop()
	answered := true
	for {
		state := s.cache.State().Shared
		cause := ails(state, s.opts.Now())
		answers := cause == cache.CauseNone
		s.probes.cache(answers)
		if answers != answered {
			s.logCache(answers, cause)
		}
		answered = answers
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// keepsNothingFor is how long the shared cache may answer but keep nothing before it
// counts as ailing: a fail-over, or a purge of what is over, takes less.
const keepsNothingFor = time.Minute

// ails is what is wrong with the shared cache, if anything.
func ails(state cache.SharedState, now time.Time) cache.Cause {
	switch {
	case !state.Used:
		return cache.CauseNone
	case !state.Answers:
		return cmp.Or(state.Cause, cache.CauseOther)
	case !state.Takes && now.Sub(state.TakesSince) > keepsNothingFor:
		return state.TakesNot
	}
	return cache.CauseNone
}

func (s *Server) logCache(well bool, cause cache.Cause) {
	if well {
		s.opts.Logger.Info("the shared cache is well again")
		return
	}
	s.opts.Logger.Warn("the shared cache does not answer, or keeps nothing: the regions are asked instead", slog.String("cause", string(cause)))
}

// closeCache keeps what is still waiting to be kept, and closes the cache. A purge
// that the shared store has not taken yet is lost with this process: whoever asked
// for it was told that it failed, and the log is told again.
func (s *Server) closeCache(ctx context.Context) {
	if s.cache == nil {
		return
	}
	if err := s.cache.Close(ctx); err != nil {
		s.opts.Logger.Warn("the cache did not close in time: some answers were not kept")
	}
	if n := s.cache.State().Tombstones; n > 0 {
		s.opts.Logger.Error("the shared cache never took over purges that failed: repeat them", slog.Int("purges", n))
	}
}
