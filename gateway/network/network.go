// Package network tries, address by address, whether a deployment reaches its regions:
// the name, the port, the certificates of both sides, an answer, and whether the region
// takes our credentials. Where something fails it says what to ask of whom.
//
// It touches no patient's data, and nothing that it says names a patient, a secret or an
// address that the deployment's own list does not have.
package network

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Line is how a deployment reaches one region.
type Line struct {
	// RegionID is the region's id.
	RegionID string
	// Problem says why the region cannot be asked, whatever the network does: a setting
	// that is missing or wrong. Empty when it can.
	Problem string
	// Addresses are all that it is reached at.
	Addresses []Address
	// Check asks the region's adapter whether the region answers and takes our
	// credentials. Nil where there is nobody to ask.
	Check func(context.Context) (*adapterv1.CheckResponse, error)
}

// Address is one address of a region, with what it is reached by.
type Address struct {
	// Endpoint says where it is, on which network and what for.
	Endpoint *lhcrv1.NetworkEndpoint
	// URL answers over HTTP. Empty where nothing is asked there by itself.
	URL string
	// TLS has the authorities that are trusted and our certificate. Nil for an address in plain text.
	TLS *tls.Config
	// HTTP is the region's own client, which reaches no other address.
	HTTP *http.Client
}

// Options are what the check is made with. What is not set is the machine's own.
type Options struct {
	// Lookup finds the addresses of a host.
	Lookup func(ctx context.Context, host string) ([]string, error)
	// Dial opens a connection.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Now is the clock by which certificates are judged.
	Now func() time.Time
	// Timeout bounds each step.
	Timeout time.Duration
}

const (
	defaultTimeout = 5 * time.Second
	// sideBySide is how many addresses are tried at once.
	sideBySide = 16
)

func (o Options) withDefaults() Options {
	if o.Lookup == nil {
		o.Lookup = net.DefaultResolver.LookupHost
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	return o
}

// Check tries every address of every line, side by side, and each step within its own
// time. The steps come in the order of the lines, their addresses, and of what rests on
// what; the adapter's own come last of a line.
func Check(ctx context.Context, lines []Line, opts Options) []Step {
	opts = opts.withDefaults()
	tasks := tasksOf(ctx, lines, opts)
	found := make([][]Step, len(tasks))
	places := make(chan struct{}, sideBySide)
	var trying sync.WaitGroup
	for i, task := range tasks {
		trying.Go(func() {
			places <- struct{}{}
			found[i] = task()
			<-places
		})
	}
	trying.Wait()
	return slices.Concat(found...)
}

// tasksOf are what is tried, each by itself.
func tasksOf(ctx context.Context, lines []Line, opts Options) []func() []Step {
	var tasks []func() []Step
	for _, line := range lines {
		if line.Problem != "" {
			tasks = append(tasks, func() []Step { return []Step{line.problem()} })
			continue
		}
		for _, address := range line.Addresses {
			tasks = append(tasks, func() []Step { return newTrial(address, opts).run(ctx) })
		}
		if line.Check != nil {
			tasks = append(tasks, func() []Step { return line.adapter(ctx, opts) })
		}
	}
	return tasks
}
