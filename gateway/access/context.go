package access

import (
	"context"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

type callerKey struct{}

// WithCaller returns a context that carries who calls.
func WithCaller(ctx context.Context, caller *adapterv1.Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// CallerFrom is who calls. It is false for a call that nobody was identified for.
// What it returns is shared by all who ask: callers must not change it.
func CallerFrom(ctx context.Context) (*adapterv1.Caller, bool) {
	caller, ok := ctx.Value(callerKey{}).(*adapterv1.Caller)
	return caller, ok && caller != nil
}

// Unauthenticated is the caller of a call without a token, where a deployment takes
// those. It names no organisation: a region that must know who asks refuses it.
func Unauthenticated() *adapterv1.Caller {
	return &adapterv1.Caller{SupplierId: "unauthenticated", PersonId: "unauthenticated", RoleCode: "unauthenticated"}
}
