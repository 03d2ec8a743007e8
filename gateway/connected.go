package gateway

import (
	"fmt"
	"reflect"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/guard"
	"github.com/openlhcr/openlhcr/gateway/reload"
)

// connected is a region that is switched on, ready to be asked. It never changes: a
// reload makes another of it where its settings changed.
type connected struct {
	origin  origin
	region  *adapters.Region
	reach   *reach
	guarded *guard.Region
}

// origin is all that an adapter was made of. Regions of equal origin are the same.
type origin struct {
	settings     config.Region // without guards: they stand around the adapter
	responseSize config.Size
	files        reload.Imprint
	told         described // what an adapter in a process of its own says of itself
}

func originOf(settings config.Region, c *config.Config) origin {
	var paths []string
	for _, f := range settings.Files() {
		paths = append(paths, f.Path)
	}
	settings.Guards = config.Guards{}
	return origin{settings: settings, responseSize: c.Limits.RegionResponseSize, files: reload.Of(paths...)}
}

// workshop is what regions are made with, besides their settings.
type workshop struct {
	opts   Options
	budget *transport.Budget
	guards guard.Options
}

// connect makes a region ready, and takes over what it can of the one before: the
// whole where nothing changed; its adapter, with tokens and connections, where only
// its guards did; its guards, with what the breaker knows, where only its adapter did.
// Out is what came of calling its adapter, where that runs in a process of its own.
// The error begins with the key that is missing or wrong, or is [*unreached].
func (w workshop) connect(entry adapters.Entry, c *config.Config, before *connected, out *outside) (*connected, error) {
	settings := c.Regions[entry.ID]
	next := &connected{origin: originOf(settings, c)}
	next.origin.told = out.told(before)
	policy := policyOf(settings.Guards.Over(c.Guards), c.Timeouts.Region.Duration)
	same := before != nil && reflect.DeepEqual(before.origin, next.origin)
	if same {
		out.letGo() // the one before serves on
	}
	switch {
	case same && before.guarded.Policy() == policy:
		return before, nil
	case same:
		next.region, next.reach = before.region, before.reach
	default:
		if err := w.adapt(entry, c, next, out); err != nil {
			return nil, err
		}
	}
	return next, w.guard(next, policy, before)
}

func (w workshop) adapt(entry adapters.Entry, c *config.Config, into *connected, out *outside) error {
	if out != nil {
		return out.adapt(entry.ID, c.Regions[entry.ID], into)
	}
	settings, opts := c.Regions[entry.ID], w.opts
	opts.Config = c
	environment, err := newEnvironment(settings, opts, w.budget)
	if err != nil {
		return fmt.Errorf("regions.%s.%w", entry.ID, err)
	}
	if into.region, err = newRegion(entry, environment, settings); err != nil {
		closeIdle(environment)
		return fmt.Errorf("regions.%s: %w", entry.ID, err)
	}
	into.reach = &reach{lent: environment}
	return nil
}

func (w workshop) guard(c *connected, policy guard.Policy, before *connected) (err error) {
	inner := roomFor(c.region, w.budget)
	if before != nil && before.guarded.Policy() == policy {
		c.guarded = before.guarded.Around(inner)
		return nil
	}
	if c.guarded, err = guard.New(inner, policy, w.guards); err != nil {
		return fmt.Errorf("regions.%s.guards: %w", c.region.ID(), err)
	}
	return nil
}

func policyOf(g config.Guards, timeout time.Duration) guard.Policy {
	return guard.Policy{
		Timeout: timeout, Concurrency: g.Concurrency, Queue: g.Queue,
		Attempts: g.Attempts, RetryWait: g.RetryWait.Duration, RetryPercent: g.RetryPercent,
		Breaker: guard.BreakerPolicy{
			Percent: g.Breaker.Percent, Calls: g.Breaker.Calls, Window: g.Breaker.Window.Duration, Pause: g.Breaker.Pause.Duration,
		},
	}
}

// newRegion makes a region's adapter.
func newRegion(entry adapters.Entry, environment adapters.Environment, settings config.Region) (*adapters.Region, error) {
	adapter, err := entry.New(environment)
	if err != nil {
		return nil, err
	}
	return regionOf(entry.ID, adapter, settings)
}

// regionOf is the region of an adapter, which must be the one of that id.
func regionOf(id string, adapter adapters.Adapter, settings config.Region) (*adapters.Region, error) {
	if settings.Timeout.Duration > 0 {
		adapter = bound(adapter, settings.Timeout.Duration)
	}
	region, err := adapters.NewRegion(adapter)
	if err != nil {
		return nil, err
	}
	if region.ID() != id {
		return nil, fmt.Errorf("its adapter calls itself %q", region.ID())
	}
	return region, nil
}
