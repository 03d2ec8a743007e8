package gateway

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/reload"
)

// Reload takes over what the configuration and the files that it names hold now,
// without failing a call: certificates and authorities, the issuer's keys, the keys of
// the cache, and of the regions each that changed. What is under way ends with what
// it began with. A configuration of which anything is wrong is refused whole: the
// error says what, key first, and everything stays as it is. Keys that take a new
// start are named in the log.
func (s *Server) Reload(ctx context.Context) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	err := s.reload(ctx)
	s.metrics.Reloaded(err == nil, s.opts.Now())
	s.sayRefused(err)
	return err
}

// sayRefused logs a refusal, and one that is repeated at each look only once.
func (s *Server) sayRefused(err error) {
	said := ""
	if err != nil {
		said = adapters.Scrub(err.Error())
	}
	if said != "" && said != s.refused {
		s.opts.Logger.Error("the changed configuration is refused: the gateway goes on with the former", slog.String("cause", said))
	}
	s.refused = said
}

func (s *Server) reload(ctx context.Context) error {
	if s.now.Load() == nil || ctx.Err() != nil {
		return errors.Join(errors.New("nothing is taken over any more"), ctx.Err())
	}
	next, imprint, err := s.reread()
	if err != nil {
		return err
	}
	c, err := s.prepare(next)
	if err != nil {
		return err
	}
	changed := s.changedFiles(next, imprint)
	if err := s.takeOver(c); err != nil {
		return err
	}
	s.taken.Store(&imprint)
	s.sayTaken(c, changed)
	return nil
}

// reread reads the configuration again. The imprint is of before anything else was
// read, so that what changes meanwhile is noticed at the next look.
func (s *Server) reread() (*config.Config, reload.Imprint, error) {
	own := s.imprintOfOwn()
	next := s.now.Load().config
	if s.opts.Reread != nil {
		var err error
		if next, err = s.opts.Reread(); err != nil {
			return nil, nil, err
		}
	}
	return next, own.With(imprintOf(next)), nil
}

// imprintOfOwn is that of the configuration's own file.
func (s *Server) imprintOfOwn() reload.Imprint {
	if s.opts.ConfigFile == "" {
		return reload.Of()
	}
	return reload.Of(s.opts.ConfigFile)
}

// imprintOf is that of the files that a configuration names.
func imprintOf(c *config.Config) reload.Imprint {
	var paths []string
	for _, f := range c.Files() {
		paths = append(paths, f.Path)
	}
	return reload.Of(paths...)
}

// changedFiles are the keys of the files that hold something else than what was taken.
func (s *Server) changedFiles(next *config.Config, imprint reload.Imprint) []string {
	var keys []string
	taken := *s.taken.Load()
	for _, f := range next.Files() {
		if taken[f.Path] != imprint[f.Path] {
			keys = append(keys, f.Key)
		}
	}
	return keys
}

// sayTaken logs what was taken over, and what takes a new start.
func (s *Server) sayTaken(c *changed, files []string) {
	if keys := slices.Concat(config.Changes(c.former, c.standing.config), files); len(keys) > 0 {
		s.opts.Logger.Info("changes were taken over", slog.Any("keys", keys))
		s.admitRelaxations()
	} else {
		s.opts.Logger.Info("the configuration and its files were read again: nothing that can be taken over has changed")
	}
	if len(c.pending) > 0 {
		s.opts.Logger.Warn("these changes take a new start of the gateway: until then the former values hold", slog.Any("keys", c.pending))
	}
}

// awaitAdapters looks, as often as for changed files, whether adapters in processes of
// their own can be reached that could not, or say something else of themselves. What
// they say is then taken over.
func (s *Server) awaitAdapters(ctx context.Context) {
	every := s.opts.Config.Reload.Every.Duration
	if every == 0 {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if s.adaptersChanged() {
			_ = s.Reload(ctx) // it has said what kept it from it
		}
	}
}

// keepWatch looks after what changes around a running gateway until the context is done.
func (s *Server) keepWatch(ctx context.Context) *sync.WaitGroup {
	var watching sync.WaitGroup
	if every := s.opts.Config.Reload.Every.Duration; every > 0 {
		watcher := reload.Watcher{Every: every, Taken: func() reload.Imprint { return *s.taken.Load() }, Take: s.Reload}
		watching.Go(func() { watcher.Run(ctx) })
	}
	if s.cache != nil {
		watching.Go(func() { s.watchCache(ctx) })
	}
	watching.Go(func() { s.vitals.Run(ctx) })
	watching.Go(func() { s.awaitAdapters(ctx) })
	return &watching
}
