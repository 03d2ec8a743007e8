package edge

import (
	"context"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/audit"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

const authorization = "authorization"

// identified finds out who calls. The token goes no further than this.
func (e *Edge) identified(ctx context.Context, c *call) error {
	switch {
	case !c.method.known:
		return noSuchMethod()
	case c.method.public:
		return c.next(withoutHeaders(ctx))
	}
	identity, err := e.identity(metadata.ValueFromIncomingContext(ctx, authorization))
	if err != nil {
		return err
	}
	identity.Caller.RequestId = c.id
	c.caller = identity.Caller
	c.entry.Identify(audit.Caller(identity.Caller))
	return c.next(access.WithIdentity(withoutHeaders(ctx), identity))
}

// Admits says whether a call with these values of the authorization header would be
// identified, and otherwise the error that it would get. It is for whoever must decide
// before the rest of the call is there: the walk identifies the call all the same.
func (e *Edge) Admits(fullMethod string, authorization []string) error {
	if m := e.public.method(fullMethod); m.public || !m.known {
		return nil
	}
	_, err := e.identity(authorization)
	return err
}

func (e *Edge) identity(values []string) (access.Identity, error) {
	if len(values) == 0 {
		if e.options.Unauthenticated == nil {
			return access.Identity{}, refuse(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING, `no token came: send "authorization: Bearer …"`)
		}
		return access.Identity{Caller: proto.CloneOf(e.options.Unauthenticated)}, nil
	}
	token, ok := bearer(values)
	switch {
	case !ok:
		return access.Identity{}, refuse(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, `the authorization is not one of the form "Bearer …"`)
	case e.options.Verifier == nil:
		return access.Identity{}, refuse(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "this gateway trusts no issuer of tokens")
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

// withoutHeaders keeps what the caller sent as headers, the token above all, from the
// services: what they need of it, who calls and the request's id, the context has.
func withoutHeaders(ctx context.Context) context.Context {
	return metadata.NewIncomingContext(ctx, nil)
}
