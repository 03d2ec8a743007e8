package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
)

// counted is a region that counts how often it is fetched from, and can be down.
type counted struct {
	fetches atomic.Int64
	down    atomic.Bool
	record  func(*adapterv1.FetchRequest) *lhcrv1.Record // the allergic one when nil
}

func (c *counted) region(id string) *region {
	return &region{id: id, fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		c.fetches.Add(1)
		if c.down.Load() {
			return nil, status.Error(codes.Unavailable, "down")
		}
		record := allergic(id, "a1")
		if c.record != nil {
			record = c.record(req)
		}
		return answers(record)(ctx, req)
	}}
}

// clock is the wall clock, put forward by a test.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time          { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) forward(d time.Duration) { c.ahead.Add(int64(d)) }

// allergies asks for the patient's allergies.
func allergies() *lhcrv1.GetRecordRequest { return asking(lhcrv1.Section_SECTION_ALLERGIES) }

// called is the context of a call of somebody whose token lives for hours.
func (h *house) called(t *testing.T, claims access.Claims) context.Context {
	t.Helper()
	token, err := h.issuer.Token(claims, 12*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
}

// look looks the patient's allergies up, and gives their one outcome.
func (h *house) look(t *testing.T, claims access.Claims) (*lhcrv1.GetRecordResponse, *lhcrv1.SectionOutcome) {
	t.Helper()
	res, err := h.records(t).GetRecord(h.called(t, claims), allergies())
	if err != nil || len(res.GetOutcomes()) != 1 {
		t.Fatalf("%d outcomes, %v", len(res.GetOutcomes()), err)
	}
	return res, res.GetOutcomes()[0]
}

func (h *house) purge(ctx context.Context, t *testing.T) (*lhcrv1.PurgePatientResponse, error) {
	t.Helper()
	return lhcrv1.NewCacheServiceClient(h.admin(t)).PurgePatient(ctx, &lhcrv1.PurgePatientRequest{Patient: asking().GetPatient()})
}

func TestASecondLookupIsServedFromTheCacheThroughEveryDoor(t *testing.T) {
	var dorset counted
	h := start(t, dorset.region("dorset"))
	first, outcome := h.look(t, sandboxissuer.Pharmacist())
	if outcome.GetFromCache() || outcome.GetAge() != nil {
		t.Errorf("the first answer: from the cache %t, age %v", outcome.GetFromCache(), outcome.GetAge())
	}
	doors := map[string]func() *lhcrv1.GetRecordResponse{
		"gRPC": func() *lhcrv1.GetRecordResponse {
			res, _ := h.look(t, sandboxissuer.Pharmacist())
			return res
		},
		"REST":           func() *lhcrv1.GetRecordResponse { return h.lookOverREST(t) },
		"gRPC, streamed": func() *lhcrv1.GetRecordResponse { return h.lookStreamed(t) },
	}
	for name, door := range doors {
		res := door()
		if diff := cmp.Diff(first, res, sameButTime()); diff != "" {
			t.Errorf("over %s the answer differs (-fetched +kept):\n%s", name, diff)
		}
		if o := res.GetOutcomes()[0]; !o.GetFromCache() || o.GetAge() == nil || !o.GetRetrievedAt().AsTime().Equal(outcome.GetRetrievedAt().AsTime()) {
			t.Errorf("over %s: from the cache %t, age %v, retrieved at %v, want %v", name, o.GetFromCache(), o.GetAge(), o.GetRetrievedAt().AsTime(), outcome.GetRetrievedAt().AsTime())
		}
	}
	if n := dorset.fetches.Load(); n != 1 {
		t.Errorf("the region was asked %d times", n)
	}
}

func (h *house) lookOverREST(t *testing.T) *lhcrv1.GetRecordResponse {
	t.Helper()
	reply := h.rest(t, "POST", "/v1/record:get", body(t, allergies()), nil)
	res := &lhcrv1.GetRecordResponse{}
	if err := protojson.Unmarshal(reply.body, res); err != nil {
		t.Fatalf("status %d: %v", reply.status, err)
	}
	return res
}

// lookStreamed puts the parts of a stream together as one answer.
func (h *house) lookStreamed(t *testing.T) *lhcrv1.GetRecordResponse {
	t.Helper()
	stream, err := h.records(t).StreamRecord(h.as(t), &lhcrv1.StreamRecordRequest{Query: allergies()})
	if err != nil {
		t.Fatal(err)
	}
	res := &lhcrv1.GetRecordResponse{}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return res
		}
		if err != nil {
			t.Fatal(err)
		}
		if part := m.GetPart(); part != nil {
			res.Record, res.Outcomes = part.GetRecord(), part.GetOutcomes()
			res.Regions = append(res.Regions, part.GetReport())
		}
		if summary := m.GetSummary(); summary != nil {
			res.Completeness = summary.GetCompleteness()
		}
	}
}

