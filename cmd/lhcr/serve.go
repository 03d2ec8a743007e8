package main

import (
	"context"
	"fmt"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
)

// serveCommand is `serve`.
type serveCommand struct {
	Config string `placeholder:"FILE" help:"The configuration, YAML. Without it the environment must say everything."`
}

// Help teaches.
func (serveCommand) Help() string {
	return `Serves gRPC and REST until interrupted, then lets calls in progress end. The log goes to
standard error. No durable audit exists yet, so a configuration must say strict: false,
and each start logs what that permits.

  lhcr config example > lhcr.yaml    # then edit it
  lhcr config check lhcr.yaml
  lhcr serve --config lhcr.yaml`
}

// Run runs `serve`.
func (s serveCommand) Run(ctx context.Context, c *console.Console) error {
	settings, err := config.Load(s.Config, c.Getenv)
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	regions, err := registry()
	if err != nil {
		return err
	}
	log := settings.Telemetry.Log
	logger, err := telemetry.NewLogger(c.Err, telemetry.LogOptions{Level: log.Level, Format: log.Format})
	if err != nil {
		return err
	}
	server, err := gateway.New(gateway.Options{Config: settings, Registry: regions, Logger: logger, Version: version().Version})
	if err != nil {
		return err
	}
	return server.Run(ctx)
}
