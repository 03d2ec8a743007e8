package edge

import "context"

// timed gives a call of the contract that comes without a deadline one.
func (e *Edge) timed(ctx context.Context, c *call, next func(context.Context) error) error {
	if _, has := ctx.Deadline(); has || !c.method.ours || e.options.DefaultTimeout == 0 {
		return next(ctx)
	}
	ctx, cancel := context.WithTimeout(ctx, e.options.DefaultTimeout)
	defer cancel()
	return next(ctx)
}
