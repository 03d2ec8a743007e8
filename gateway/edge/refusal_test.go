package edge_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthgrpc "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// An expectation of a call that fails: what the caller gets, and what the audit says.
type refusal struct {
	code    codes.Code
	reason  lhcrv1.ErrorReason
	message string
	// actor is the supplier in the audit's line; empty for nobody.
	actor string
}

func (s *setting) wantRefusal(t *testing.T, err error, want refusal) {
	t.Helper()
	got := status.Convert(err)
	if got.Code() != want.code || failure.Reason(err) != want.reason || !strings.Contains(got.Message(), want.message) {
		t.Errorf("the refusal is %v (%v), want %v (%v) with %q", err, failure.Reason(err), want.code, want.reason, want.message)
	}
	if info := detail[*errdetails.RequestInfo](got); info == nil || len(info.GetRequestId()) != 36 {
		t.Error("the refusal does not say the request id")
	}
	s.settle(t)
	lines := s.trail(t)
	if len(lines) == 0 {
		t.Fatal("the call was not audited")
	}
	line := lines[len(lines)-1]
	if line["code"] != want.code.String() || line["reason"] != want.reason.String() {
		t.Errorf("the audit says %v, %v", line["code"], line["reason"])
	}
	if actor, _ := line["supplier"].(string); actor != want.actor || (want.actor == "") != (line["actor"] == "nobody") {
		t.Errorf("the audit's actor is %q, %v", actor, line["actor"])
	}
}

func detail[T any](s *status.Status) T {
	var none T
	for _, d := range s.Details() {
		if found, ok := d.(T); ok {
			return found
		}
	}
	return none
}

// each runs a case against a method with one answer and one with a stream of them.
func each(t *testing.T, run func(t *testing.T, s *setting, call func(context.Context) error)) {
	t.Run("unary", func(t *testing.T) {
		s := newSetting(t)
		run(t, s, func(ctx context.Context) error {
			_, err := s.records().GetRecord(ctx, goodQuery())
			return err
		})
	})
	t.Run("stream", func(t *testing.T) {
		s := newSetting(t)
		run(t, s, func(ctx context.Context) error {
			return drain(s.records().StreamRecord(ctx, &lhcrv1.StreamRecordRequest{Query: goodQuery()}))
		})
	})
}

func drain[T any](stream grpc.ServerStreamingClient[T], err error) error {
	for err == nil {
		_, err = stream.Recv()
	}
	return err
}

func TestWithoutAGoodTokenACallIsRefused(t *testing.T) {
	unauthenticated := func(reason lhcrv1.ErrorReason, message string) refusal {
		return refusal{codes.Unauthenticated, reason, message, ""}
	}
	invalid := lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID
	tests := map[string]struct {
		headers func(t *testing.T, s *setting) []string
		want    refusal
	}{
		"none":       {func(*testing.T, *setting) []string { return nil }, unauthenticated(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING, "Bearer")},
		"basic":      {func(*testing.T, *setting) []string { return []string{"Basic YTpi"} }, unauthenticated(invalid, "Bearer")},
		"bare":       {func(*testing.T, *setting) []string { return []string{"Bearer "} }, unauthenticated(invalid, "Bearer")},
		"two tokens": {func(*testing.T, *setting) []string { return []string{"Bearer a", "Bearer b"} }, unauthenticated(invalid, "Bearer")},
		"nonsense":   {func(*testing.T, *setting) []string { return []string{"bearer " + canaryNumber} }, unauthenticated(invalid, "no JSON Web Token")},
		"expired": {func(t *testing.T, s *setting) []string {
			token, err := s.issuer.Token(sandboxissuer.Pharmacist(), -time.Hour)
			must(t, err)
			return []string{"Bearer " + token}
		}, unauthenticated(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, "expired")},
		"without role": {func(t *testing.T, s *setting) []string {
			claims := sandboxissuer.Pharmacist()
			claims.Role.Code = ""
			token, err := s.issuer.Token(claims, 0)
			must(t, err)
			return []string{"Bearer " + token}
		}, unauthenticated(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_CLAIMS_MISSING, "role.code")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *setting, call func(context.Context) error) {
				ctx := t.Context()
				for _, h := range test.headers(t, s) {
					ctx = metadata.AppendToOutgoingContext(ctx, "authorization", h)
				}
				s.wantRefusal(t, call(ctx), test.want)
			})
		})
	}
}

