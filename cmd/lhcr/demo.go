package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/sdk"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// demoCommand is `demo`.
type demoCommand struct {
	patientFlags
	formatFlag
	Once       bool   `help:"Show the record and end. The exit code is 0 although the demo's patient has a gap on purpose."`
	Listen     string `placeholder:"HOST:PORT" help:"Where gRPC listens. Default: 127.0.0.1:7443, with --once any free port."`
	RestListen string `placeholder:"HOST:PORT" help:"Where REST listens. Default: 127.0.0.1:8443, with --once any free port."`
}

// Help teaches.
func (demoCommand) Help() string {
	return `Starts every regional system simulated and a gateway in front of them, in this process,
over real sockets with real TLS and real logins; reads one synthetic patient's record
through the gateway, and once more to show what the gateway's cache gave; and goes on
serving, with commands to paste. The patients are those
of adapters/sandbox/README.md: each shows other hazards.

  lhcr demo
  lhcr demo --once --format json | jq .completeness
  lhcr demo --once --nhs-number 9990002142`
}

// Run runs `demo`.
func (f demoCommand) Run(ctx context.Context, c *console.Console) (err error) {
	patient, err := f.chosen(c)
	if err != nil {
		return err
	}
	c.Progress("starting the simulated regions and the gateway …")
	running, err := f.start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, running.Close()) }()
	c.Progress(fmt.Sprintf("reading one patient's record from %d regions through the gateway …", len(running.Sandbox.Systems())))
	first, err := read(ctx, running, patient)
	if err != nil {
		return err
	}
	if f.Once {
		return errors.Join(writeRecord(c, first.record, f.formatFlag, ""), readAgain(ctx, c, running, patient, first))
	}
	commands, err := running.Commands(program(), patient.NHSNumber, patient.DateOfBirth)
	if err != nil {
		return err
	}
	connect := connectFlags{Target: running.GRPC, CA: running.Files.CA, TokenFile: running.Files.Token}
	if err := writeRecord(c, first.record, f.formatFlag, fetching(connect, patientFlags{NHSNumberFile: running.Files.Patient})); err != nil {
		return err
	}
	if err := readAgain(ctx, c, running, patient, first); err != nil {
		return err
	}
	return serve(ctx, c, running, commands)
}

// chosen is the patient to show. The sandbox knows the date of birth of its own.
func (f demoCommand) chosen(c *console.Console) (sdk.Patient, error) {
	named, err := f.named(c)
	if err != nil {
		return named, err
	}
	if named.NHSNumber == "" {
		shown, ok := demo.Shown()
		if !ok {
			return sdk.Patient{}, errors.New("the sandbox has no patient to show")
		}
		return sdk.Patient{NHSNumber: shown.NHSNumber, DateOfBirth: shown.DateOfBirth}, nil
	}
	number, err := nhsnumber.Parse(named.NHSNumber)
	if err != nil {
		return sdk.Patient{}, usageError{err}
	}
	if known, ok := demo.Patient(number.Reveal()); ok && named.DateOfBirth == "" {
		named.DateOfBirth = known.DateOfBirth
	}
	return named, nil
}

func (f demoCommand) start(ctx context.Context) (*demo.Demo, error) {
	regions, err := registry()
	if err != nil {
		return nil, err
	}
	opts := demo.Options{
		Registry: regions, Listen: f.Listen, RESTListen: f.RestListen, Version: version().Version,
	}
	if !f.Once && opts.Listen == "" {
		opts.Listen = "127.0.0.1:7443"
	}
	if !f.Once && opts.RESTListen == "" {
		opts.RESTListen = "127.0.0.1:8443"
	}
	running, err := demo.Start(ctx, opts)
	return running, inUse(err, map[string]string{"listen.grpc": "--listen", "listen.rest": "--rest-listen"})
}

// read asks as any other client would.
func read(ctx context.Context, running *demo.Demo, patient sdk.Patient) (r reading, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	client, err := connectFlags{Target: running.GRPC, CA: running.Files.CA, TokenFile: running.Files.Token}.dial(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, client.Close()) }()
	query, began := sdk.Query{Patient: patient, Access: demo.Consented(sdk.LegitimateRelationship())}, time.Now()
	r.record, err = client.GetRecord(ctx, query)
	if errors.Is(err, tooLarge) {
		r.record, err = client.StreamRecord(ctx, query).Record()
	}
	r.took = time.Since(began)
	return r, err
}

// serve prints commands and keeps the demo running, its token fresh, until interrupted.
func serve(ctx context.Context, c *console.Console, running *demo.Demo, commands string) error {
	// JSON on standard output must stay one object.
	c.Progress("", commands, fmt.Sprintf("The gateway's log: %s", running.Files.Log), "Serving. Press Ctrl-C to end.")
	renew := time.NewTicker(sandboxissuer.DefaultLife / 3)
	defer renew.Stop()
	for {
		select {
		case <-ctx.Done():
			c.Progress("ending …")
			return nil
		case <-renew.C:
			if err := running.RenewToken(); err != nil {
				return err
			}
		}
	}
}
