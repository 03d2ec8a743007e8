package access

import (
	"context"
	"regexp"
	"slices"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// PermissionPurge permits to empty what is kept of a patient: CacheService.PurgePatient.
const PermissionPurge = "cache.purge"

// Identity is what a credential says of who calls.
type Identity struct {
	// Caller is who calls. It goes to the regions that are asked.
	Caller *adapterv1.Caller
	// Permissions are what the caller may do beside asking for records. They stay in the gateway.
	Permissions []string
}

type identityKey struct{}

// WithIdentity returns a context that carries who calls, and what they may do.
func WithIdentity(ctx context.Context, identity Identity) context.Context {
	return context.WithValue(ctx, identityKey{}, &identity)
}

// WithCaller returns a context that carries who calls, with no permission.
func WithCaller(ctx context.Context, caller *adapterv1.Caller) context.Context {
	return WithIdentity(ctx, Identity{Caller: caller})
}

// CallerFrom is who calls. It is false for a call that nobody was identified for.
// What it returns is shared by all who ask: callers must not change it.
func CallerFrom(ctx context.Context) (*adapterv1.Caller, bool) {
	identity, ok := ctx.Value(identityKey{}).(*Identity)
	if !ok || identity.Caller == nil {
		return nil, false
	}
	return identity.Caller, true
}

// Permitted says whether who calls has a permission.
func Permitted(ctx context.Context, permission string) bool {
	identity, ok := ctx.Value(identityKey{}).(*Identity)
	return ok && slices.Contains(identity.Permissions, permission)
}

// Unauthenticated is the caller of a call without a token, where a deployment takes
// those. It names no organisation: a region that must know who asks refuses it.
func Unauthenticated() *adapterv1.Caller {
	return &adapterv1.Caller{SupplierId: "unauthenticated", PersonId: "unauthenticated", RoleCode: "unauthenticated"}
}

// maxPermissions is how many permissions a token may carry.
const maxPermissions = 32

var permissionName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// checkPermissions takes names that the gateway does not know, for others may, but not
// what is no name.
func checkPermissions(permissions []string) error {
	if len(permissions) > maxPermissions {
		return invalidClaim("permissions", "names more than 32")
	}
	for _, p := range permissions {
		if !permissionName.MatchString(p) {
			return invalidClaim("permissions", "holds what is no permission: want up to 64 small letters, digits, dots, hyphens and underscores")
		}
	}
	return nil
}