func TestWhatAServiceFailsWithHasTheContractsShape(t *testing.T) {
	tests := map[string]struct {
		err  error
		want refusal
	}{
		"plain error": {errors.New("no " + canaryNumber), refusal{codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault of the gateway", "sandbox-pmr"}},
		"status of others": {status.Error(codes.NotFound, "no "+canaryNumber),
			refusal{codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault of the gateway", "sandbox-pmr"}},
		"cancelled": {fmt.Errorf("x: %w", context.Canceled), refusal{codes.Canceled, lhcrv1.ErrorReason_ERROR_REASON_CANCELLED, "gave up", "sandbox-pmr"}},
		"too late":  {context.DeadlineExceeded, refusal{codes.DeadlineExceeded, lhcrv1.ErrorReason_ERROR_REASON_DEADLINE_EXCEEDED, "deadline", "sandbox-pmr"}},
		"documented": {failure.New(codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_NO_REGIONS, "name regions"),
			refusal{codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_NO_REGIONS, "name regions", "sandbox-pmr"}},
		"not there": {status.Error(codes.Unimplemented, "method X"), refusal{codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED, "no such method", "sandbox-pmr"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, s *setting, call func(context.Context) error) {
				s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
					return nil, test.err
				}
				s.services.stream = func(*lhcrv1.StreamRecordRequest, grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
					return test.err
				}
				s.wantRefusal(t, call(s.as(t, t.Context())), test.want)
			})
		})
	}
}

func TestDetailsOfADocumentedErrorArrive(t *testing.T) {
	s := newSetting(t)
	s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return nil, failure.RetryAfter(codes.ResourceExhausted, lhcrv1.ErrorReason_ERROR_REASON_RATE_LIMITED, "too many", 3*time.Second)
	}
	_, err := s.records().GetRecord(s.as(t, t.Context()), goodQuery())
	if info := detail[*errdetails.RetryInfo](status.Convert(err)); info.GetRetryDelay().GetSeconds() != 3 {
		t.Errorf("the error is %v", err)
	}
}

func TestAPanicBecomesInternalAndItsValueGoesNowhere(t *testing.T) {
	each(t, func(t *testing.T, s *setting, call func(context.Context) error) {
		s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			panic("cannot read " + canaryName)
		}
		s.services.stream = func(*lhcrv1.StreamRecordRequest, grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
			panic(errors.New(canaryName))
		}
		s.wantRefusal(t, call(s.as(t, t.Context())), refusal{codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "a fault of the gateway", "sandbox-pmr"})
		log := s.log.String()
		if !strings.Contains(log, `"msg":"a call panicked"`) || !strings.Contains(log, "TestAPanicBecomesInternal") {
			t.Errorf("the log does not say where it panicked:\n%s", log)
		}
		if strings.Contains(log+s.audit.String(), canaryName) {
			t.Error("the panic's value is in the log")
		}
		if !strings.Contains(s.scrape(t), "lhcr_panics_total 1\n") {
			t.Error("the panic was not counted")
		}
	})
}

func TestMethodsThatAreNotThere(t *testing.T) {
	want := refusal{codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED, "no such method", ""}
	for _, method := range []string{"/lhcr.v1.RecordService/" + canaryNumber, "/" + canaryNumber + "/Get", "/lhcr.v2.RecordService/GetRecord"} {
		t.Run(method, func(t *testing.T) {
			s := newSetting(t)
			err := s.conn.Invoke(s.as(t, t.Context()), method, &emptypb.Empty{}, &emptypb.Empty{})
			s.wantRefusal(t, err, want)
			if !strings.Contains(s.scrape(t), `lhcr_calls_total{code="Unimplemented",method="unknown"} 1`) {
				t.Error("the call was not counted as unknown")
			}
		})
	}
	for _, method := range []string{canaryNumber, "/" + canaryNumber} {
		t.Run("malformed "+method, func(t *testing.T) {
			s := newSetting(t)
			err := s.conn.Invoke(t.Context(), method, &emptypb.Empty{}, &emptypb.Empty{})
			if status.Code(err) != codes.Unimplemented || strings.Contains(err.Error(), canaryNumber) {
				t.Errorf("the refusal is %v", err)
			}
			s.settle(t)
			if lines := s.trail(t); len(lines) != 1 || lines[0]["operation"] != "unknown" || lines[0]["event"] != "unread" {
				t.Errorf("the audit is %v", lines)
			}
		})
	}
}

