// Package soak runs the whole house in one process under load, while its regions and its
// Redis fail at random, and judges every answer by the safety rules of package rules.
//
// All patients are synthetic. The report names none of them.
package soak

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// Options say how a soak runs. Registry, For and Rate are required.
type Options struct {
	// Registry is the regions that the binary was built with.
	Registry *adapters.Registry
	// Version is the version of the software.
	Version string
	// For is how long calls are sent.
	For time.Duration
	// Rate is how many are sent a second, whether those before have ended or not.
	Rate float64
	// Seed decides what is asked and what fails.
	Seed uint64
	// Redis is the address of a Redis to use, without TLS. Empty starts redis-server, if
	// it is on PATH.
	Redis string
	// MemoryOnly does without Redis.
	MemoryOnly bool
	// Progress is told what happens, a line each.
	Progress func(string)
}

// regionTime bounds each region's part of a call, so that one that hangs is seen soon.
const regionTime = 2 * time.Second

// run is a soak under way.
type run struct {
	opts    Options
	store   *store
	house   *demo.Demo
	callers callers
	people  []*person
	letters []letter
	judge   *rules.Judge
	tally   *tally
}

// Run soaks. The report says what was found; the error, that the soak could not be done.
func Run(ctx context.Context, opts Options) (report *Report, err error) {
	before := measure()
	r := &run{opts: opts, tally: newTally()}
	if err := r.soak(ctx); err != nil {
		return nil, err
	}
	report = r.report()
	// What is left must not be what the soak itself still holds on to.
	*r = run{}
	report.Before, report.After = before, settled(ctx, before)
	return report, nil
}

func (r *run) soak(ctx context.Context) (err error) {
	defer func() { err = errors.Join(err, r.close()) }()
	if err := r.start(ctx); err != nil {
		return err
	}
	r.say("learning what the regions hold while nothing fails …")
	if err := r.learn(ctx); err != nil {
		return err
	}
	r.say("asking …")
	return r.drive(ctx)
}

func (r *run) say(line string) {
	if r.opts.Progress != nil {
		r.opts.Progress(line)
	}
}

// start starts Redis, the regions and the gateway, and connects to it.
func (r *run) start(ctx context.Context) (err error) {
	if r.store, err = openStore(ctx, r.opts); err != nil {
		return err
	}
	r.say("starting two simulated regions and the gateway, with " + r.store.name + " …")
	var keep time.Duration
	r.house, err = demo.Start(ctx, demo.Options{
		Regions:  demo.Pair(),
		Registry: r.opts.Registry, Version: r.opts.Version, Quiet: true,
		Configure: func(c *config.Config) error {
			for id, region := range c.Regions {
				region.Timeout.Duration = regionTime
				c.Regions[id] = admitted(region)
			}
			c.Organisations[secondPharmacy] = c.Organisations[firstPharmacy]
			keep = max(c.Cache.Keep.Record.Duration, c.Cache.Keep.Held.Duration)
			return r.store.configure(c)
		},
	})
	if err != nil {
		return err
	}
	r.judge = rules.NewJudge(keep)
	r.callers, err = connect(r.house)
	return err
}

// admitted is a region that knows the technician's role as it knows the pharmacist's.
func admitted(region config.Region) config.Region {
	if code := region.Codes["role."+pharmacistRole]; code != "" {
		region.Codes["role."+technicianRole] = code
	}
	return region
}

func (r *run) close() error {
	var errs []error
	errs = append(errs, r.callers.close())
	if r.house != nil {
		errs = append(errs, r.house.Close())
	}
	if r.store != nil {
		errs = append(errs, r.store.close())
	}
	return errors.Join(errs...)
}

// chance is a source of chance of its own for one purpose, the same for the same seed.
func (r *run) chance(purpose uint64) *rand.Rand { return rand.New(rand.NewPCG(r.opts.Seed, purpose)) }

// report is what was found, but for what the process looks like afterwards.
func (r *run) report() *Report {
	return &Report{
		Version: r.opts.Version, Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.GOMAXPROCS(0),
		For: r.opts.For, Rate: r.opts.Rate, Seed: r.opts.Seed, Store: r.store.name, figures: r.tally.figures(),
	}
}
