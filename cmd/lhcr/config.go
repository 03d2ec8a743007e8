package main

import (
	"errors"
	"fmt"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// configCommand is about configurations.
type configCommand struct {
	Check   configCheck   `cmd:"" help:"Say whether a configuration would be taken, and what is wrong with it."`
	Example configExample `cmd:"" help:"Print a configuration in which every key is explained."`
}

// configCheck is `config check`.
type configCheck struct {
	File string `arg:"" help:"The configuration, YAML."`
}

// Help teaches.
func (configCheck) Help() string {
	return `Checks the file with the environment's LHCR_… variables over it, as "lhcr serve" would,
and that every file that it names can be read. Nothing is connected to.`
}

// Run runs `config check`.
func (f configCheck) Run(c *console.Console) error {
	loaded, err := config.Load(f.File, c.Getenv)
	if err != nil {
		return fmt.Errorf("%s: %w", f.File, err)
	}
	if err := errors.Join(loaded.Validate(), loaded.CheckFiles()); err != nil {
		return fmt.Errorf("%s: %w", f.File, err)
	}
	return c.Write(f.File + " is in order.\n")
}

// configExample is `config example`.
type configExample struct{}

// Run runs `config example`.
func (configExample) Run(c *console.Console) error { return c.Write(string(config.Example())) }
