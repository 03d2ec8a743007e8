package main

import (
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway"
)

// networkCommand is about the addresses of the regions.
type networkCommand struct {
	List  networkList  `cmd:"" help:"List every address that must be reachable, for whoever keeps the allow-list."`
	Check networkCheck `cmd:"" help:"Try every address of the regions that a configuration switches on, step by step."`
}

// deployment is what a configuration makes of this binary's regions.
func deployment(file string, c *console.Console) (gateway.Options, error) {
	if file == "" {
		return gateway.Options{}, usage("which deployment? give --config FILE")
	}
	return readOptions(file, c)
}

// withoutOrganisations are options of which nobody is looked for, so that the large files
// of organisations need not be read.
func withoutOrganisations(opts gateway.Options) gateway.Options {
	settings := *opts.Config
	settings.Directory.ODSFiles = nil
	opts.Config = &settings
	return opts
}
