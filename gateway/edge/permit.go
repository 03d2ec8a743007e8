package edge

import (
	"context"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// permitted refuses a call of a method that needs a permission which its caller lacks.
func (e *Edge) permitted(ctx context.Context, c *call) error {
	if p := c.method.permission; p != "" && !access.Permitted(ctx, p) {
		return failure.WithMetadata(codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED,
			`this needs the permission "`+p+`": have the token's issuer add it to the claim permissions`, map[string]string{"permission": p})
	}
	return c.next(ctx)
}
