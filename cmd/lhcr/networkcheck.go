package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/network"
)

// networkCheck is `network check`.
type networkCheck struct {
	Regions []string      `arg:"" optional:"" name:"region" help:"Only these regions. Default: all that are switched on."`
	Config  string        `required:"" placeholder:"FILE" help:"The configuration of the gateway, YAML."`
	Timeout time.Duration `default:"5s" help:"How long each step may take."`
	Format  string        `help:"How to show what was found: ${enum}." enum:"text,json" default:"text"`
}

// Help teaches.
func (networkCheck) Help() string {
	return `Run it on the gateway's machine. For each address it tries, one after the other, the name
(dns), the port (tcp), the region's certificate (tls), ours (client certificate) and an
answer (http), and for each region what its adapter can try without a patient or a user:
mostly a token and the service's own description. One line a step says what was found
and, where something is wrong, what to ask of whom. It reads no record.

Exit code 0: nothing failed; "attention" is what works and will not for long. 1: something failed.`
}

// Run runs `network check`.
func (f networkCheck) Run(ctx context.Context, c *console.Console) error {
	opts, err := deployment(f.Config, c)
	if err != nil {
		return err
	}
	known, err := gateway.Directory(withoutOrganisations(opts))
	if err != nil {
		return inFile(f.Config, err)
	}
	for _, id := range f.Regions {
		if _, ok := known.Region(id); !ok {
			return unknownRegion(known)
		}
	}
	lines, err := gateway.Lines(opts, f.Regions...)
	if err != nil {
		return inFile(f.Config, err)
	}
	if len(lines) == 0 {
		return fmt.Errorf("%s: no region is switched on", f.Config)
	}
	steps := network.Check(ctx, lines, network.Options{Timeout: f.Timeout})
	if err := f.write(c, steps); err != nil {
		return err
	}
	return verdict(steps, len(lines))
}

func (f networkCheck) write(c *console.Console, steps []network.Step) error {
	if f.Format == "json" {
		return writeLines(c, steps)
	}
	var b strings.Builder
	for _, s := range steps {
		b.WriteString(c.Paint.In(styleOf(s.State), fmt.Sprintf("%-9s", s.State)) + "  " + stepWords(s) + "\n")
	}
	return c.Write(b.String())
}

// stepWords is a step on one line.
func stepWords(s network.Step) string {
	words := []string{s.RegionID}
	if s.Host != "" {
		words = append(words, fmt.Sprintf("%s %s:%d", s.Purpose, s.Host, s.Port))
	}
	line := strings.Join(append(words, s.Name), "  ")
	if s.Found != "" {
		line += ": " + s.Found
	}
	if s.Ask != "" {
		line += ". " + s.Ask
	}
	return line
}

func styleOf(s network.State) paint.Style {
	switch s {
	case network.OK:
		return paint.Good
	case network.Failed:
		return paint.Alarm
	case network.Attention:
		return paint.Bold
	}
	return paint.Dim
}

// verdict is the error of a check in which something failed.
func verdict(steps []network.Step, regions int) error {
	failed := 0
	for _, s := range steps {
		if s.State == network.Failed {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	over := "1 region"
	if regions != 1 {
		over = fmt.Sprintf("%d regions", regions)
	}
	return fmt.Errorf("%d of %d steps failed, over %s", failed, len(steps), over)
}
