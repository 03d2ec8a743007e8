package main

import (
	"context"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway"
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
	opts, err := configured(s.Config, c)
	if err != nil {
		return err
	}
	log := opts.Config.Telemetry.Log
	if opts.Logger, err = telemetry.NewLogger(c.Err, telemetry.LogOptions{Level: log.Level, Format: log.Format}); err != nil {
		return err
	}
	server, err := gateway.New(opts)
	if err != nil {
		return err
	}
	if err := server.Run(ctx); err != nil {
		return inUse(err, map[string]string{"listen.grpc": "listen.grpc", "listen.rest": "listen.rest", "listen.metrics": "listen.metrics"})
	}
	opts.Logger.Info("stopped")
	return nil
}
