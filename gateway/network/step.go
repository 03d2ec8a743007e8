package network

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// State is what came of a step.
type State string

// The states.
const (
	// OK: as it should be.
	OK State = "ok"
	// Attention: it works, and something should be done before long.
	Attention State = "attention"
	// Failed: it does not work.
	Failed State = "failed"
	// NotTried: a step before it failed, or there is nothing to try.
	NotTried State = "not tried"
)

// Step is one thing that was tried.
type Step struct {
	// RegionID is the region's id.
	RegionID string `json:"region"`
	// Purpose of the address, as lists of endpoints name it. Empty for what concerns the
	// region as a whole.
	Purpose string `json:"purpose,omitempty"`
	// Host and Port are the address.
	Host string `json:"host,omitempty"`
	Port uint32 `json:"port,omitempty"`
	// Network on which it lives ("HSCN", "nww", "internet").
	Network string `json:"network,omitempty"`
	// Name of the step: "settings", "dns", "tcp", "tls", "client certificate", "http" or, of
	// the region's adapter, "adapter: " and its own name.
	Name string `json:"step"`
	// State is what came of it.
	State State `json:"state"`
	// Found says what was found, in words for an operator.
	Found string `json:"found,omitempty"`
	// Ask says what to ask of whom. Empty where there is nothing to ask.
	Ask string `json:"ask,omitempty"`
	// Milliseconds that it took.
	Milliseconds int64 `json:"milliseconds"`
}

// Well says whether nothing failed.
func Well(steps []Step) bool {
	for _, s := range steps {
		if s.State == Failed {
			return false
		}
	}
	return true
}

// of begins a step that concerns an address.
func of(e *lhcrv1.NetworkEndpoint, name string) Step {
	return Step{RegionID: e.GetRegionId(), Purpose: e.GetPurpose(), Host: e.GetHost(), Port: e.GetPort(), Network: e.GetNetwork(), Name: name}
}

// with is a step with what came of it.
func (s Step) with(state State, found, ask string) Step {
	s.State, s.Found, s.Ask = state, found, ask
	return s
}

func (s Step) took(d time.Duration) Step {
	s.Milliseconds = d.Milliseconds()
	return s
}

// problem is a line of which the settings are to blame.
func (l Line) problem() Step {
	return Step{RegionID: l.RegionID, Name: "settings", State: Failed, Found: l.Problem, Ask: "Mend the configuration: the message names the key."}
}
