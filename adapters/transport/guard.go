package transport

import (
	"context"
	"io"
	"net/http"
)

var _ http.RoundTripper = (*guarded)(nil)

// guarded refuses addresses that are not allowed and bounds what is read of an answer.
type guarded struct {
	allowed  allowList
	maxBytes int64
	budget   *Budget
	next     *http.Transport
}

// RoundTrip sends one request.
func (g *guarded) RoundTrip(req *http.Request) (*http.Response, error) {
	if !g.allowed.admits(req.URL) {
		return nil, &Error{Kind: KindAddress}
	}
	res, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, Failure(req.Context(), err)
	}
	res.Body = &body{ctx: req.Context(), next: res.Body, left: g.maxBytes, share: newShare(req.Context(), g.budget)}
	return res, nil
}

// CloseIdleConnections closes connections that no call uses.
func (g *guarded) CloseIdleConnections() { g.next.CloseIdleConnections() }

// body reads at most left bytes and gives typed errors.
type body struct {
	ctx   context.Context
	next  io.ReadCloser
	left  int64
	share *share
}

// Read fails with KindTooLarge once more comes than is read, and with KindNoRoom once
// all answers together hold as much as they may.
func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, &Error{Kind: KindTooLarge}
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than allowed, to see whether there is more
	}
	room, err := b.share.room(len(p))
	if err != nil {
		return 0, err
	}
	n, err := b.next.Read(p[:room])
	b.share.count(n)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, &Error{Kind: KindTooLarge}
	}
	switch {
	case err == io.EOF && b.ctx.Err() != nil: // the region may have ended it because we were leaving
		err = Failure(b.ctx, b.ctx.Err())
	case err != io.EOF:
		err = Failure(b.ctx, err)
	}
	return n, err
}

// Close closes the body.
func (b *body) Close() error {
	b.share.close()
	return b.next.Close()
}
