// Package adaptertest is what every adapter must pass: the promises of the adapter contract,
// each as a case, over the adapter in process and again through the remote bridge.
//
// A region's own test says how to make its adapter and which patients its test system holds:
//
//	func TestAdapter(t *testing.T) {
//		adaptertest.Run(t, adaptertest.Subject{New: …, Caller: …, Held: …, NotHeld: …, Sections: …})
//	}
//
// What a subject leaves out is skipped, and the skip says what was left out.
package adaptertest

import (
	"context"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Patient is a synthetic patient of the test system.
type Patient struct {
	// NHSNumber, ten digits.
	NHSNumber string
	// DateOfBirth, YYYY-MM-DD.
	DateOfBirth string
}

func (p Patient) query() *lhcrv1.PatientQuery {
	return &lhcrv1.PatientQuery{NhsNumber: p.NHSNumber, DateOfBirth: p.DateOfBirth}
}

// Document is a document of a patient of the test system.
type Document struct {
	// Patient whose document it is.
	Patient Patient
	// MediaType and Content as they must come.
	MediaType string
	Content   []byte
}

// Subject is an adapter to be tested, with the test system that it speaks to.
type Subject struct {
	// New makes the adapter. Whatever it opens must be closed by t.Cleanup. Required.
	New func(t *testing.T) adapters.Adapter
	// Caller on whose behalf calls are made. Required.
	Caller *adapterv1.Caller
	// Held is a patient with items in at least one of Sections. Required.
	Held Patient
	// Another is a second patient whom the region holds. Without one, foreign handles are not tried.
	Another Patient
	// NotHeld is nobody's number. Required.
	NotHeld Patient
	// Mismatched are numbers that the region answers with somebody else's or a superseded record.
	Mismatched []Patient
	// Sections that are asked for, Broken among them. At least two. Required.
	Sections []lhcrv1.Section
	// Broken is the section that a fault of one section befalls. Required with Fault.
	Broken lhcrv1.Section
	// Fault switches a fault on for Held until the test ends: for calls that only Broken needs
	// or, where the expectation says Whole, for every call. Without it, faults are not tried.
	Fault func(t *testing.T, e Expectation)
	// Faults are the faults that the test system knows and what must come of each.
	Faults []Expectation
	// Document is a document to fetch. Without one, documents are not fetched.
	Document *Document
	// Canaries are further strings that no error may hold: names, addresses of patients and of the system.
	Canaries []string
}

// Run runs every case over the adapter, and again over the adapter behind the remote bridge.
func Run(t *testing.T, s Subject) {
	t.Helper()
	if s.New == nil || s.Caller == nil || s.Held.NHSNumber == "" || s.NotHeld.NHSNumber == "" || len(s.Sections) < 2 {
		t.Fatal("a subject needs New, Caller, Held, NotHeld and two Sections")
	}
	t.Run("in process", func(t *testing.T) { s.run(t) })
	t.Run("remote", func(t *testing.T) {
		local := s.New
		s.New = func(t *testing.T) adapters.Adapter { return bridge(t, local(t)) }
		s.run(t)
	})
	t.Run("the bridge changes nothing", s.sameThroughBridge)
}

// patience is how long a call may take that nothing hinders, and how long one may outlast its context.
const patience = 5 * time.Second

func (s Subject) run(t *testing.T) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) {
			if why := c.skip(s); why != "" {
				t.Skip(why)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
			defer cancel()
			c.check(ctx, t, s)
		})
	}
}

func (s Subject) fetch(p Patient) *adapterv1.FetchRequest {
	return &adapterv1.FetchRequest{Caller: s.Caller, Patient: p.query(), Sections: s.Sections}
}

func (s Subject) locate(p Patient) *adapterv1.LocateRequest {
	return &adapterv1.LocateRequest{Caller: s.Caller, Patient: p.query()}
}
