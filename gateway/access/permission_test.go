package access_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestATokenCarriesPermissions(t *testing.T) {
	s := newSetting(t)
	for name, permissions := range map[string][]string{
		"none": nil, "one": {"cache.purge"}, "one that the gateway does not know": {"cache.purge", "else.where_2"},
	} {
		t.Run(name, func(t *testing.T) {
			claims := sandboxissuer.Pharmacist()
			claims.Permissions = permissions
			identity := s.verify(t, s.sign(t, s.registered(), claims))
			if diff := cmp.Diff(permissions, identity.Permissions); diff != "" {
				t.Errorf("permissions (-want +got):\n%s", diff)
			}
			ctx := access.WithIdentity(t.Context(), identity)
			if got, want := access.Permitted(ctx, access.PermissionPurge), slices.Contains(permissions, "cache.purge"); got != want {
				t.Errorf("permitted: %t, want %t", got, want)
			}
			if access.Permitted(ctx, "") {
				t.Error("what has no name is permitted")
			}
		})
	}
}

func TestPermissionsThatAreRefused(t *testing.T) {
	s := newSetting(t)
	for name, permissions := range map[string]any{
		"too many":  slices.Repeat([]string{"a"}, 33),
		"too long":  []string{strings.Repeat("a", 65)},
		"empty":     []string{""},
		"capital":   []string{"Cache.purge"},
		"newline":   []string{"cache.purge\n"},
		"a text":    "cache.purge",
		"a number":  []int{1},
		"an object": map[string]bool{"cache.purge": true},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := s.verifier.Verify(s.sign(t, s.registered(), sandboxissuer.Pharmacist(), map[string]any{"permissions": permissions}))
			wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "the token")
		})
	}
}

func TestNobodyIsPermittedAnything(t *testing.T) {
	caller := access.WithCaller(t.Context(), &adapterv1.Caller{SupplierId: "s"})
	if access.Permitted(t.Context(), access.PermissionPurge) || access.Permitted(caller, access.PermissionPurge) {
		t.Error("without a permission in a token something is permitted")
	}
}
