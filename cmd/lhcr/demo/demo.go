// Package demo runs the whole house in one process: simulated regional systems, and
// a gateway in front of them, over real sockets with real TLS and real logins. All
// patients are synthetic; every key and certificate is made at the start and lives
// in a private folder that goes with the demo.
package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

// Options say how a demo runs. Registry is required.
type Options struct {
	// Registry is the regions that the binary was built with.
	Registry *adapters.Registry
	// Regions are the simulated regions that run, by id. Empty for all.
	Regions []string
	// Listen and RESTListen are where the gateway listens. Empty for any free port of this machine.
	Listen, RESTListen string
	// Now is the clock. Nil for the wall clock.
	Now func() time.Time
	// CallTimeout bounds each call. Zero for the gateway's own.
	CallTimeout time.Duration
	// RegionTimeouts bound each region's part of a call, by region id. A region that is
	// not there has its definition's own.
	RegionTimeouts map[string]time.Duration
	// Version is the version of the software.
	Version string
	// TraceExporter takes the gateway's traces. Nil for none.
	TraceExporter sdktrace.SpanExporter
	// Configure changes the gateway's configuration before it starts. Nil for nothing.
	Configure func(*config.Config) error
	// Quiet keeps everything below a warning out of the log.
	Quiet bool
}

// Pair is the two regions that most tests of the whole house are about: one that is
// searched by patient and one that is an exchange of many.
func Pair() []string { return []string{"dorset", "yorkshire"} }

// Demo is a running demo.
type Demo struct {
	// Sandbox is the simulated regional systems, whose faults can be switched on.
	Sandbox *sandbox.Sandbox
	// GRPC, REST, Metrics and Admin are the gateway's addresses, host:port.
	GRPC, REST, Metrics, Admin string
	// Files are what a client needs.
	Files Files

	issuer *sandboxissuer.Service
	close  func() error
	stop   context.CancelFunc
	ended  chan error
	log    *os.File
}

// Files are the paths of what a client of the demo needs. They are readable by the
// user alone, and removed by Close.
type Files struct {
	// Folder holds all of them.
	Folder string
	// CA is the authority that issued the gateway's certificate, PEM.
	CA string
	// Token is a bearer token of an invented pharmacist, which expires soon: see [Demo.RenewToken].
	Token string
	// Operator is a bearer token of an invented operator, who may purge what is kept. It expires as the other does.
	Operator string
	// Patient names a patient, as --nhs-number-file takes it. Empty before [Demo.Commands].
	Patient string
	// Log is the gateway's log.
	Log string
}

// Start starts the regions and the gateway, and returns once it takes calls. The
// demo runs until Close.
func Start(ctx context.Context, opts Options) (d *Demo, err error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	d = &Demo{ended: make(chan error, 1), stop: func() {}}
	d.close = sync.OnceValue(d.end)
	defer func() {
		if err != nil {
			d, err = nil, errors.Join(fmt.Errorf("demo: %w", err), d.Close())
		}
	}()
	if d.Sandbox, err = sandbox.Start(sandbox.Options{Now: opts.Now, Regions: opts.Regions}); err != nil {
		return d, err
	}
	if d.Files.Folder, err = os.MkdirTemp("", "lhcr-demo-*"); err != nil {
		return d, err
	}
	if err = d.admit(opts); err != nil {
		return d, err
	}
	return d, d.run(ctx, opts)
}

// admit makes the issuer whose tokens the gateway takes, and a first token.
func (d *Demo) admit(opts Options) (err error) {
	if d.issuer, err = sandboxissuer.New(sandboxissuer.Config{Now: opts.Now, Random: rand.Reader}); err != nil {
		return err
	}
	d.Files.Token, d.Files.Operator = filepath.Join(d.Files.Folder, "token"), filepath.Join(d.Files.Folder, "operator.token")
	return d.RenewToken()
}

// RenewToken writes new tokens in the place of the old ones. They live
// [sandboxissuer.DefaultLife].
func (d *Demo) RenewToken() error {
	for path, who := range map[string]access.Claims{d.Files.Token: sandboxissuer.Pharmacist(), d.Files.Operator: sandboxissuer.Operator()} {
		token, err := d.Token(who, 0)
		if err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(token), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// Token is a token that the gateway takes, which lives for life or, if that is zero, for
// [sandboxissuer.DefaultLife].
func (d *Demo) Token(who access.Claims, life time.Duration) (string, error) {
	return d.issuer.Token(who, life)
}

// run configures the gateway, starts it and waits until it takes calls.
func (d *Demo) run(ctx context.Context, opts Options) error {
	settings, err := d.configure(opts)
	if err != nil {
		return err
	}
	logger, err := d.openLog(opts.Quiet)
	if err != nil {
		return err
	}
	server, err := gateway.New(gateway.Options{
		Config: settings, Registry: opts.Registry, Logger: logger, Now: opts.Now, Version: opts.Version,
		TraceExporter: opts.TraceExporter,
	})
	if err != nil {
		return err
	}
	// The gateway outlives the call that started it: Close ends it.
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- server.Run(running) }()
	select {
	case <-server.Ready():
		d.stop, d.ended = stop, ended
	case err := <-ended:
		stop()
		return errors.Join(errors.New("the gateway did not start"), err)
	}
	d.GRPC, d.REST, d.Metrics = server.GRPCAddr().String(), server.RESTAddr().String(), server.MetricsAddr().String()
	if admin := server.AdminAddr(); admin != nil {
		d.Admin = admin.String()
	}
	return nil
}

func (d *Demo) openLog(quiet bool) (*slog.Logger, error) {
	d.Files.Log = filepath.Join(d.Files.Folder, "gateway.log")
	log, err := os.OpenFile(d.Files.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	d.log = log
	level := "debug"
	if quiet {
		level = "warn"
	}
	return telemetry.NewLogger(log, telemetry.LogOptions{Level: level, Format: "json"})
}

// Close drains the gateway, stops the regions and removes the files. Closing twice
// is closing once.
func (d *Demo) Close() error { return d.close() }

func (d *Demo) end() error {
	var errs []error
	if d.GRPC != "" {
		d.stop()
		errs = append(errs, <-d.ended)
	}
	if d.Sandbox != nil {
		errs = append(errs, d.Sandbox.Close())
	}
	if d.log != nil {
		errs = append(errs, d.log.Close())
	}
	if d.Files.Folder != "" {
		errs = append(errs, os.RemoveAll(d.Files.Folder))
	}
	return errors.Join(errs...)
}

// Patient finds a synthetic patient by NHS number, digits only.
func Patient(number string) (sandbox.Patient, bool) {
	return find(func(p sandbox.Patient) bool { return p.NHSNumber == number })
}

// Shown is the patient whom the demo shows unless told otherwise: data in both
// regions, a gap in one, a medicine that both hold.
func Shown() (sandbox.Patient, bool) {
	return find(func(p sandbox.Patient) bool { return p.Slug == patients.Demo })
}

func find(is func(sandbox.Patient) bool) (sandbox.Patient, bool) {
	all, err := sandbox.Patients()
	if err != nil {
		return sandbox.Patient{}, false
	}
	for _, p := range all {
		if is(p) {
			return p, true
		}
	}
	return sandbox.Patient{}, false
}
