package lookup

import (
	"context"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Stream reads a record and sends each region's parts as they land, then a summary.
// Only a stream that ends with its summary is whole. Send is called from this
// goroutine only; its error ends all work and is returned as it is.
//
// The parts carry their bytes as unknown fields, as the response of [Lookup.Get]
// does. The other errors are those of Get, except that no answer is too large.
func (l *Lookup) Stream(ctx context.Context, caller *adapterv1.Caller, req *lhcrv1.GetRecordRequest, send func(*lhcrv1.StreamRecordResponse) error) error {
	p, err := l.plan(caller, req)
	if err != nil {
		return err
	}
	c, err := l.ask(ctx, p)
	if err != nil {
		return err
	}
	defer c.end()
	var sum summary
	for q, more := c.answered(); more; q, more = c.answered() {
		if ctx.Err() != nil {
			return gaveUp(ctx)
		}
		if err := sum.send(q.selected(l.opts.Now()), send); err != nil {
			return err
		}
	}
	return send(sum.message(caller.GetRequestId(), l.opts.Now()))
}
