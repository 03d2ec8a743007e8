package sdktest

import (
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// spoiling is how streams go wrong.
type spoiling struct {
	// after is how many messages are sent before the stream breaks off. Negative for all.
	after int
	// silently ends the stream as if it were whole.
	silently bool
	// corrupt changes the bytes of a document.
	corrupt bool
}

// BreaksOff lets each stream fail after n messages: what came before is partial.
func BreaksOff(n int) Fault { return Fault{stream: &spoiling{after: n}} }

// EndsEarly lets each stream end after n messages as if it were whole, without its
// summary or end: what came before is partial all the same.
func EndsEarly(n int) Fault { return Fault{stream: &spoiling{after: n, silently: true}} }

// CorruptsDocuments changes the bytes of documents on their way.
func CorruptsDocuments() Fault { return Fault{stream: &spoiling{after: -1, corrupt: true}} }

// sender sends the messages of a stream, and spoils it as the faults that are on say.
type sender[T any] struct {
	send   func(T) error
	faults []*switched
	sent   int
	ended  bool
}

// next sends a message. After an early end it sends nothing more.
func (s *sender[T]) next(message T) error {
	for _, f := range s.faults {
		if f.stream == nil || f.stream.after < 0 || s.sent < f.stream.after {
			continue
		}
		if s.ended = true; f.stream.silently {
			return nil
		}
		return refuse(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_SHUTTING_DOWN, "the connection broke off")
	}
	if s.ended {
		return nil
	}
	s.sent++
	return s.send(message)
}

// corrupts says whether a document's bytes are to be changed.
func (s *sender[T]) corrupts() bool {
	for _, f := range s.faults {
		if f.stream != nil && f.stream.corrupt {
			return true
		}
	}
	return false
}
