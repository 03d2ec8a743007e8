// Package fault breaks a simulated region on purpose: which calls, how often, and in what way.
package fault

import (
	"sync"
	"time"
)

// Kind is one way for a regional system to fail.
type Kind string

// The transport kinds break the answer to a FHIR call on its way.
const (
	// Hang accepts the call and answers nothing until the client goes or the sandbox closes.
	Hang Kind = "hang"
	// SlowDrip sends the right answer a few bytes at a time, so slowly that no deadline sees its end.
	SlowDrip Kind = "slow-drip"
	// Reset breaks the TCP connection (RST) instead of answering.
	Reset Kind = "reset"
	// Unauthorized answers 401.
	Unauthorized Kind = "401"
	// Forbidden answers 403.
	Forbidden Kind = "403"
	// TooManyRequests answers 429 with Retry-After.
	TooManyRequests Kind = "429"
	// ServerError answers 500.
	ServerError Kind = "500"
	// Unavailable answers 503 with Retry-After.
	Unavailable Kind = "503"
	// Truncated announces the whole length, sends half and closes the connection.
	Truncated Kind = "truncated"
	// BrokenJSON sends half of the answer as if it were all: the length fits, the JSON does not end.
	BrokenJSON Kind = "broken-json"
	// GiantBody streams more than 64 MiB of well-formed JSON.
	GiantBody Kind = "giant-body"
	// Garbage answers 200 with an HTML page.
	Garbage Kind = "garbage"
	// Redirect answers 307 to another host, which counts whoever follows.
	Redirect Kind = "redirect"
)

// The content kinds answer in good form with the wrong content.
const (
	// WrongPatient answers with another patient's resources.
	WrongPatient Kind = "wrong-patient"
	// ErrorIn200 answers 200 with a searchset that holds nothing but an OperationOutcome.
	ErrorIn200 Kind = "error-in-200"
	// PartialIn200 answers 200 with the matches and, beside them, an OperationOutcome.
	PartialIn200 Kind = "partial-in-200"
	// EndlessPaging gives every page a next link.
	EndlessPaging Kind = "endless-paging"
)

// The token kinds break the call that gets a token; they match no FHIR call.
const (
	// TokenUnauthorized refuses good credentials with 401.
	TokenUnauthorized Kind = "token-401"
	// TokenNoExpiry leaves expires_in out of the reply.
	TokenNoExpiry Kind = "token-no-expiry"
	// TokenGarbage answers 200 with an HTML page.
	TokenGarbage Kind = "token-garbage"
	// TokenHang answers nothing until the client goes or the sandbox closes.
	TokenHang Kind = "token-hang"
)

// Kinds lists every kind, transport first, then content, then token.
func Kinds() []Kind {
	return append(FHIRKinds(), TokenUnauthorized, TokenNoExpiry, TokenGarbage, TokenHang)
}

// FHIRKinds lists the kinds that match FHIR calls.
func FHIRKinds() []Kind {
	return []Kind{
		Hang, SlowDrip, Reset, Unauthorized, Forbidden, TooManyRequests, ServerError, Unavailable, Truncated,
		BrokenJSON, GiantBody, Garbage, Redirect, WrongPatient, ErrorIn200, PartialIn200, EndlessPaging,
	}
}

func (k Kind) isToken() bool {
	return k == TokenUnauthorized || k == TokenNoExpiry || k == TokenGarbage || k == TokenHang
}

// Fault is one way of failing and the calls that it befalls.
type Fault struct {
	Kind Kind
	// NHSNumber limits the fault to calls about this patient. Empty: every patient. Token faults ignore it.
	NHSNumber string
	// ResourceType limits the fault to searches for, pages of, and reads of this type. Empty: every type.
	ResourceType string
	// Times is how many calls are broken before the fault is used up. 0: every call until Clear.
	Times int
	// RetryAfter is sent with 429 and 503, in whole seconds. 0: 30 s.
	RetryAfter time.Duration
}

// Call is what a simulator knows of a call when it asks whether to break it.
type Call struct {
	Token        bool
	NHSNumber    string
	ResourceType string
}

func (f Fault) befalls(c Call) bool {
	if f.Kind.isToken() || c.Token {
		return f.Kind.isToken() && c.Token
	}
	if f.Kind.needsContent() && c.ResourceType != ContentType {
		return false
	}
	return (f.NHSNumber == "" || f.NHSNumber == c.NHSNumber) &&
		(f.ResourceType == "" || f.ResourceType == c.ResourceType)
}

// Set holds the faults of one system. The zero Set breaks nothing. It may be used concurrently.
type Set struct {
	mu     sync.Mutex
	faults []Fault
}

// Add switches a fault on.
func (s *Set) Add(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// Clear switches every fault off. Calls that already hang stay hung.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// Take gives the first fault that befalls the call, and uses up one of its times.
func (s *Set) Take(c Call) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.faults {
		if !f.befalls(c) {
			continue
		}
		s.use(i)
		return f, true
	}
	return Fault{}, false
}

func (s *Set) use(i int) {
	switch s.faults[i].Times {
	case 0:
	case 1:
		s.faults = append(s.faults[:i:i], s.faults[i+1:]...)
	default:
		s.faults[i].Times--
	}
}
