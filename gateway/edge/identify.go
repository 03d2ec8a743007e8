package edge

import (
	"context"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

const authorization = "authorization"

// identified finds out who calls. The token goes no further than this.
func (e *Edge) identified(ctx context.Context, c *call, next func(context.Context) error) error {
	switch {
	case !c.method.known:
		return noSuchMethod()
	case c.method.public:
		return next(withoutToken(ctx))
	}
	caller, err := e.caller(metadata.ValueFromIncomingContext(ctx, authorization))
	if err != nil {
		return err
	}
	caller.RequestId = c.id
	c.caller = caller
	c.entry.Identify(audit.Caller(caller))
	return next(access.WithCaller(withoutToken(ctx), caller))
}

// Admits says whether a call with these values of the authorization header would be
// identified, and otherwise the error that it would get. It is for whoever must decide
// before the rest of the call is there: the walk identifies the call all the same.
func (e *Edge) Admits(fullMethod string, authorization []string) error {
	if m := e.methodOf(fullMethod); m.public || !m.known {
		return nil
	}
	_, err := e.caller(authorization)
	return err
}

func (e *Edge) caller(values []string) (*adapterv1.Caller, error) {
	if len(values) == 0 {
		if e.options.Unauthenticated == nil {
			return nil, refuse(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING, `no token came: send "authorization: Bearer …"`)
		}
		return proto.CloneOf(e.options.Unauthenticated), nil
	}
	token, ok := bearer(values)
	switch {
	case !ok:
		return nil, refuse(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, `the authorization is not one of the form "Bearer …"`)
	case e.options.Verifier == nil:
		return nil, refuse(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "this gateway trusts no issuer of tokens")
	}
	return e.options.Verifier.Verify(token)
}

func bearer(values []string) (string, bool) {
	scheme, token, _ := strings.Cut(values[0], " ")
	token = strings.TrimSpace(token)
	return token, len(values) == 1 && strings.EqualFold(scheme, "Bearer") && token != ""
}

func refuse(reason lhcrv1.ErrorReason, message string) error {
	return failure.New(codes.Unauthenticated, reason, message)
}

// withoutToken takes the token out of what the services see.
func withoutToken(ctx context.Context) context.Context {
	md, ok := metadata.FromIncomingContext(ctx) // a copy
	if !ok {
		return ctx
	}
	md.Delete(authorization)
	return metadata.NewIncomingContext(ctx, md)
}
