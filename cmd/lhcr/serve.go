package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/load"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	redislog "github.com/redis/go-redis/v9/logging"
	"google.golang.org/grpc/grpclog"
)

// serveCommand is `serve`.
type serveCommand struct {
	Config string `placeholder:"FILE" help:"The configuration, YAML. Without it the environment must say everything."`
}

// Help teaches.
func (serveCommand) Help() string {
	return `Serves gRPC and REST until interrupted. Then it says that it is not ready, goes on for
timeouts.notice so that callers turn elsewhere, and lets calls in progress end; a second
interrupt ends it at once. The log goes to standard error. No durable audit exists yet,
so a configuration must say strict: false, and each start logs what that permits.

Changed certificates, keys, secrets and regions are taken over while it runs: within
reload.every, and at once on the signal HUP. A change that is broken is refused whole.

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
	// Both would write lines of their own beside the log; metrics and health tell the same.
	redislog.Disable()
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, io.Discard))
	keepWithin(int64(opts.Config.Limits.Memory), c)
	server, err := gateway.New(opts)
	if err != nil {
		return err
	}
	defer heed(ctx, server)()
	if err := server.Run(ctx); err != nil {
		return inUse(err, map[string]string{
			"listen.grpc": "listen.grpc", "listen.rest": "listen.rest", "listen.metrics": "listen.metrics", "listen.admin": "listen.admin",
		})
	}
	opts.Logger.Info("stopped")
	return nil
}

// keepWithin has the runtime collect harder near limits.memory, and less often far
// from it, unless the environment says where and how often (GOMEMLIMIT, GOGC, package
// runtime).
func keepWithin(memory int64, c *console.Console) {
	if memory == 0 {
		return
	}
	if c.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(load.RuntimeLimit(memory))
	}
	if c.Getenv("GOGC") == "" {
		debug.SetGCPercent(load.GCPercent(memory))
	}
}

// heed reloads on the signal HUP, and cuts a drain short on the second signal to end.
// It heeds no more once what it gives back is called.
func heed(ctx context.Context, server *gateway.Server) (done func()) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	go func() {
		told := false
		for s := range signals {
			switch {
			case s == syscall.SIGHUP:
				_ = server.Reload(ctx) // the log and the metrics tell how it went
			case told:
				server.Halt()
			default:
				told = true // whoever called us ends the context
			}
		}
	}()
	return func() {
		signal.Stop(signals)
		close(signals)
	}
}
