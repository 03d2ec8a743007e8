package redis

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// Cause says in one word why Redis did not do what it was asked.
type Cause string

// The causes.
const (
	// Unreachable: there is no connection, or it broke.
	Unreachable Cause = "unreachable"
	// Timeout: the time was over before the answer came.
	Timeout Cause = "timeout"
	// Loading: the server, or the Cluster, is not ready yet or not any more.
	Loading Cause = "loading"
	// Refused: it does not let us in, or not do this.
	Refused Cause = "refused"
	// ReadOnly: it takes no writes.
	ReadOnly Cause = "read_only"
	// Unreplicated: a purge was done, but too few replicas took it over in time.
	Unreplicated Cause = "unreplicated"
	// Full: it has no memory left.
	Full Cause = "full"
	// Broken: what came back was not an answer to the question.
	Broken Cause = "broken"
	// Canceled: the caller went away.
	Canceled Cause = "canceled"
)

// Causes are all of them.
func Causes() []Cause {
	return []Cause{Unreachable, Timeout, Loading, Refused, ReadOnly, Unreplicated, Full, Broken, Canceled}
}

// Error is what every failure of a store is. Its text names what was done, the cause,
// and, of what was no answer to a command, the reason: never a key or a value. It
// unwraps to the error of package cache for its cause, or to the context's.
type Error struct {
	op     string
	cause  Cause
	detail string
}

var _ error = (*Error)(nil)

// Cause is one of [Causes].
func (e *Error) Cause() string { return string(e.cause) }

func (e *Error) Error() string {
	text := "redis " + e.op + ": " + string(e.cause)
	if e.detail != "" {
		text += ": " + e.detail
	}
	return text
}

// Unwrap gives what package cache, or the context, calls the cause. Broken is nothing
// that they know.
func (e *Error) Unwrap() error {
	switch e.cause {
	case Unreachable, Loading:
		return cache.ErrUnreachable
	case Refused:
		return cache.ErrRefused
	case ReadOnly, Unreplicated:
		return cache.ErrReadOnly
	case Full:
		return cache.ErrFull
	case Timeout:
		return context.DeadlineExceeded
	case Canceled:
		return context.Canceled
	}
	return nil
}

var errUnreplicated = errors.New("too few replicas")

// connectError is why there is no connection. Nothing was sent over it yet, so its
// text may be shown.
type connectError struct{ error }

func (e *connectError) Unwrap() error { return e.error }

func newError(op string, err error) *Error {
	cause, detail := classify(err)
	return &Error{op: op, cause: cause, detail: detail}
}

func classify(err error) (Cause, string) {
	var connect *connectError
	var answer goredis.Error
	switch {
	case errors.Is(err, context.Canceled):
		return Canceled, ""
	case errors.As(err, &connect):
		return Unreachable, connect.Error()
	case errors.Is(err, errUnreplicated):
		return Unreplicated, ""
	case errors.As(err, &answer):
		return answered(answer.Error())
	case isTimeout(err):
		return Timeout, ""
	case isDisconnected(err):
		return Unreachable, ""
	}
	return Broken, ""
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, goredis.ErrPoolTimeout) || errors.As(err, &timeout) && timeout.Timeout()
}

func isDisconnected(err error) bool {
	var network *net.OpError
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, goredis.ErrClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.As(err, &network)
}

// answered is the cause of an error that the server answered with. Of its text only
// the code is shown: the rest can repeat the command.
func answered(text string) (Cause, string) {
	switch {
	case strings.HasPrefix(text, "ERR max number of clients"):
		return Refused, "too many clients"
	case strings.HasPrefix(text, "ERR AUTH"), strings.HasPrefix(text, "DENIED"):
		return Refused, "authentication"
	case strings.HasPrefix(text, "ERR The user executing the script"):
		return Refused, "NOPERM"
	}
	// Up to 6.2, an error within a script stands somewhere in a longer text.
	for word := range strings.FieldsSeq(text) {
		code := strings.TrimPrefix(word, "-")
		if cause := causeOf(code); cause != "" {
			return cause, code
		}
	}
	return Broken, ""
}

func causeOf(code string) Cause {
	switch code {
	case "LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "MOVED", "ASK":
		return Loading
	case "NOAUTH", "WRONGPASS", "NOPERM":
		return Refused
	case "READONLY", "MISCONF", "NOREPLICAS":
		return ReadOnly
	case "OOM":
		return Full
	case "WRONGTYPE", "EXECABORT", "NOSCRIPT", "UNKILLABLE":
		return Broken
	}
	return ""
}

func isWrongType(err error) bool { return goredis.HasErrorPrefix(err, "WRONGTYPE") }

// redirection is where a Cluster sends us, and whether that server must be told.
func redirection(err error) (address string, asking bool) {
	if address, ok := goredis.IsMovedError(err); ok {
		return address, false
	}
	address, _ = goredis.IsAskError(err)
	return address, address != ""
}
