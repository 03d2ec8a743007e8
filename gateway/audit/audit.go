// Package audit records who looked at what: every call, refused, failed, cancelled
// and panicked ones included, and each disclosure before it is made.
//
// A disclosure whose record cannot be written is not made: whoever discloses must
// ask [Entry.Disclose] first, and heed its error.
//
// The one implementation so far, [NewLines], writes a structured line to a log. That
// is NOT durable: nothing keeps the lines, proves their order or notices a missing
// one. A durable audit, which can also reconstruct what was shown, is a later piece
// of work; until then the gateway runs only with strict: false, and says why.
package audit

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/gateway/wire"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Log takes the records. It is safe for concurrent use.
type Log interface {
	// Open begins the record of one call. It panics when the event, the operation,
	// the request id or the time is missing: a record without them is a mistake of
	// ours, never a call's.
	Open(ctx context.Context, call Call) Entry
	// Flush writes what was only counted so far. It is called before the process ends.
	Flush(ctx context.Context) error
}

// Entry is the record of one call. It is used by one goroutine at a time.
type Entry interface {
	// Identify adds who calls.
	Identify(actor Actor)
	// Ask adds what was asked for.
	Ask(request Request)
	// Disclose writes that a part of a stream is about to be disclosed. An error means
	// that it must not be. It panics when nobody was said to call.
	Disclose(ctx context.Context, disclosure Disclosure) error
	// Commit writes how the call ended, once, and with it what a call that is answered
	// whole is about to disclose: an error means that it must not be. It panics when
	// nobody was said to call, and when called twice.
	Commit(ctx context.Context, outcome Outcome) error
}

// Event is the kind of thing that is recorded.
type Event string

const (
	// EventCall is a call that reached the gateway's own code.
	EventCall Event = "call"
	// EventUnread is a call that ended before: bytes that are no message, a message
	// too large, a REST request that could not be understood.
	EventUnread Event = "unread"
)

// Call is what is known of a call when it arrives.
type Call struct {
	// Event is its kind. Required.
	Event Event
	// Operation is the method's full name, or "unknown" when the contract does not have it. Required.
	Operation string
	// RequestID is its id. Required.
	RequestID string
	// At is when it arrived. Required.
	At time.Time
}

// Actor is who calls: somebody identified by a token, or expressly nobody.
type Actor struct {
	caller *adapterv1.Caller
	nobody bool
}

// Caller is an actor who was identified.
func Caller(caller *adapterv1.Caller) Actor { return Actor{caller: caller} }

// Nobody is the actor of a call that was refused or broke off before anybody was
// identified, or that needs nobody to be.
func Nobody() Actor { return Actor{nobody: true} }

// Request is what was asked for.
type Request struct {
	// NHSNumber is whose record. Empty when the call is about nobody's.
	NHSNumber Patient
	// Access is why.
	Access *lhcrv1.AccessContext
	// Sections are the sections asked for. Empty for every section.
	Sections []lhcrv1.Section
	// Regions are the regions named. Empty for those of the caller's organisation.
	Regions []string
	// AllRegions is true when every region was asked for expressly.
	AllRegions bool
	// Document is the item id of the document asked for. Empty when none was.
	Document string
}

// Patient is an NHS number that prints as nothing.
type Patient string

// String hides the number.
func (Patient) String() string { return "[patient]" }

// GoString hides the number.
func (Patient) GoString() string { return "[patient]" }

// Disclosure is what is about to be disclosed.
type Disclosure struct {
	// Outcomes say what became of each section of each region.
	Outcomes []SectionOutcome
	// Completeness is that of the whole, where the message says it.
	Completeness lhcrv1.Completeness
	// Region is the region of the part, where it is of one.
	Region string
}

// SectionOutcome is what became of one section of one region. Encoded answers carry
// theirs with them.
type SectionOutcome = wire.Outcome

// Outcome is how a call ended.
type Outcome struct {
	// Code is its gRPC code.
	Code codes.Code
	// Reason is the contract's reason. Unspecified for a call that went well.
	Reason lhcrv1.ErrorReason
	// At is when it ended. Required.
	At time.Time
	// Answer is what is disclosed as the call ends, where it was not disclosed in parts before.
	Answer *Disclosure
}
