package cache

import "context"

// lane bounds how many calls of one kind may be under way, or hang.
type lane chan struct{}

// outcome is how a call ended.
type outcome[T any] struct {
	value T
	err   error
}

// within makes a call and waits for it for no longer than the context lasts, even if
// the call does not heed it. A call that hangs keeps its place in the lane.
func within[T any](ctx context.Context, l lane, call func(context.Context) (T, error)) (T, error) {
	var none T
	select {
	case l <- struct{}{}:
	default:
		return none, errBusy
	}
	ended := make(chan outcome[T], 1)
	go func() {
		defer func() { <-l }()
		ended <- safely(ctx, call)
	}()
	select {
	case o := <-ended:
		return o.value, o.err
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// safely makes a fault of the called code an error: on this goroutine nobody else
// would catch it, and it would end the gateway.
func safely[T any](ctx context.Context, call func(context.Context) (T, error)) (o outcome[T]) {
	o.err = errPanicked
	defer func() { _ = recover() }()
	o.value, o.err = call(ctx)
	return o
}
