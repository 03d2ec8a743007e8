package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/allowlist"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	"github.com/openlhcr/openlhcr/cmd/lhcr/table"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/directory"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// networkList is `network list`.
type networkList struct {
	connectFlags
	Regions []string `arg:"" optional:"" name:"region" help:"Only these regions. Default: all that are switched on."`
	Config  string   `placeholder:"FILE" help:"The configuration whose addresses to list, YAML."`
	Format  string   `help:"How to show the list: ${enum}." enum:"text,csv,json" default:"text"`
	Since   string   `placeholder:"FILE" help:"Show only what has changed since this list, which was saved as CSV or JSON."`
}

// Help teaches.
func (networkList) Help() string {
	return `With --config the addresses are those of a deployment, with --target those of a running
gateway. With neither they are those of the definitions, whose hosts are placeholders.
The list is complete and sorted, and the same from call to call: save it, send it to
your aggregator, and see with --since what to send next. Exit code 5: something changed.

  lhcr network list --config lhcr.yaml --format csv > addresses.csv
  lhcr network list --config lhcr.yaml --since addresses.csv`
}

// Run runs `network list`.
func (f networkList) Run(ctx context.Context, c *console.Console) error {
	now, err := f.endpoints(ctx, c)
	if err != nil {
		return err
	}
	if f.Since == "" {
		return f.write(c, now)
	}
	former, err := f.saved()
	if err != nil {
		return err
	}
	changes := allowlist.Compare(former, now, f.Regions...)
	if err := f.writeChanges(c, changes); err != nil || changes.None() {
		return err
	}
	return changedError{fmt.Sprintf("%d added, %d removed, %d changed since %s", len(changes.Added), len(changes.Removed), len(changes.Changed), f.Since)}
}

func (f networkList) saved() ([]*lhcrv1.NetworkEndpoint, error) {
	content, err := os.ReadFile(f.Since)
	if err != nil {
		return nil, fmt.Errorf("--since: %w", err)
	}
	list, err := allowlist.Read(content)
	if err != nil {
		return nil, fmt.Errorf("--since: %s: %w", f.Since, err)
	}
	return list, nil
}

func (f networkList) endpoints(ctx context.Context, c *console.Console) ([]*lhcrv1.NetworkEndpoint, error) {
	switch {
	case f.Target != "" && f.Config != "":
		return nil, usage("--config and --target (or LHCR_TARGET) name two deployments: give one of them")
	case f.Target != "":
		return asked(ctx, f.connectFlags, func(client *sdk.Client, ctx context.Context) ([]*lhcrv1.NetworkEndpoint, error) {
			return client.NetworkEndpoints(ctx, f.Regions...)
		})
	case f.Config == "":
		c.Progress("These are the definitions' addresses: hosts under .invalid are placeholders for those that a deployment sets (--config, --target).")
		return f.defined()
	}
	opts, err := deployment(f.Config, c)
	if err != nil {
		return nil, err
	}
	known, err := gateway.Directory(withoutOrganisations(opts))
	if err != nil {
		return nil, inFile(f.Config, err)
	}
	return f.of(known, f.Regions)
}

// defined are the addresses of the definitions, of all regions where none is named.
func (f networkList) defined() ([]*lhcrv1.NetworkEndpoint, error) {
	known, err := builtIn()
	if err != nil {
		return nil, err
	}
	ids := f.Regions
	if len(ids) == 0 {
		ids = known.Systems()
	}
	return f.of(known, ids)
}

func (f networkList) of(known *directory.Directory, ids []string) ([]*lhcrv1.NetworkEndpoint, error) {
	for _, id := range ids {
		if _, ok := known.Region(id); !ok {
			return nil, unknownRegion(known)
		}
	}
	return known.Endpoints(ids)
}

func unknownRegion(known *directory.Directory) error {
	var ids []string
	for _, r := range known.Regions() {
		ids = append(ids, r.GetRegionId())
	}
	return usage("there is no region of this id; there are %s", strings.Join(ids, ", "))
}

func (f networkList) write(c *console.Console, list []*lhcrv1.NetworkEndpoint) error {
	switch f.Format {
	case "csv":
		return c.Write(allowlist.CSV(list))
	case "json":
		return writeJSON(c, &lhcrv1.ListNetworkEndpointsResponse{Endpoints: list})
	}
	t := table.New(allowlist.Headings()...)
	for _, e := range list {
		t.Add(table.Row{Cells: allowlist.Cells(e)})
	}
	return c.Write(t.Render(c.Width, c.Paint))
}

func (f networkList) writeChanges(c *console.Console, changes allowlist.Changes) error {
	switch f.Format {
	case "csv":
		return c.Write(allowlist.ChangesCSV(changes))
	case "json":
		return writeChangesJSON(c, changes)
	}
	if changes.None() {
		return c.Write("Nothing has changed.\n")
	}
	t := table.New(append([]string{"Change"}, allowlist.Headings()...)...)
	add := func(what string, style paint.Style, e *lhcrv1.NetworkEndpoint) {
		t.Add(table.Row{Style: style, Cells: append([]string{what}, allowlist.Cells(e)...)})
	}
	for _, e := range changes.Added {
		add("added", paint.Good, e)
	}
	for _, e := range changes.Removed {
		add("removed", paint.Alarm, e)
	}
	for _, one := range changes.Changed {
		add("changed from", paint.Dim, one.Before)
		add("changed to", paint.Plain, one.After)
	}
	return c.Write(t.Render(c.Width, c.Paint))
}

// writeChangesJSON writes the lists of what was added and removed, and pairs of what changed.
func writeChangesJSON(c *console.Console, changes allowlist.Changes) error {
	type pair struct {
		Before json.RawMessage `json:"before"`
		After  json.RawMessage `json:"after"`
	}
	var faults []error
	one := func(e *lhcrv1.NetworkEndpoint) json.RawMessage {
		raw, err := compactJSON(e)
		faults = append(faults, err)
		return raw
	}
	all := struct {
		Added   []json.RawMessage `json:"added"`
		Removed []json.RawMessage `json:"removed"`
		Changed []pair            `json:"changed"`
	}{[]json.RawMessage{}, []json.RawMessage{}, []pair{}}
	for _, e := range changes.Added {
		all.Added = append(all.Added, one(e))
	}
	for _, e := range changes.Removed {
		all.Removed = append(all.Removed, one(e))
	}
	for _, p := range changes.Changed {
		all.Changed = append(all.Changed, pair{one(p.Before), one(p.After)})
	}
	if i := slices.IndexFunc(faults, func(err error) bool { return err != nil }); i >= 0 {
		return faults[i]
	}
	return writeLines(c, all)
}

// writeLines writes a value as JSON over several lines.
func writeLines(c *console.Console, value any) error {
	answer, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return c.Write(string(answer) + "\n")
}
