package lookup

import (
	"context"
	"time"
)

// leastReserve is what GetRecord keeps of a deadline at least, to put the answer
// together and get it to the caller in time.
const leastReserve = 50 * time.Millisecond

// usable says until when regions may answer a call: until its deadline less
// max(50 ms, 5 %), so that the answer is there by the deadline (contract, Errors). A
// call without a deadline gets one.
func (d *deployed) usable(ctx context.Context) (time.Time, error) {
	if ctx.Err() != nil {
		return time.Time{}, gaveUp(ctx)
	}
	remaining := d.callTimeout
	if deadline, ok := ctx.Deadline(); ok {
		// The deadline is the context's, so it is the context's clock that counts.
		remaining = time.Until(deadline)
	}
	usable := remaining - max(leastReserve, remaining/20)
	if usable <= 0 {
		return time.Time{}, tooLate()
	}
	return time.Now().Add(usable), nil
}

// regionTime is how long one region may take, and how long its adapter is told. The
// adapter hears of the end a little earlier, so that what it has by then still counts.
func regionTime(ctx context.Context, r *region) (wait, told time.Duration) {
	wait = r.timeout
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline))
	}
	return wait, wait - min(100*time.Millisecond, wait/10)
}
