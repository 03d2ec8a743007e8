package redis

import (
	"errors"
	"net"
	"syscall"
)

// maxReply bounds what is read after something was written: what one call can take of
// our memory, whatever the server says it sends.
const maxReply = 64 << 20

var errReplyTooLarge = errors.New("a reply is too large")

// bounded is a connection that ends when a reply is too large.
type bounded struct {
	net.Conn
	got int
}

// sounded is a bounded connection that shows its descriptor, also that under TLS. With
// it the library sees that a server closed a connection that waits in the pool, and
// takes another. After the handshake and the first reply nothing comes unasked.
type sounded struct {
	*bounded
	syscall.Conn
}

var _ syscall.Conn = (*sounded)(nil)

func newBounded(conn, raw net.Conn) net.Conn {
	b := &bounded{Conn: conn}
	if s, ok := raw.(syscall.Conn); ok {
		return &sounded{bounded: b, Conn: s}
	}
	return b
}

func (b *bounded) Write(p []byte) (int, error) {
	b.got = 0
	return b.Conn.Write(p)
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.got > maxReply {
		return 0, errReplyTooLarge
	}
	n, err := b.Conn.Read(p)
	b.got += n
	return n, err
}
