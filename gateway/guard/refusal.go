package guard

import (
	"errors"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Refusal is why a guard let a call not through.
type Refusal string

// The refusals.
const (
	// BreakerOpen: the region failed so often lately that it is left alone.
	BreakerOpen Refusal = "breaker_open"
	// QueueFull: as many calls as are permitted are under way, and as many wait.
	QueueFull Refusal = "queue_full"
	// QueueTimeout: the call's time ended while it waited for others to end.
	QueueTimeout Refusal = "queue_timeout"
)

// words are for a user. They name nobody and no address.
func (r Refusal) words() string {
	switch r {
	case BreakerOpen:
		return "the region failed so often lately that it is left alone for a while: ask again later"
	case QueueFull:
		return "this gateway has as many calls to the region under way and waiting as it permits itself: ask again in a moment"
	case Withheld:
		return "the region gives this only where something that it asks for is there, a consent for instance, or it withholds it"
	}
	return "this gateway had too many other calls to the region under way to make this one in time: ask again in a moment"
}

// RefusalOf is why a guard refused, if it was one that made the error: an error with
// a method GuardRefusal() string, by which whoever cannot import this package sees
// and makes them. Such a call did not go to the region, or nothing shows that it did
// (see [Withheld]), so it says nothing of it.
func RefusalOf(err error) (Refusal, bool) {
	var r interface{ GuardRefusal() string }
	if !errors.As(err, &r) {
		return "", false
	}
	return Refusal(r.GuardRefusal()), true
}

// refusal is the error of a call that a guard did not let through: UNAVAILABLE, with
// google.rpc.RetryInfo.
type refusal struct {
	why   Refusal
	after time.Duration
}

var _ interface {
	error
	GRPCStatus() *status.Status
	GuardRefusal() string
} = (*refusal)(nil)

func newRefusal(why Refusal, after time.Duration) *refusal { return &refusal{why: why, after: after} }

// Error says what happened.
func (r *refusal) Error() string { return r.why.words() }

// GuardRefusal is the [Refusal].
func (r *refusal) GuardRefusal() string { return string(r.why) }

// GRPCStatus is the error as a status.
func (r *refusal) GRPCStatus() *status.Status {
	plain := status.New(codes.Unavailable, r.why.words())
	detailed, err := plain.WithDetails(&errdetails.RetryInfo{RetryDelay: durationpb.New(r.after)})
	if err != nil { // a detail that cannot be encoded: the words still hold
		return plain
	}
	return detailed
}
