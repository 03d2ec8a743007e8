package sdk_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func TestGetRecordSendsTheQuery(t *testing.T) {
	var got *lhcrv1.GetRecordRequest
	client := connect(t, &gateway{get: func(_ context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		got = req
		return &lhcrv1.GetRecordResponse{RequestId: "r-1"}, nil
	}})
	from := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	record, err := client.GetRecord(t.Context(), sdk.Query{
		Patient: sdk.Patient{NHSNumber: "999 000 0018", DateOfBirth: testBirth},
		Access:  sdk.EmergencyOverride("unconscious"), Sections: []lhcrv1.Section{allergies},
		Regions: sdk.OnlyRegions("dorset"), Freshness: sdk.AtMost(time.Minute), Window: sdk.Window{From: from}, IncludeSource: true,
	})
	if err != nil || record.RequestID() != "r-1" {
		t.Fatalf("record %v, error %v", record, err)
	}
	want := &lhcrv1.GetRecordRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: testNumber, DateOfBirth: testBirth},
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE, OverrideReason: "unconscious",
		},
		Sections:      []lhcrv1.Section{allergies},
		Regions:       &lhcrv1.RegionSelection{RegionIds: []string{"dorset"}},
		Freshness:     &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_MaxAge{MaxAge: durationpb.New(time.Minute)}},
		Window:        &lhcrv1.TimeWindow{From: timestamppb.New(from)},
		IncludeSource: true,
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestUnsetQueryFieldsAreLeftToTheGateway(t *testing.T) {
	var got *lhcrv1.GetRecordRequest
	client := connect(t, &gateway{get: func(_ context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		got = req
		return &lhcrv1.GetRecordResponse{}, nil
	}})
	query := testQuery()
	query.Freshness = sdk.PastCache()
	query.Regions = sdk.AllRegions()
	if _, err := client.GetRecord(t.Context(), query); err != nil {
		t.Fatal(err)
	}
	if got.GetWindow() != nil || got.GetSections() != nil || !got.GetRegions().GetAll() || !got.GetFreshness().GetPastCache() {
		t.Errorf("window %v, sections %v, all %v, past cache %v", got.GetWindow(), got.GetSections(), got.GetRegions().GetAll(), got.GetFreshness().GetPastCache())
	}
}

func TestWrongQueriesAreRefusedBeforeTheyAreSent(t *testing.T) {
	tests := map[string]struct {
		query sdk.Query
		want  []string
	}{
		"check digit":        {sdk.Query{Patient: sdk.Patient{NHSNumber: "9990000019"}, Access: sdk.PermissionToView()}, []string{"patient.nhs_number"}},
		"nothing at all":     {sdk.Query{}, []string{"patient.nhs_number", "access.purpose", "access.basis"}},
		"date of birth":      {sdk.Query{Patient: sdk.Patient{NHSNumber: testNumber, DateOfBirth: "17/04/1951"}, Access: sdk.PermissionToView()}, []string{"patient.date_of_birth"}},
		"override, unstated": {sdk.Query{Patient: testPatient, Access: sdk.EmergencyOverride("")}, []string{"access.override_reason"}},
	}
	client := connect(t, &gateway{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		t.Error("the query was sent")
		return nil, status.Error(codes.Internal, "never due")
	}})
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.GetRecord(t.Context(), test.query)
			var failure *sdk.Error
			if !errors.As(err, &failure) || failure.Code != codes.InvalidArgument || !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST)) {
				t.Fatalf("error: %v", err)
			}
			var fields []string
			for _, v := range failure.Violations {
				fields = append(fields, v.Field)
			}
			if diff := cmp.Diff(test.want, fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			for _, value := range []string{"9990000019", "17/04/1951"} {
				if strings.Contains(err.Error(), value) {
					t.Error("the error repeats the value")
				}
			}
		})
	}
}