// A handler that was called in process would write bytes that were encoded before as
// {}: an empty record that calls itself complete.
func TestBytesThatWereKeptAreNoEmptyRecordOverREST(t *testing.T) {
	var dorset counted
	h := start(t, dorset.region("dorset"))
	h.look(t, sandboxissuer.Pharmacist())
	reply := h.rest(t, "POST", "/v1/record:get", body(t, allergies()), nil)
	var plain struct {
		Completeness string
		Record       struct {
			Allergies []struct{ Code struct{ Text string } }
		}
		Outcomes []struct{ FromCache bool }
	}
	if err := json.Unmarshal(reply.body, &plain); err != nil {
		t.Fatal(err)
	}
	if len(plain.Outcomes) != 1 || !plain.Outcomes[0].FromCache {
		t.Fatalf("the answer is not from the cache: %s", reply.body)
	}
	if len(plain.Record.Allergies) != 1 || plain.Record.Allergies[0].Code.Text != "Penicillin" || plain.Completeness != "COMPLETENESS_COMPLETE" {
		t.Errorf("over REST the kept record is %s", reply.body)
	}
}

func TestAPurgeThroughTheAdminListenerLeavesNothingKept(t *testing.T) {
	var dorset counted
	h := start(t, dorset.region("dorset"))
	h.look(t, sandboxissuer.Pharmacist())
	if _, o := h.look(t, sandboxissuer.Pharmacist()); !o.GetFromCache() {
		t.Fatal("nothing was kept")
	}
	if _, err := h.purge(h.called(t, sandboxissuer.Pharmacist()), t); status.Code(err) != codes.PermissionDenied {
		t.Errorf("a pharmacist purges: %v", err)
	}
	res, err := h.purge(h.called(t, sandboxissuer.Operator()), t)
	if err != nil || !cmp.Equal(res.GetLayers(), []string{"memory"}) {
		t.Fatalf("the purge: layers %v, %v", res.GetLayers(), err)
	}
	if _, o := h.look(t, sandboxissuer.Pharmacist()); o.GetFromCache() {
		t.Error("what was purged is served")
	}
	if n := dorset.fetches.Load(); n != 2 {
		t.Errorf("the region was asked %d times, want 2", n)
	}
	for _, word := range []string{`"/lhcr.v1.CacheService/PurgePatient"`, `"PermissionDenied"`} {
		if !strings.Contains(h.log.String(), word) {
			t.Errorf("the audit lacks %s", word)
		}
	}
}

// Whoever reaches the door of suppliers empties no cache, and the admin door gives no record.
func TestEachDoorHasItsOwnServices(t *testing.T) {
	h := start(t, (&counted{}).region("dorset"))
	operator := h.called(t, sandboxissuer.Operator())
	_, overPublic := lhcrv1.NewCacheServiceClient(h.conn(t)).PurgePatient(operator, &lhcrv1.PurgePatientRequest{Patient: asking().GetPatient()})
	_, overAdmin := lhcrv1.NewRecordServiceClient(h.admin(t)).GetRecord(operator, allergies())
	for name, err := range map[string]error{"CacheService on the public listener": overPublic, "RecordService on the admin listener": overAdmin} {
		if status.Code(err) != codes.Unimplemented {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.purge(t.Context(), t); status.Code(err) != codes.Unauthenticated {
		t.Errorf("somebody without a token purges: %v", err)
	}
	if _, err := lhcrv1.NewServerServiceClient(h.admin(t)).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{}); err != nil {
		t.Errorf("the admin listener does not say what it is: %v", err)
	}
	res, err := healthv1.NewHealthClient(h.admin(t)).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "lhcr.v1.CacheService"})
	if err != nil || res.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		t.Errorf("health of the CacheService: %v, %v", res.GetStatus(), err)
	}
}

func TestEachDoorTellsTheHealthOfItsOwnServices(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	for name, door := range map[string]struct {
		client          healthv1.HealthClient
		here, elsewhere string
	}{
		"public": {healthv1.NewHealthClient(h.conn(t)), "lhcr.v1.RecordService", "lhcr.v1.CacheService"},
		"admin":  {healthv1.NewHealthClient(h.admin(t)), "lhcr.v1.CacheService", "lhcr.v1.RecordService"},
	} {
		_, err := door.client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: door.elsewhere})
		if status.Code(err) != codes.NotFound {
			t.Errorf("%s: %s: %v", name, door.elsewhere, err)
		}
		list, err := door.client.List(t.Context(), &healthv1.HealthListRequest{})
		_, there := list.GetStatuses()[door.elsewhere]
		if err != nil || there || list.GetStatuses()[door.here].GetStatus() != healthv1.HealthCheckResponse_SERVING || list.GetStatuses()["region/dorset"] == nil {
			t.Errorf("%s: it lists %v, %v", name, list.GetStatuses(), err)
		}
		for service, want := range map[string]healthv1.HealthCheckResponse_ServingStatus{
			door.here: healthv1.HealthCheckResponse_SERVING, door.elsewhere: healthv1.HealthCheckResponse_SERVICE_UNKNOWN,
		} {
			ctx, stop := context.WithCancel(t.Context())
			stream, err := door.client.Watch(ctx, &healthv1.HealthCheckRequest{Service: service})
			if err != nil {
				t.Fatal(err)
			}
			if res, err := stream.Recv(); err != nil || res.GetStatus() != want {
				t.Errorf("%s: watching %s: %v, %v", name, service, res.GetStatus(), err)
			}
			stop()
		}
	}
}