func TestWhatNeedsNoToken(t *testing.T) {
	s := newSetting(t)
	info, err := lhcrv1.NewServerServiceClient(s.conn).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{})
	if err != nil || info.GetContractVersion() != "v1" {
		t.Errorf("server info: %v", err)
	}
	if _, err := healthgrpc.NewHealthClient(s.conn).Check(t.Context(), &healthgrpc.HealthCheckRequest{}); err != nil {
		t.Errorf("health: %v", err)
	}
	_, err = healthgrpc.NewHealthClient(s.conn).Check(t.Context(), &healthgrpc.HealthCheckRequest{Service: canaryName})
	if status.Code(err) != codes.NotFound || strings.Contains(err.Error(), canaryName) {
		t.Errorf("health of an unknown service: %v, want NOT_FOUND", err)
	}
	if _, err := lhcrv1.NewRegionServiceClient(s.conn).ListRegions(t.Context(), &lhcrv1.ListRegionsRequest{}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("regions: %v, want UNAUTHENTICATED", err)
	}
	s.settle(t)
	if lines := s.trail(t); len(lines) != 1 {
		t.Errorf("%d calls were audited, want the refused one: %v", len(lines), lines)
	}
}

// period adds a consent that holds, and one for a period.
func period(from, until string) func(*lhcrv1.GetRecordRequest) {
	return func(r *lhcrv1.GetRecordRequest) {
		r.Access.Consents = []*lhcrv1.PeriodOfCareConsent{
			{RegionId: "great-north", Reference: "r", From: "2026-11-01", Until: "2026-11-01"},
			{RegionId: "dorset", Reference: "r", From: from, Until: until},
		}
	}
}

func TestPeriodsOfCareThatCanBeAreTaken(t *testing.T) {
	for _, until := range []string{"", "2026-11-02", "2027-02-28"} {
		s, query := newSetting(t), goodQuery()
		s.services.get = func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
			return encoded(t, someAnswer()), nil
		}
		period("2026-11-02", until)(query)
		if _, err := s.records().GetRecord(s.as(t, t.Context()), query); err != nil {
			t.Errorf("until %q: %v", until, err)
		}
	}
}