func TestErrorsAreTyped(t *testing.T) {
	answer, err := status.New(codes.ResourceExhausted, "too many calls").WithDetails(
		&errdetails.ErrorInfo{Domain: "openlhcr", Reason: lhcrv1.ErrorReason_ERROR_REASON_RATE_LIMITED.String()},
		&errdetails.RetryInfo{RetryDelay: durationpb.New(7 * time.Second)},
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "sections", Reason: "unique", Description: "once each"}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	client := connect(t, &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		if err := grpc.SetTrailer(ctx, metadata.Pairs("x-request-id", "r-7")); err != nil {
			return nil, err
		}
		return nil, answer.Err()
	}})
	_, err = client.GetRecord(t.Context(), testQuery())
	var got *sdk.Error
	if !errors.As(err, &got) {
		t.Fatalf("not an *sdk.Error: %v", err)
	}
	want := sdk.Error{
		Code: codes.ResourceExhausted, Reason: lhcrv1.ErrorReason_ERROR_REASON_RATE_LIMITED, Message: "too many calls",
		Violations: []sdk.Violation{{Field: "sections", Rule: "unique", Message: "once each"}}, RetryAfter: 7 * time.Second, RequestID: "r-7",
	}
	if diff := cmp.Diff(want, *got, cmpopts.IgnoreUnexported(sdk.Error{})); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	if !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_RATE_LIMITED)) || errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_INTERNAL)) {
		t.Error("errors.Is does not tell the reasons apart")
	}
	if status.Code(err) != codes.ResourceExhausted {
		t.Error("the status is lost")
	}
	if want := "too many calls (ERROR_REASON_RATE_LIMITED), request r-7"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}

func TestReasonsOfOtherDomainsAreNotOurs(t *testing.T) {
	foreign, err := status.New(codes.Unavailable, "a proxy").WithDetails(&errdetails.ErrorInfo{Domain: "proxy.example", Reason: "ERROR_REASON_RATE_LIMITED"})
	if err != nil {
		t.Fatal(err)
	}
	client := connect(t, &gateway{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return nil, foreign.Err()
	}})
	if _, err := client.GetRecord(t.Context(), testQuery()); errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_RATE_LIMITED)) {
		t.Error("a reason of another domain was taken for the gateway's")
	}
}

func TestTheContextsErrorsAreRecognised(t *testing.T) {
	client := connect(t, &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		<-ctx.Done()
		return nil, status.FromContextError(ctx.Err()).Err()
	}})
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.GetRecord(cancelled, testQuery()); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := client.GetRecord(late, testQuery()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("late: %v", err)
	}
}

