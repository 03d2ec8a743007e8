package edge_test

import (
	"context"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/edge"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

func goodPurge() *lhcrv1.PurgePatientRequest {
	return &lhcrv1.PurgePatientRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: canaryNumber}}
}

func (s *setting) purge(ctx context.Context, req *lhcrv1.PurgePatientRequest) error {
	_, err := lhcrv1.NewCacheServiceClient(s.conn).PurgePatient(ctx, req)
	return err
}

func TestAPurgeIsAudited(t *testing.T) {
	s := newAdminSetting(t)
	purged := 0
	s.services.purge = func(ctx context.Context, _ *lhcrv1.PurgePatientRequest) (*lhcrv1.PurgePatientResponse, error) {
		purged++
		if c, ok := access.CallerFrom(ctx); !ok || c.GetPersonId() != "sandbox-operator" {
			t.Errorf("the service sees %v", c)
		}
		return &lhcrv1.PurgePatientResponse{Layers: []string{"memory"}}, nil
	}
	must(t, s.purge(s.with(t, t.Context(), sandboxissuer.Operator()), goodPurge()))
	lines := s.trail(t) // without waiting: it was written before the answer left
	if len(lines) != 1 || purged != 1 {
		t.Fatalf("%d lines of %d purges", len(lines), purged)
	}
	line := lines[0]
	patient, _ := line["patient"].(string)
	if line["operation"] != "/lhcr.v1.CacheService/PurgePatient" || line["person"] != "sandbox-operator" || line["code"] != "OK" || len(patient) != 32 {
		t.Errorf("the line is %v", line)
	}
	s.settle(t)
	if everything := s.audit.String() + s.log.String() + s.scrape(t); strings.Contains(everything, canaryNumber) {
		t.Error("the number is told")
	}
}

func TestWithoutItsPermissionNobodyPurges(t *testing.T) {
	other := sandboxissuer.Pharmacist()
	other.Permissions = []string{"cache.purge.not", "cache"}
	for name, claims := range map[string]access.Claims{"none": sandboxissuer.Pharmacist(), "others": other} {
		t.Run(name, func(t *testing.T) {
			s := newAdminSetting(t)
			s.services.purge = unreachedPurge(t)
			err := s.purge(s.with(t, t.Context(), claims), goodPurge())
			if info := detail[*errdetails.ErrorInfo](status.Convert(err)); info.GetMetadata()["permission"] != "cache.purge" {
				t.Errorf("the refusal says %v", info)
			}
			s.wantRefusal(t, err, refusal{codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED, `"cache.purge"`, "sandbox-pmr"})
		})
	}
	t.Run("nobody", func(t *testing.T) {
		s := newAdminSetting(t, func(o *edge.Options) { o.Unauthenticated = access.Unauthenticated() })
		s.services.purge = unreachedPurge(t)
		s.wantRefusal(t, s.purge(t.Context(), goodPurge()), refusal{codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED, `"cache.purge"`, "unauthenticated"})
	})
}

func unreachedPurge(t *testing.T) func(context.Context, *lhcrv1.PurgePatientRequest) (*lhcrv1.PurgePatientResponse, error) {
	return func(context.Context, *lhcrv1.PurgePatientRequest) (*lhcrv1.PurgePatientResponse, error) {
		t.Error("the service was reached")
		return &lhcrv1.PurgePatientResponse{}, nil
	}
}

func TestAPurgeIsValidated(t *testing.T) {
	for name, req := range map[string]*lhcrv1.PurgePatientRequest{
		"nobody": {}, "no number": {Patient: &lhcrv1.PatientQuery{NhsNumber: "9990000019"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newAdminSetting(t)
			s.services.purge = unreachedPurge(t)
			err := s.purge(s.with(t, t.Context(), sandboxissuer.Operator()), req)
			s.wantRefusal(t, err, refusal{codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "patient", "sandbox-pmr"})
		})
	}
}

// What a surface does not have is a method that does not exist there, whoever asks.
func TestEachSurfaceHasItsOwnServices(t *testing.T) {
	unknown := refusal{codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED, "no such method", ""}
	t.Run("purges for suppliers", func(t *testing.T) {
		s := newSetting(t)
		s.services.purge = unreachedPurge(t)
		s.wantRefusal(t, s.purge(s.with(t, t.Context(), sandboxissuer.Operator()), goodPurge()), unknown)
	})
	t.Run("records for operators", func(t *testing.T) {
		s := newAdminSetting(t)
		s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			t.Error("the service was reached")
			return someAnswer(), nil
		}
		_, err := s.records().GetRecord(s.with(t, t.Context(), sandboxissuer.Operator()), goodQuery())
		s.wantRefusal(t, err, unknown)
	})
	t.Run("the rest for operators", func(t *testing.T) {
		s := newAdminSetting(t)
		_, err := lhcrv1.NewServerServiceClient(s.conn).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{})
		must(t, err)
		_, err = healthgrpc.NewHealthClient(s.conn).Check(t.Context(), &healthgrpc.HealthCheckRequest{})
		must(t, err)
	})
}
