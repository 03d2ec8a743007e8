package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway"
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
and what the files that it names hold: certificates, keys, key sets, the keys of the
cache. Everything for which "lhcr serve" would not start is said at once, each by its key. Nothing is
connected to, and nothing listens.`
}

// Run runs `config check`.
func (f configCheck) Run(c *console.Console) error {
	if _, err := configured(f.File, c); err != nil {
		return err
	}
	return c.Write(f.File + " is in order.\n")
}

// configured reads a configuration, of which nothing is wrong: what it says, what the
// environment says over it, and what its files hold.
func configured(file string, c *console.Console) (gateway.Options, error) {
	opts, err := readOptions(file, c)
	if err != nil {
		return gateway.Options{}, err
	}
	return opts, inFile(file, gateway.Check(opts))
}

// readOptions reads what a configuration and the environment over it say, and nothing of
// what its files hold.
func readOptions(file string, c *console.Console) (gateway.Options, error) {
	reread := func() (*config.Config, error) {
		return config.Read(file, c.Getenv, slices.DeleteFunc(slices.Clone(c.Environ), isOurs))
	}
	settings, err := reread()
	if err != nil {
		return gateway.Options{}, inFile(file, err)
	}
	regions, err := registry()
	if err != nil {
		return gateway.Options{}, err
	}
	return gateway.Options{Config: settings, ConfigFile: file, Reread: reread, Registry: regions, Version: version().Version}, nil
}

// isOurs says whether a variable is one of this program, or of its tests, and of no key.
func isOurs(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains([]string{"LHCR_TARGET", "LHCR_TESTDATA", "LHCR_REQUIRE_SERVICES"}, name)
}

// inFile begins each fault with the file's name, so that each line can be acted on by itself.
func inFile(file string, err error) error {
	var problems config.Problems
	if file == "" || !errors.As(err, &problems) {
		return err
	}
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = file + ": " + p.String()
	}
	return errors.New(strings.Join(lines, "\n"))
}

// configExample is `config example`.
type configExample struct{}

// Run runs `config example`.
func (configExample) Run(c *console.Console) error { return c.Write(string(config.Example())) }
