package main

import (
	"context"
	"errors"

	"github.com/alecthomas/kong"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
)

// grammar is every command.
type grammar struct {
	Demo     demoCommand     `cmd:"" help:"Show one patient's record from every region, simulated, and serve it for your own calls."`
	Serve    serveCommand    `cmd:"" help:"Run the gateway."`
	Config   configCommand   `cmd:"" help:"Check a configuration, or print one that explains itself."`
	Record   recordCommand   `cmd:"" help:"Read a patient's record through a gateway."`
	Document documentCommand `cmd:"" help:"Read a patient's document through a gateway."`
	Regions  regionsCommand  `cmd:"" help:"List the regional record systems, or find those that serve somebody."`
	Network  networkCommand  `cmd:"" help:"List the addresses that the regions need reached, or try each of them."`
	Cache    cacheCommand    `cmd:"" help:"Purge what a gateway keeps of a patient, or make the keys of what it keeps."`
	Health   healthCommand   `cmd:"" help:"Ask a gateway whether it takes calls."`
	Soak     soakCommand     `cmd:"" help:"Run a gateway and two regions under load while everything fails in turn, and judge every answer."`
	Inspect  inspectCommand  `cmd:"" help:"Read FHIR files and show what a pharmacist would get of them, and what was not understood."`
	Proto    protoCommand    `cmd:"" help:"Write the contract for vendors in other languages."`
	Version  versionCommand  `cmd:"" help:"Print the version."`
}

const about = `Shared care records of England's regions behind one contract.

Start with "lhcr demo": it needs nothing but this binary.

Exit codes: 0 done and, where a record was read, complete; 1 failed; 2 wrong
usage; 3 the record is incomplete (what is missing stands in the answer); 4 no
record available from the regions asked, which can mean hidden; 5 a list of
addresses is not what it was.

An NHS number on a command line can be seen by others on this machine and stays
in the shell's history: give it with --nhs-number-file FILE, or - for standard
input.`

// stopped carries an exit code that kong asked for, such as that of --help.
type stopped int

// run runs one command line and returns the process's exit code.
func run(ctx context.Context, args []string, c *console.Console) (code int) {
	defer func() {
		if s, ok := recover().(stopped); ok {
			code = int(s)
		}
	}()
	parser, err := kong.New(&grammar{},
		kong.Name("lhcr"), kong.Description(about), kong.Writers(c.Out, c.Err),
		kong.Exit(func(code int) { panic(stopped(code)) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(c))
	if err != nil {
		return report(c, err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		return report(c, usageError{err})
	}
	return report(c, command.Run())
}

// report tells what went wrong and returns the exit code for it.
func report(c *console.Console, err error) int {
	if err == nil {
		return exitDone
	}
	// A wrong command line can hold an NHS number in the wrong place; the words of an
	// error repeat the place.
	c.Progress("lhcr: " + adapters.Scrub(err.Error()))
	var wrong usageError
	if errors.As(err, &wrong) {
		c.Progress(`Try "lhcr --help", or --help after any command.`)
	}
	return exitCode(err)
}
