package network

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// trial tries one address, step by step; what fails ends it.
type trial struct {
	Options
	address   Address
	endpoint  *lhcrv1.NetworkEndpoint
	steps     []Step
	addresses []string // that the name stands for
	conn      net.Conn // nil until there is one
	asked     bool     // the other side asked for our certificate
}

func newTrial(a Address, o Options) *trial {
	return &trial{Options: o, address: a, endpoint: a.Endpoint}
}

// run runs the steps until one fails; those behind it are then said not to have been tried.
func (t *trial) run(ctx context.Context) []Step {
	defer t.close()
	failed := false
	for _, one := range t.plan() {
		step := of(t.endpoint, one.name)
		if failed {
			t.steps = append(t.steps, step.with(NotTried, "", ""))
			continue
		}
		step = t.try(ctx, step, one.do)
		failed = step.State == Failed
		t.steps = append(t.steps, step)
	}
	return t.steps
}

// planned is a step that an address has.
type planned struct {
	name string
	do   func(context.Context, Step) Step
}

func (t *trial) plan() []planned {
	plan := []planned{{"dns", t.dns}, {"tcp", t.tcp}}
	if t.address.TLS != nil {
		plan = append(plan, planned{"tls", t.tls}, planned{"client certificate", t.certificate})
	}
	if t.address.URL != "" && t.address.HTTP != nil {
		plan = append(plan, planned{"http", t.http})
	}
	return plan
}

func (t *trial) try(ctx context.Context, step Step, what func(context.Context, Step) Step) Step {
	bounded, cancel := context.WithTimeout(ctx, t.Timeout)
	defer cancel()
	began := time.Now()
	return what(bounded, step).took(time.Since(began))
}

func (t *trial) close() {
	if t.conn != nil {
		_ = t.conn.Close() // nothing was sent over it that could be lost
	}
}

func (t *trial) dns(ctx context.Context, step Step) Step {
	host := t.endpoint.GetHost()
	if net.ParseIP(host) != nil {
		t.addresses = []string{host}
		return step.with(OK, "an address and no name", "")
	}
	found, err := t.Lookup(ctx, host)
	var unknown *net.DNSError
	switch {
	case err == nil && len(found) > 0:
		t.addresses = found
		return step.with(OK, strings.Join(found, ", "), "")
	case ctx.Err() != nil, errors.As(err, &unknown) && unknown.IsTimeout:
		return step.with(Failed, "the name server did not answer in time", t.askName())
	case errors.As(err, &unknown) && !unknown.IsNotFound:
		return step.with(Failed, "the name server answered with a failure", t.askName())
	}
	return step.with(Failed, "the name is not known", t.askName())
}

// tcp connects to the first of the name's addresses that answers.
func (t *trial) tcp(ctx context.Context, step Step) Step {
	port := strconv.FormatUint(uint64(t.endpoint.GetPort()), 10)
	var last error
	for i, address := range t.addresses {
		part, cancel := share(ctx, len(t.addresses)-i)
		conn, err := t.Dial(part, "tcp", net.JoinHostPort(address, port))
		cancel()
		if err == nil {
			t.conn = conn
			return step.with(OK, "connected to "+address+" from "+conn.LocalAddr().String(), "")
		}
		last = err
	}
	switch {
	case errors.Is(last, syscall.ECONNREFUSED):
		return step.with(Failed, "the connection is refused", askListening+" "+t.askPassage())
	case errors.Is(last, syscall.EHOSTUNREACH), errors.Is(last, syscall.ENETUNREACH):
		return step.with(Failed, "there is no route to it", t.askPassage())
	}
	return step.with(Failed, "no connection comes about in time: it seems to be blocked on the way", t.askPassage())
}

// share is an equal part of the time that is left for n attempts.
func share(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	at, ok := ctx.Deadline()
	if !ok || n < 2 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, time.Until(at)/time.Duration(n))
}

// security is the region's own, with our certificate noted when it is asked for.
func (t *trial) security() *tls.Config {
	c := t.address.TLS.Clone()
	if c.ServerName == "" {
		c.ServerName = t.endpoint.GetHost()
	}
	c.Time = t.Now
	show := t.ours(c)
	c.Certificates = nil
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		t.asked = true
		return show, nil
	}
	return c
}

// ours is our certificate, or an empty one where there is none.
func (t *trial) ours(c *tls.Config) *tls.Certificate {
	if len(c.Certificates) > 0 {
		return &c.Certificates[0]
	}
	return &tls.Certificate{}
}
