package main

import (
	"cmp"
	"context"
	"errors"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/show"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/directory/ods"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/proto"
)

// regionsCommand is about the regional record systems.
type regionsCommand struct {
	List    regionsList    `cmd:"" help:"List the regions, what they speak, and how sure that is."`
	Health  regionsHealth  `cmd:"" help:"Say how each region of a gateway fares, and whether it is asked for now."`
	Resolve regionsResolve `cmd:"" help:"Find the regions that serve an organisation, a committee or a board."`
}

const regionsHelp = `Without --target the answer comes from the definitions built into this binary; with it,
from a gateway, which also knows what its deployment has configured.`

// regionsList is `regions list`.
type regionsList struct {
	connectFlags
	formatFlag
}

// Help teaches.
func (regionsList) Help() string { return regionsHelp }

// Run runs `regions list`.
func (f regionsList) Run(ctx context.Context, c *console.Console) error {
	listed, err := f.regions(ctx)
	if err != nil {
		return err
	}
	if f.json() {
		return writeJSON(c, &lhcrv1.ListRegionsResponse{Regions: listed.regions})
	}
	view := show.View{Width: c.Width, Paint: c.Paint}
	if f.Target == "" {
		return c.Write(view.Definitions(listed.regions))
	}
	return c.Write(view.Regions(listed.regions, listed.health))
}

// knownRegions are the regions, and how they fare where a gateway was asked.
type knownRegions struct {
	regions []*lhcrv1.Region
	health  []*lhcrv1.RegionHealth
}

func (f regionsList) regions(ctx context.Context) (knownRegions, error) {
	if f.Target != "" {
		return asked(ctx, f.connectFlags, regionsAndHealth)
	}
	known, err := builtIn()
	if err != nil {
		return knownRegions{}, err
	}
	return knownRegions{regions: known.Regions()}, nil
}

func regionsAndHealth(client *sdk.Client, ctx context.Context) (listed knownRegions, err error) {
	if listed.regions, err = client.Regions(ctx); err != nil {
		return listed, err
	}
	listed.health, err = client.RegionHealth(ctx)
	return listed, err
}

// regionsHealth is `regions health`.
type regionsHealth struct {
	connectFlags
	formatFlag
}

// Help teaches.
func (regionsHealth) Help() string {
	return `What is told is what the last calls of this one gateway saw. A region that failed too
often is left alone for a while, and its sections are unavailable at once.`
}

// Run runs `regions health`.
func (f regionsHealth) Run(ctx context.Context, c *console.Console) error {
	known, err := asked(ctx, f.connectFlags, regionsAndHealth)
	if err != nil {
		return err
	}
	if f.json() {
		return writeJSON(c, &lhcrv1.ListRegionHealthResponse{Health: known.health})
	}
	return c.Write(show.View{Width: c.Width, Paint: c.Paint}.Health(known.regions, known.health))
}

func writeJSON(c *console.Console, m proto.Message) error {
	answer, err := indentedJSON(m)
	if err != nil {
		return err
	}
	return c.Write(answer)
}

// asked asks a gateway one thing.
func asked[T any](ctx context.Context, flags connectFlags, ask func(*sdk.Client, context.Context) (T, error)) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, flags.Timeout)
	defer cancel()
	client, err := flags.dial(ctx)
	if err != nil {
		return answer, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	return ask(client, ctx)
}

// builtIn is the directory of the regions that this binary was built with.
func builtIn() (*directory.Directory, error) { return builtInWith(nil) }

// builtInWith knows organisations too, by their public data.
func builtInWith(extract *ods.Extract) (*directory.Directory, error) {
	all, err := registry()
	if err != nil {
		return nil, err
	}
	return directory.New(directory.Options{Entries: described(all), Extract: extract})
}

func described(all *adapters.Registry) []directory.Entry {
	var entries []directory.Entry
	for _, e := range all.Entries() {
		about := e.Describe()
		entries = append(entries, directory.Entry{About: about, DisabledReason: cmp.Or(about.GetRegion().GetDisabledReason(), show.Undeployed)})
	}
	return entries
}
