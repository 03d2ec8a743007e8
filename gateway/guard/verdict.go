package guard

import (
	"context"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// evidence is what the end of a call says of its region.
type evidence int

const (
	neither  evidence = iota // nothing: it may not even have got there
	inFavour                 // it answers, be it with a refusal
	against                  // it is in trouble
)

// verdict is what the end of an attempt means to the guards.
type verdict struct {
	code     codes.Code
	evidence evidence
	again    bool          // asking again can help
	after    time.Duration // when, as the region said; 0 when it did not
	refused  bool          // a guard let nothing through
	unheard  bool          // an answer that may have been given without the region
}

// verdicts is what each code of a region means. A code that is not here means what
// UNKNOWN does. CANCELED and DEADLINE_EXCEEDED stand for calls that the region or
// its adapter broke off; within judges those that ended with their context.
//
// What is no evidence may have been decided in the adapter, or is of one patient's
// record only: DATA_LOSS is an answer that could not be understood.
var verdicts = map[codes.Code]verdict{
	codes.Unavailable:        {evidence: against, again: true},
	codes.Internal:           {evidence: against, again: true},
	codes.Unknown:            {evidence: against, again: true},
	codes.Aborted:            {evidence: against, again: true},
	codes.Canceled:           {evidence: against, again: true},
	codes.DeadlineExceeded:   {evidence: against, again: true},
	codes.NotFound:           {evidence: inFavour},
	codes.PermissionDenied:   {evidence: inFavour},
	codes.Unauthenticated:    {evidence: inFavour},
	codes.FailedPrecondition: {evidence: inFavour},
	codes.ResourceExhausted:  {evidence: inFavour},
	codes.DataLoss:           {evidence: neither},
	codes.InvalidArgument:    {evidence: neither},
	codes.OutOfRange:         {evidence: neither},
	codes.AlreadyExists:      {evidence: neither},
	codes.Unimplemented:      {evidence: neither},
}

// readError is what an error means. Of a region that takes no more requests only one
// that says when it will is asked again.
func readError(err error) verdict {
	if isWithheld(err) {
		return verdict{code: codes.PermissionDenied, unheard: true}
	}
	if _, ok := status.FromError(err); !ok {
		err = status.FromContextError(err).Err()
	}
	code := status.Code(err)
	v, known := verdicts[code]
	if !known {
		v = verdicts[codes.Unknown]
	}
	v.code, v.after = code, retryDelay(err)
	v.again = v.again || code == codes.ResourceExhausted && v.after > 0
	return v
}

// retryDelay is when the region may be asked again, as it said.
func retryDelay(err error) time.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok {
			return max(info.GetRetryDelay().AsDuration(), 0)
		}
	}
	return 0
}

// pace is how an attempt went by the clock.
type pace struct {
	given time.Duration // what remained of the call's time when it began
	took  time.Duration
	full  time.Duration // the region's own time
}

// hurried says whether an attempt had less than half the region's own time.
func (p pace) hurried() bool { return p.given < p.full/2 }

// ranOut says whether an attempt in a hurry may have failed for that. An adapter may
// end its work some time before its context does, to tell what it has got by then: so
// whatever took half the time given may have. What came sooner, a connection
// refused for instance, did not fail for want of time.
func (p pace) ranOut() bool { return p.hurried() && p.took >= p.given/2 }

// within is the verdict on an attempt that went at such a pace, once it is known
// whether its context ended. A caller who left says nothing of the region. Nor does
// want of time, unless the region had half its own: a caller in a hurry must not be
// able to have it left alone for everyone else.
func (v verdict) within(ctx context.Context, p pace) verdict {
	if v.evidence == against && p.ranOut() && mayBeTime(v.code) {
		v.evidence = neither
	}
	if ctx.Err() == nil {
		return v
	}
	v.again = false
	if v.evidence == against && (ctx.Err() != context.DeadlineExceeded || p.took < p.full/2) {
		v.evidence = neither
	}
	return v
}

// mayBeTime says whether a failure with this code may be for want of time.
func mayBeTime(code codes.Code) bool {
	switch code {
	case codes.Internal, codes.Aborted:
		return false
	}
	return true
}
