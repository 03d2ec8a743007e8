package main

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/soak"
)

// soakCommand is `soak`.
type soakCommand struct {
	For        time.Duration `default:"10m" help:"How long to send calls. Default: ${default}."`
	Rate       float64       `default:"400" help:"How many calls to send a second, whether those before have ended or not. Default: ${default}."`
	Seed       uint64        `default:"1" help:"What decides what is asked and what fails. Default: ${default}."`
	Redis      string        `placeholder:"HOST:PORT" xor:"store" help:"Use this Redis, without TLS. Default: one that is started for the while, if redis-server is on PATH."`
	MemoryOnly bool          `xor:"store" help:"Do without Redis."`
	Report     string        `placeholder:"FILE" help:"Write the report, Markdown, here too."`
}

// Help teaches.
func (soakCommand) Help() string {
	return `Runs the simulated regions and a gateway in this process, and calls it as pharmacies
would: lookups, streams, REST, documents, purges, callers who give up, callers who read
slowly, three people of two pharmacies asking about every synthetic patient. Meanwhile
the regions fail at random, and so does a Redis that was started for it. Every answer is
judged by the rules that the report lists. Exit code 1 says that one was broken, or that
goroutines or memory did not return to where they were.`
}

// Run runs `soak`.
func (s soakCommand) Run(ctx context.Context, c *console.Console) error {
	if s.For <= 0 || s.Rate <= 0 {
		return usage("--for and --rate must be more than 0")
	}
	regions, err := registry()
	if err != nil {
		return err
	}
	report, err := soak.Run(ctx, soak.Options{
		Registry: regions, Version: version().Version, For: s.For, Rate: s.Rate, Seed: s.Seed,
		Redis: s.Redis, MemoryOnly: s.MemoryOnly, Progress: func(line string) { c.Progress(line) },
	})
	if err != nil {
		return err
	}
	text := report.Markdown() + "\n"
	if s.Report != "" {
		err = os.WriteFile(s.Report, []byte(text), 0o644)
	}
	if err := errors.Join(c.Write(text), err); err != nil {
		return err
	}
	if !report.Good() {
		return errors.New(report.Verdict())
	}
	return nil
}