func TestTokenIsSentOverTLSWithTheClientsCertificate(t *testing.T) {
	server, roots := certificate(t, "gateway.example")
	own, _ := certificate(t, "pmr.example")
	var authorization, subject string
	g := &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		md, _ := metadata.FromIncomingContext(ctx)
		authorization = strings.Join(md.Get("authorization"), ",")
		if p, ok := peer.FromContext(ctx); ok {
			subject = p.AuthInfo.(credentials.TLSInfo).State.PeerCertificates[0].Subject.CommonName
		}
		return &lhcrv1.GetRecordResponse{}, nil
	}}
	reach, stop := serve(g, credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{server}, ClientAuth: tls.RequireAnyClientCert}))
	defer stop()
	tokens := sdk.TokenFunc(func(context.Context) (string, error) { return "secret-token", nil })
	client, err := sdk.Dial(t.Context(), "passthrough:///gateway", reach,
		sdk.WithRootCAs(roots), sdk.WithServerName("gateway.example"), sdk.WithClientCertificate(own), sdk.WithTokenSource(tokens), sdk.WithUserAgent("test/1"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // the test is over
	if _, err := client.GetRecord(t.Context(), testQuery()); err != nil {
		t.Fatal(err)
	}
	if authorization != "Bearer secret-token" || subject != "pmr.example" {
		t.Errorf("authorization %q, certificate of %q", authorization, subject)
	}
}

func TestDialRefusesWhatItCannotTrust(t *testing.T) {
	server, roots := certificate(t, "gateway.example")
	_, foreign := certificate(t, "gateway.example")
	secure := credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{server}})
	tests := map[string]struct {
		transport credentials.TransportCredentials
		contract  string
		options   []sdk.Option
		want      string
	}{
		"unknown authority":     {transport: secure, options: []sdk.Option{sdk.WithRootCAs(foreign), sdk.WithServerName("gateway.example")}, want: "certificate"},
		"another name":          {transport: secure, options: []sdk.Option{sdk.WithRootCAs(roots), sdk.WithServerName("other.example")}, want: "other.example"},
		"plain text by default": {transport: insecure.NewCredentials(), options: []sdk.Option{sdk.WithRootCAs(roots)}, want: "TLS"},
		"another contract":      {transport: insecure.NewCredentials(), contract: "v9", options: []sdk.Option{sdk.WithInsecurePlaintext()}, want: `contract "v9"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			reach, stop := serve(&gateway{contract: test.contract}, test.transport)
			defer stop()
			client, err := sdk.Dial(t.Context(), "passthrough:///gateway", append(test.options, reach)...)
			if err == nil {
				_ = client.Close()
				t.Fatal("it connected")
			}
			if !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(test.want)) {
				t.Errorf("error %q does not tell of %q", err, test.want)
			}
		})
	}
}

func TestLazyConnectionIsCheckedByTheFirstCall(t *testing.T) {
	client, err := sdk.Dial(t.Context(), "gateway.invalid:1", sdk.WithLazyConnection())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // the test is over
	if _, err := client.GetRecord(t.Context(), testQuery()); status.Code(err) != codes.Unavailable {
		t.Errorf("error: %v", err)
	}
}

func TestTokenSourcesErrorEndsTheCall(t *testing.T) {
	failing := sdk.TokenFunc(func(context.Context) (string, error) { return "", errors.New("no smartcard") })
	client := connect(t, &gateway{}, sdk.WithLazyConnection(), sdk.WithTokenSource(failing))
	if _, err := client.Regions(t.Context()); status.Code(err) != codes.Unauthenticated || !strings.Contains(err.Error(), "no smartcard") {
		t.Errorf("error: %v", err)
	}
}

func TestLargeMessagesAreTakenWhenAskedFor(t *testing.T) {
	big := &lhcrv1.GetRecordResponse{Sources: []*lhcrv1.SourceResource{{Content: bytes.Repeat([]byte("x"), sdk.DefaultMaxMessageBytes)}}}
	g := &gateway{get: func(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) { return big, nil }}
	if _, err := connect(t, g).GetRecord(t.Context(), testQuery()); status.Code(err) != codes.ResourceExhausted {
		t.Errorf("by default: %v", err)
	}
	if _, err := connect(t, g, sdk.WithMaxMessageBytes(2*sdk.DefaultMaxMessageBytes)).GetRecord(t.Context(), testQuery()); err != nil {
		t.Errorf("when asked for: %v", err)
	}
}

func TestRegionsAreListedAndResolved(t *testing.T) {
	client := connect(t, &gateway{resolve: func(req *lhcrv1.ResolveRegionsRequest) (*lhcrv1.ResolveRegionsResponse, error) {
		return &lhcrv1.ResolveRegionsResponse{RegionIds: []string{"dorset"}, Explanation: req.GetOdsCode() + req.GetIntegratedCareBoard() + req.GetPharmaceuticalCommittee() + req.GetName()}, nil
	}})
	regions, err := client.Regions(t.Context())
	if err != nil || len(regions) != 2 {
		t.Errorf("%d regions, error %v", len(regions), err)
	}
	for want, whom := range map[string]sdk.Whom{"FA123": sdk.ByODSCode("FA123"), "QVV": sdk.ByIntegratedCareBoard("QVV"), "Dorset LPC": sdk.ByPharmaceuticalCommittee("Dorset LPC"), "Wessex": sdk.ByName("Wessex")} {
		ids, explanation, err := client.ResolveRegions(t.Context(), whom)
		if err != nil || len(ids) != 1 || explanation != want {
			t.Errorf("%s: %v %q %v", want, ids, explanation, err)
		}
	}
	if _, _, err := client.Region(t.Context(), "dorset"); status.Code(err) != codes.Unimplemented {
		t.Errorf("a method that the gateway does not have: %v", err)
	}
}

func TestPatientsAndTokensPrintAsNothing(t *testing.T) {
	query := testQuery()
	query.Access = sdk.EmergencyOverride("found by her daughter Ann")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		for _, value := range []any{query, testPatient, query.Access, sdk.DocumentQuery{Patient: testPatient}, sdk.StaticToken("secret-token"), &query} {
			printed := fmt.Sprintf(verb, value)
			for _, canary := range []string{testNumber, testBirth, "Ann", "secret-token", fmt.Sprintf("%x", testNumber)} {
				if strings.Contains(printed, canary) {
					t.Errorf("%s of %T shows %q", verb, value, canary)
				}
			}
		}
	}
}
