package services

import (
	"context"
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Purger forgets what is kept of a patient, in every layer, and names the layers. Its
// error means that in one of them something may still be kept.
type Purger interface {
	Purge(ctx context.Context, nhsNumber string) (layers []string, err error)
}

// Cache is the CacheService.
type Cache struct {
	lhcrv1.UnsafeCacheServiceServer
	purger Purger
	now    func() time.Time
}

var _ lhcrv1.CacheServiceServer = (*Cache)(nil)

// NewCache makes the CacheService.
func NewCache(purger Purger, now func() time.Time) *Cache { return &Cache{purger: purger, now: now} }

// purgeAgain is when to repeat a purge that is not done: the gateway repeats it too.
const purgeAgain = 5 * time.Second

// PurgePatient forgets what is kept of one patient.
func (s *Cache) PurgePatient(ctx context.Context, req *lhcrv1.PurgePatientRequest) (*lhcrv1.PurgePatientResponse, error) {
	if _, err := callerOf(ctx); err != nil {
		return nil, err
	}
	layers, err := s.purger.Purge(ctx, req.GetPatient().GetNhsNumber())
	if err != nil {
		return nil, notPurged(ctx, err)
	}
	return &lhcrv1.PurgePatientResponse{PurgedAt: timestamppb.New(s.now()), Layers: slices.Sorted(slices.Values(layers))}, nil
}

// notPurged says that a purge is not done, and when to repeat it. The words of an error
// without a documented reason are not passed on.
func notPurged(ctx context.Context, err error) error {
	message := "what is kept could not be emptied everywhere, so some of it may still be served: call again"
	switch failure.Reason(err) {
	case lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE:
		message = status.Convert(err).Message()
	case lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED:
		if ctx.Err() != nil {
			return ctx.Err()
		}
	default:
		return err
	}
	return failure.RetryAfter(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE, message, purgeAgain)
}
