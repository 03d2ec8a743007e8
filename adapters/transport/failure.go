package transport

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Kind says what went wrong between us and a region.
type Kind int

// The kinds of failure.
const (
	// KindUnreachable: no connection could be made.
	KindUnreachable Kind = iota + 1
	// KindTimedOut: no whole answer came in time.
	KindTimedOut
	// KindCancelled: our caller gave up.
	KindCancelled
	// KindBroken: the connection broke.
	KindBroken
	// KindTruncated: the answer ended before its announced end.
	KindTruncated
	// KindTooLarge: the answer is larger than is read.
	KindTooLarge
	// KindAddress: the address is not on the region's list.
	KindAddress
	// KindRedirect: the region sent us elsewhere.
	KindRedirect
	// KindCertificate: the region refused our certificate.
	KindCertificate
	// KindUntrusted: we do not trust the region's certificate.
	KindUntrusted
	// KindNoRoom: the answers that are being read hold as much memory as they may.
	KindNoRoom
)

// Error is a failure between us and a region. It holds nothing of the error that it
// stands for, whose words name addresses and can name a patient.
type Error struct {
	// Kind says what went wrong.
	Kind Kind
}

// Error says what happened, in words for an operator.
func (e *Error) Error() string {
	switch e.Kind {
	case KindUnreachable:
		return "the region could not be reached"
	case KindTimedOut:
		return "the region did not answer in time"
	case KindCancelled:
		return "the call was cancelled"
	case KindTruncated:
		return "the region's answer broke off"
	case KindTooLarge:
		return "the region's answer is larger than is read"
	case KindAddress:
		return "the address is not among the region's allowed addresses"
	case KindRedirect:
		return "the region redirected us to where we do not follow"
	case KindCertificate:
		return "our client certificate was refused"
	case KindUntrusted:
		return "the region's certificate is not trusted"
	case KindNoRoom:
		return "the gateway has no room for more answers now"
	default:
		return "the connection to the region broke"
	}
}

// GRPCStatus is the failure as a gRPC status.
func (e *Error) GRPCStatus() *status.Status { return status.New(e.code(), e.Error()) }

func (e *Error) code() codes.Code {
	switch e.Kind {
	case KindTimedOut:
		return codes.DeadlineExceeded
	case KindCancelled:
		return codes.Canceled
	case KindTruncated, KindTooLarge:
		return codes.DataLoss
	case KindAddress:
		return codes.FailedPrecondition
	default:
		return codes.Unavailable
	}
}

// Is makes a failure that a context caused equal to that context's error.
func (e *Error) Is(target error) bool {
	return (e.Kind == KindTimedOut && target == context.DeadlineExceeded) ||
		(e.Kind == KindCancelled && target == context.Canceled)
}

// Do sends a request. Its error is always an [*Error].
func Do(client *http.Client, req *http.Request) (*http.Response, error) {
	if endsSooner(req.Context(), client.Timeout) {
		unwatched := *client
		unwatched.Timeout = 0
		client = &unwatched
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, Failure(req.Context(), err)
	}
	return res, nil
}

// endsSooner says whether the context ends before a client's own time is up. Then that
// needs no watching, for which net/http would start two goroutines with each request.
func endsSooner(ctx context.Context, limit time.Duration) bool {
	at, ok := ctx.Deadline()
	return ok && time.Until(at) <= limit
}

// Failure makes any error of sending or reading an [*Error]. A nil error stays nil.
func Failure(ctx context.Context, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return known
	}
	return &Error{Kind: kindOf(ctx, err)}
}

func kindOf(ctx context.Context, err error) Kind {
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled) && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return KindCancelled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), ctx.Err() != nil:
		return KindTimedOut
	case errors.As(err, &timeout) && timeout.Timeout():
		return KindTimedOut
	case errors.Is(err, io.ErrUnexpectedEOF):
		return KindTruncated
	}
	return connectionKind(err)
}

func connectionKind(err error) Kind {
	var untrusted *tls.CertificateVerificationError
	var op *net.OpError
	switch {
	case errors.As(err, &untrusted):
		return KindUntrusted
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF):
		return KindBroken
	case !errors.As(err, &op):
		return KindBroken
	case op.Op == "remote error":
		return alertKind(op.Err)
	case op.Op == "dial":
		return KindUnreachable
	}
	return KindBroken
}

// alertKind tells a refused certificate from other TLS alerts (RFC 8446, section 6.2) by
// the words of crypto/tls, whose type of them is not exported.
func alertKind(alert error) Kind {
	for _, words := range []string{"certificate", "access denied"} {
		if strings.Contains(alert.Error(), words) {
			return KindCertificate
		}
	}
	return KindBroken
}
