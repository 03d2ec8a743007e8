// Lhcr reads shared care records: it runs the OpenLHCR gateway, shows it against
// simulated regional systems, and is its client in a terminal.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	c := console.New(os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	c.Environ = os.Environ()
	code := run(ctx, os.Args[1:], c)
	stop()
	os.Exit(code)
}
