package sdk

import (
	"context"
	"errors"
	"fmt"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
)

// errand is one call with all its attempts.
type errand struct {
	client *Client
	method string
	// public calls carry no token.
	public bool
	// allowed is the deadline that the client set. Zero when it set none.
	allowed  time.Duration
	began    time.Time
	attempts int
	renewed  bool
	id       string
}

func (c *Client) errand(method string, allowed time.Duration) *errand {
	return &errand{client: c, method: method, allowed: allowed, began: c.now()}
}

// attempt is one try of a call. Its error comes with the headers and trailers that came.
type attempt func(context.Context, ...grpc.CallOption) ([]metadata.MD, error)

// run tries until the call is answered, or trying again is of no use.
func (e *errand) run(ctx context.Context, try attempt) error {
	for {
		err := e.once(ctx, try)
		if err == nil {
			e.client.budget.succeeded()
			return nil
		}
		wait, again := e.again(ctx, err)
		if !again || e.client.sleep(ctx, wait) != nil {
			return e.explained(err)
		}
	}
}

// once tries once, and a second time with another token where the first had expired.
func (e *errand) once(ctx context.Context, try attempt) *Error {
	e.attempts++
	token, err := e.token(ctx)
	if err != nil {
		return err
	}
	err = e.with(ctx, token, try)
	if err == nil || token == "" || e.renewed || err.Reason != lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED {
		return err
	}
	e.renewed = true
	if source, ok := e.client.tokens.(Refresher); ok {
		source.Refused(token)
	}
	other, failure := e.token(ctx)
	if failure != nil || other == token {
		return err
	}
	e.attempts++
	return e.with(ctx, other, try)
}

func (e *errand) with(ctx context.Context, token string, try attempt) *Error {
	var options []grpc.CallOption
	if token != "" {
		options = append(options, grpc.PerRPCCredentials(bearer{token: token, plaintext: e.client.plaintext}))
	}
	headers, err := try(ctx, options...)
	if id := requestID(headers...); id != "" {
		e.id = id
	}
	return failed(err, headers...)
}

// token is the user's, or empty where the call needs none or the client has no source.
func (e *errand) token(ctx context.Context) (string, *Error) {
	if e.public || e.client.tokens == nil {
		return "", nil
	}
	token, err := e.client.tokens.Token(ctx)
	switch {
	case err != nil && ctx.Err() != nil:
		failure := failed(ctx.Err())
		failure.Message = "no token came in time"
		return "", failure
	case err != nil:
		return "", &Error{Code: codes.Unauthenticated, Message: "no token: " + err.Error(), source: err}
	case !sendable(token):
		return "", &Error{Code: codes.Unauthenticated, Message: "the token source gave something that is no bearer token"}
	}
	return token, nil
}

// explained says of a deadline that it was the client's own.
func (e *errand) explained(err *Error) *Error {
	if e.allowed > 0 && err.Code == codes.DeadlineExceeded {
		err.Message += fmt.Sprintf(" (the call had no deadline of its own and was allowed %v)", e.allowed)
	}
	if err.RequestID == "" {
		err.RequestID = e.id
	}
	return err
}

// reported is an error of a stream under way, told as those of its opening are.
func (e *errand) reported(err error) error {
	var failure *Error
	if errors.As(err, &failure) {
		return e.explained(failure)
	}
	return err
}

// end tells the observer, once, and hands the error on.
func (e *errand) end(ctx context.Context, err error) error {
	if e.client.observer != nil {
		e.client.observer(ctx, e.ended(err))
	}
	return err
}

// call makes one call that is answered by one message.
func call[Req, Res any](
	ctx context.Context, e *errand, req *Req, method func(context.Context, *Req, ...grpc.CallOption) (*Res, error),
) (*Res, error) {
	var res *Res
	ctx, cancel, allowed := bounded(ctx, e.allowed)
	defer cancel()
	e.allowed = allowed
	err := e.run(ctx, func(ctx context.Context, options ...grpc.CallOption) ([]metadata.MD, error) {
		var header, trailer metadata.MD
		var err error
		res, err = method(ctx, req, append(options, grpc.Header(&header), grpc.Trailer(&trailer))...)
		return []metadata.MD{header, trailer}, err
	})
	if err := e.end(ctx, err); err != nil {
		return nil, err
	}
	return res, nil
}

// open makes one call that is answered by a stream, up to its first message: until
// that came, the call may be tried again.
func open[Req, Res any](
	ctx context.Context, e *errand, req *Req,
	method func(context.Context, *Req, ...grpc.CallOption) (grpc.ServerStreamingClient[Res], error),
) (*events[Res], error) {
	var opened *events[Res]
	err := e.run(ctx, func(ctx context.Context, options ...grpc.CallOption) ([]metadata.MD, error) {
		stream, err := method(ctx, req, options...)
		if err != nil {
			return nil, err
		}
		opened = &events[Res]{stream: stream}
		return opened.begin()
	})
	return opened, err
}
