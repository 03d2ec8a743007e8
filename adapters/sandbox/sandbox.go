// Package sandbox runs simulated regional systems on real sockets, with real TLS and real logins, over synthetic
// patients. It shares no code with what it is there to prove: neither the FHIR reader nor any adapter nor the contract.
//
// A region to come copies the smallest simulator, dorset, and keeps the parts: system (listeners, certificates, counts),
// fault (ways to fail), fhirserver (FHIR search over raw JSON) and patients.
package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/cheshiremerseyside/exchange"
	"github.com/openlhcr/openlhcr/adapters/sandbox/dorset"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/graphnet"
	"github.com/openlhcr/openlhcr/adapters/sandbox/lancashiresouthcumbria"
	"github.com/openlhcr/openlhcr/adapters/sandbox/mhd"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/scr"
	"github.com/openlhcr/openlhcr/adapters/sandbox/smart"
	"github.com/openlhcr/openlhcr/adapters/sandbox/southwest"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
	"github.com/openlhcr/openlhcr/adapters/sandbox/yorkshire"
)

// Access, Caller, Fault, Patient and System are the words of a sandbox's user.
type (
	Access  = system.Access
	Caller  = system.Caller
	Fault   = fault.Fault
	Patient = patients.Patient
	System  = system.System
)

// Options of a sandbox. The zero Options will do.
type Options struct {
	// Now tells the time by which certificates and tokens live. Nil: the wall clock.
	Now func() time.Time
	// Regions are those to start, by id. Empty: all.
	Regions []string
}

// Sandbox is a running set of regional systems.
type Sandbox struct{ systems []*System }

type starter = func([]patients.Patient, system.Now) (*System, error)

// simulated is one region that can be started.
type simulated struct {
	id    string
	start starter
}

// every is the simulated regions, in order of id.
func every() []simulated {
	return []simulated{
		{graphnet.CheshireMerseyside, graphnet.Instance{ID: graphnet.CheshireMerseyside, Parts: documents(exchange.Open)}.Start},
		{graphnet.CHIE, graphnet.Instance{ID: graphnet.CHIE}.Start},
		{dorset.ID, dorset.Start},
		{smart.GreatNorth, smart.Instance{ID: smart.GreatNorth, Scope: "system/*.rs", Algorithm: "ES384", PerPeriodOfCare: true}.Start},
		{graphnet.GreaterManchester, graphnet.Instance{
			ID: graphnet.GreaterManchester, OnlyXML: true, Parts: documents(mhd.Open(graphnet.GreaterManchester)),
		}.Start},
		{lancashiresouthcumbria.ID, lancashiresouthcumbria.Start},
		{smart.London, smart.Instance{ID: smart.London, Scope: "system/*.read", Algorithm: "RS384", Parts: documents(mhd.Open(smart.London))}.Start},
		{scr.ID, scr.Start},
		{southwest.ID, southwest.Start},
		{graphnet.ThamesValleySurrey, graphnet.Instance{ID: graphnet.ThamesValleySurrey}.Start},
		{yorkshire.ID, yorkshire.Start},
	}
}

// documents is the further system of a region whose documents are not where its data are.
func documents(open system.Opener) map[string]system.Opener {
	return map[string]system.Opener{"documents": open}
}

// Start starts every simulated system on free ports of 127.0.0.1. Close the sandbox when done.
func Start(opts Options) (*Sandbox, error) {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	everybody, err := patients.All()
	if err != nil {
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	sb := &Sandbox{}
	for _, region := range every() {
		if len(opts.Regions) > 0 && !slices.Contains(opts.Regions, region.id) {
			continue
		}
		sys, err := region.start(everybody, opts.Now)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("sandbox: %w", err), sb.Close())
		}
		sb.systems = append(sb.systems, sys)
	}
	return sb, nil
}

// Regions are the ids of every region that can be simulated, in order.
func Regions() []string {
	var ids []string
	for _, region := range every() {
		ids = append(ids, region.id)
	}
	return ids
}

// Systems gives every system, in order of region id.
func (sb *Sandbox) Systems() []*System { return sb.systems }

// System gives the system of one region, or nil when the sandbox simulates none of that id.
func (sb *Sandbox) System(regionID string) *System {
	for _, sys := range sb.systems {
		if sys.Access().RegionID == regionID {
			return sys
		}
	}
	return nil
}

// Close stops every system and waits until nothing of it runs.
func (sb *Sandbox) Close() error {
	var errs []error
	for _, sys := range sb.systems {
		errs = append(errs, sys.Close())
	}
	return errors.Join(errs...)
}

// Patients lists the synthetic patients, in order of slug.
func Patients() ([]Patient, error) { return patients.All() }
