package wire

import (
	"context"
	"errors"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// errGiven stands in the place of an answer that lies on a desk. It is an error so that
// it can never pass for an answer with nothing in it.
var errGiven = errors.New("wire: the answer was given over a desk, and nobody took it")

// Desk is where one call's answer is given. The zero Desk is ready. One goroutine at a
// time uses it.
type Desk struct{ answer *Answer }

type deskKey struct{}

// Expecting is a context for making one answer, which may be given over the desk.
func Expecting(ctx context.Context, d *Desk) context.Context {
	return context.WithValue(ctx, deskKey{}, d)
}

// Give gives an answer: over the desk, or as a message where nobody expects one. What it
// returns is for whoever expects the answer, and must reach them as it is.
func Give(ctx context.Context, a *Answer) (*lhcrv1.GetRecordResponse, error) {
	d, ok := ctx.Value(deskKey{}).(*Desk)
	if !ok {
		return a.Message(), nil
	}
	d.answer = a
	return nil, errGiven
}

// Settle is what came of a call: what it returned, or what was given over the desk.
func (d *Desk) Settle(returned any, err error) (any, error) {
	if d.answer != nil && errors.Is(err, errGiven) {
		return d.answer, nil
	}
	return returned, err
}