func TestWithoutACacheThereIsNothingToPurgeAndNothingIsKept(t *testing.T) {
	var dorset counted
	h := prepare(t, dorset.region("dorset"))
	h.config.Cache.Enabled = false
	h.open(t)
	for range 2 {
		if _, o := h.look(t, sandboxissuer.Pharmacist()); o.GetFromCache() {
			t.Error("an answer comes from a cache that is switched off")
		}
	}
	if _, err := h.purge(h.called(t, sandboxissuer.Operator()), t); status.Code(err) != codes.Unimplemented {
		t.Errorf("the purge: %v", err)
	}
	info, err := lhcrv1.NewServerServiceClient(h.conn(t)).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{})
	if err != nil || cmp.Equal(info.GetFeatures(), []string{"cache", "documents", "stream"}) {
		t.Errorf("features %v, %v", info.GetFeatures(), err)
	}
	if _, err := healthv1.NewHealthClient(h.conn(t)).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "cache"}); status.Code(err) != codes.NotFound {
		t.Errorf("health of the cache: %v", err)
	}
}

func TestATechnicianDoesNotGetWhatThePharmacistGot(t *testing.T) {
	dorset := counted{record: func(req *adapterv1.FetchRequest) *lhcrv1.Record {
		record := allergic("dorset", "a1")
		record.Allergies[0].Code.Text = "for " + req.GetCaller().GetRoleCode()
		return record
	}}
	h := start(t, dorset.region("dorset"))
	technician := sandboxissuer.Pharmacist()
	technician.Role.Code, technician.Person.ID = "R1981", "technician-1"
	for range 2 {
		for name, claims := range map[string]access.Claims{"pharmacist": sandboxissuer.Pharmacist(), "technician": technician} {
			res, _ := h.look(t, claims)
			if got, want := res.GetRecord().GetAllergies()[0].GetCode().GetText(), "for "+claims.Role.Code; got != want {
				t.Errorf("the %s gets what is %s", name, got)
			}
		}
	}
	if n := dorset.fetches.Load(); n != 2 {
		t.Errorf("the region was asked %d times, want once for each", n)
	}
}

// What is kept outlives the region's trouble, says how old it is, and ends.
func TestARegionThatIsDownIsServedFromTheCacheForAsLongAsItIsKept(t *testing.T) {
	var dorset counted
	var clock clock
	h := prepare(t, dorset.region("dorset"))
	h.opts.Now = clock.now
	h.open(t)
	h.look(t, sandboxissuer.Pharmacist())
	dorset.down.Store(true)
	clock.forward(9 * time.Minute)
	res, o := h.look(t, sandboxissuer.Pharmacist())
	if age := o.GetAge().AsDuration(); !o.GetFromCache() || age < 9*time.Minute || age > 10*time.Minute || res.GetCompleteness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		t.Errorf("while it is kept: from the cache %t, age %s, %v", o.GetFromCache(), age, res.GetCompleteness())
	}
	fresh := allergies()
	fresh.Freshness = &lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}}
	if live, err := h.records(t).GetRecord(h.called(t, sandboxissuer.Pharmacist()), fresh); err != nil || live.GetOutcomes()[0].GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
		t.Errorf("past the cache: %v, %v", live.GetOutcomes(), err)
	}
	clock.forward(90 * time.Second) // past what cache.keep.record says
	if _, o := h.look(t, sandboxissuer.Pharmacist()); o.GetFromCache() || o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
		t.Errorf("when it is not kept any more: from the cache %t, %v", o.GetFromCache(), o.GetStatus())
	}
}

func TestACacheServiceErrorTellsNothing(t *testing.T) {
	h := start(t, (&counted{}).region("dorset"))
	client := lhcrv1.NewCacheServiceClient(h.admin(t))
	_, err := client.PurgePatient(h.called(t, sandboxissuer.Operator()), &lhcrv1.PurgePatientRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: "9990000019"}})
	if failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST || strings.Contains(err.Error(), "9990000019") {
		t.Errorf("the error of a wrong number: %v", err)
	}
}
