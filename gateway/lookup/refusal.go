package lookup

import (
	"context"
	"errors"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// unknownRegion blames a field that names a region which there is not. It does not
// repeat the name.
func unknownRegion(field string) error {
	err := failure.New(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION,
		field+": no region has this id: RegionService.ListRegions lists them")
	detailed, failed := status.Convert(err).WithDetails(&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
		{Field: field, Reason: "known_region", Description: "must name regions that ListRegions lists"},
	}})
	if failed != nil {
		return err
	}
	return detailed.Err()
}

// gaveUp is the error of a call whose context ended before it could be answered.
func gaveUp(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return failure.New(codes.Canceled, lhcrv1.ErrorReason_ERROR_REASON_CANCELLED, "the caller gave up")
	}
	return tooLate()
}

func tooLate() error {
	return failure.New(codes.DeadlineExceeded, lhcrv1.ErrorReason_ERROR_REASON_DEADLINE_EXCEEDED,
		"the deadline leaves no time to ask a region: set a later one")
}

func tooLargeForOne() error {
	return failure.New(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE,
		"the answer exceeds 4 MiB: use StreamRecord, or ask for fewer sections")
}