func TestBrokenRulesAreNamedAndValuesAreNot(t *testing.T) {
	tests := map[string]struct {
		change func(*lhcrv1.GetRecordRequest)
		want   []string
	}{
		"no patient":    {func(r *lhcrv1.GetRecordRequest) { r.Patient = nil }, []string{"patient required"}},
		"no number":     {func(r *lhcrv1.GetRecordRequest) { r.Patient.NhsNumber = "" }, []string{"patient.nhs_number nhs_number"}},
		"check digit":   {func(r *lhcrv1.GetRecordRequest) { r.Patient.NhsNumber = "9990000019" }, []string{"patient.nhs_number nhs_number"}},
		"spaces":        {func(r *lhcrv1.GetRecordRequest) { r.Patient.NhsNumber = "999 000 0018" }, []string{"patient.nhs_number nhs_number"}},
		"a name":        {func(r *lhcrv1.GetRecordRequest) { r.Patient.NhsNumber = canaryName }, []string{"patient.nhs_number nhs_number"}},
		"other digits":  {func(r *lhcrv1.GetRecordRequest) { r.Patient.NhsNumber = "٩٩٩٠٠٠٠٠١٨" }, []string{"patient.nhs_number nhs_number"}},
		"date of birth": {func(r *lhcrv1.GetRecordRequest) { r.Patient.DateOfBirth = "17/04/1951" }, []string{"patient.date_of_birth date_of_birth"}},
		"no access":     {func(r *lhcrv1.GetRecordRequest) { r.Access = nil }, []string{"access required"}},
		"no purpose":    {func(r *lhcrv1.GetRecordRequest) { r.Access.Purpose = 0 }, []string{"access.purpose enum.not_in"}},
		"unknown basis": {func(r *lhcrv1.GetRecordRequest) { r.Access.Basis = 77 }, []string{"access.basis enum.defined_only"}},
		"override":      {func(r *lhcrv1.GetRecordRequest) { r.Access.Basis = 3 }, []string{"access override_reason"}},
		"region id":     {func(r *lhcrv1.GetRecordRequest) { r.Regions.RegionIds = []string{"dorset", canaryName} }, []string{"regions.region_ids[1] string.pattern"}},
		"ids and all":   {func(r *lhcrv1.GetRecordRequest) { r.Regions.All = true }, []string{"regions region_selection"}},
		"section twice": {func(r *lhcrv1.GetRecordRequest) { r.Sections = append(r.Sections, r.Sections[0]) }, []string{"sections repeated.unique"}},
		"two at a time": {func(r *lhcrv1.GetRecordRequest) { r.Patient.NhsNumber, r.Access.Purpose = canaryName, 0 }, []string{"patient.nhs_number nhs_number", "access.purpose enum.not_in"}},
		"long reason":   {func(r *lhcrv1.GetRecordRequest) { r.Access.OverrideReason = strings.Repeat(canaryName, 100) }, []string{"access.override_reason string.max_len"}},
		"consent's date": {func(r *lhcrv1.GetRecordRequest) {
			r.Access.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "dorset", Reference: "r", From: canaryName}}
		}, []string{"access.consents[0].from string.pattern"}},
		"a consent's days":   {period("2026-02-30", "2026-13-01"), []string{"access.consents[1].from consent.day", "access.consents[1].until consent.day"}},
		"a period backwards": {period("2026-11-02", "2026-11-01"), []string{"access.consents[1].until consent.period"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			query := goodQuery()
			test.change(query)
			t.Run("unary", func(t *testing.T) {
				s := newSetting(t)
				_, err := s.records().GetRecord(s.as(t, t.Context()), query)
				s.wantViolations(t, err, "", test.want)
			})
			t.Run("stream", func(t *testing.T) {
				s := newSetting(t)
				err := drain(s.records().StreamRecord(s.as(t, t.Context()), &lhcrv1.StreamRecordRequest{Query: query}))
				s.wantViolations(t, err, "query.", test.want)
			})
		})
	}
}

// The words of a broken rule are those of the contract: nobody writes an enumeration's numbers.
func TestABrokenRuleOfAnEnumerationNamesItsValues(t *testing.T) {
	s := newSetting(t)
	query := goodQuery()
	query.Access.Purpose, query.Access.Basis, query.Sections = 0, 77, []lhcrv1.Section{999}
	_, err := s.records().GetRecord(s.as(t, t.Context()), query)
	want := []string{
		"access.purpose: must be stated: PURPOSE_DIRECT_CARE",
		"access.basis: must be stated: one of ACCESS_BASIS_LEGITIMATE_RELATIONSHIP, ACCESS_BASIS_PERMISSION_TO_VIEW, " +
			"ACCESS_BASIS_EMERGENCY_OVERRIDE, ACCESS_BASIS_CONSENT_FOR_PERIOD_OF_CARE",
	}
	var got []string
	for _, v := range detail[*errdetails.BadRequest](status.Convert(err)).GetFieldViolations() {
		got = append(got, v.GetField()+": "+v.GetDescription())
	}
	if len(got) != 3 || !cmp.Equal(want, got[:2]) || !strings.HasSuffix(got[2], "and the others of Section") {
		t.Errorf("violations %q", got)
	}
}

func (s *setting) wantViolations(t *testing.T, err error, prefix string, want []string) {
	t.Helper()
	s.wantRefusal(t, err, refusal{codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, "", "sandbox-pmr"})
	var got []string
	for _, v := range detail[*errdetails.BadRequest](status.Convert(err)).GetFieldViolations() {
		got = append(got, strings.TrimPrefix(v.GetField(), prefix)+" "+v.GetReason())
		if v.GetDescription() == "" {
			t.Errorf("the violation of %s does not say what to do", v.GetField())
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("violations (-want +got):\n%s", diff)
	}
	everything := fmt.Sprint(err, status.Convert(err).Proto(), s.log.String(), s.audit.String())
	for _, canary := range []string{canaryNumber, "9990000019", "999 000 0018", canaryName, "1951"} {
		if strings.Contains(everything, canary) {
			t.Errorf("%q is repeated: %s", canary, everything)
		}
	}
}
