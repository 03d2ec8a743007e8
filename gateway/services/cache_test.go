package services_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/services"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const number = "9990000018"

// purger purges as the test says.
type purger func(ctx context.Context, nhsNumber string) ([]string, error)

func (p purger) Purge(ctx context.Context, nhsNumber string) ([]string, error) {
	return p(ctx, nhsNumber)
}

func purge(ctx context.Context, p purger) (*lhcrv1.PurgePatientResponse, error) {
	service := services.NewCache(p, func() time.Time { return time.Unix(1_795_000_000, 0) })
	return service.PurgePatient(ctx, &lhcrv1.PurgePatientRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}})
}

func operator(t *testing.T) context.Context {
	return access.WithCaller(t.Context(), &adapterv1.Caller{SupplierId: "s"})
}

func TestAPurgeSaysWhenAndWhere(t *testing.T) {
	var purged string
	got, err := purge(operator(t), func(_ context.Context, nhsNumber string) ([]string, error) {
		purged = nhsNumber
		return []string{"redis", "memory"}, nil
	})
	want := &lhcrv1.PurgePatientResponse{PurgedAt: &timestamppb.Timestamp{Seconds: 1_795_000_000}, Layers: []string{"memory", "redis"}}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" || err != nil || purged != number {
		t.Errorf("%v, of the right patient: %t (-want +got):\n%s", err, purged == number, diff)
	}
}

func TestAPurgeThatIsNotDoneSaysSo(t *testing.T) {
	unavailable := lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE
	for name, test := range map[string]struct {
		err    error
		code   codes.Code
		reason lhcrv1.ErrorReason
		text   string
		again  bool
	}{
		"as the cache says":  {failure.New(codes.Unavailable, unavailable, "too many purges wait"), codes.Unavailable, unavailable, "too many purges wait", true},
		"in words of others": {errors.New("dial 10.0.0.1: patient " + number), codes.Unavailable, unavailable, "call again", true},
		"another of ours":    {failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault"), codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault", false},
	} {
		t.Run(name, func(t *testing.T) {
			res, err := purge(operator(t), func(context.Context, string) ([]string, error) { return nil, test.err })
			s := status.Convert(err)
			if res != nil || s.Code() != test.code || failure.Reason(err) != test.reason || !strings.Contains(s.Message(), test.text) {
				t.Errorf("it gets %v (%v)", err, failure.Reason(err))
			}
			if strings.Contains(err.Error(), number) || strings.Contains(err.Error(), "10.0.0.1") {
				t.Error("it gets the words of others")
			}
			again := false
			for _, d := range s.Details() {
				info, ok := d.(*errdetails.RetryInfo)
				again = again || ok && info.GetRetryDelay().AsDuration() > 0
			}
			if again != test.again {
				t.Errorf("it is told when to call again: %t", again)
			}
		})
	}
}

func TestAPurgeThatItsCallerGaveUp(t *testing.T) {
	ctx, cancel := context.WithCancel(operator(t))
	_, err := purge(ctx, func(context.Context, string) ([]string, error) {
		cancel()
		return nil, errors.New("cut off")
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it gets %v", err)
	}
}

func TestNobodyPurges(t *testing.T) {
	_, err := purge(t.Context(), func(context.Context, string) ([]string, error) {
		t.Error("it was purged")
		return nil, nil
	})
	if status.Code(err) != codes.Internal {
		t.Errorf("it gets %v", err)
	}
}
