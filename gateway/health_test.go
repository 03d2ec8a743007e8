package gateway_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	reflectionv1 "google.golang.org/grpc/reflection/grpc_reflection_v1"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

// newPost is a GetRecord over REST, not sent yet.
func newPost(t *testing.T, h *house, content string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+h.RESTAddr().String()+"/v1/record:get", strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token(t))
	req.Header.Set("Content-Type", "application/json")
	return req
}

func TestHealthIsOfTheWholeOfEachServiceAndOfEachRegion(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)}, &region{id: "yorkshire", fetch: fails(codes.Unavailable, "down")})
	client := healthv1.NewHealthClient(h.conn(t))
	want := func(moment string, statuses map[string]healthv1.HealthCheckResponse_ServingStatus) {
		t.Helper()
		for service, want := range statuses {
			res, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: service})
			if err != nil || res.GetStatus() != want {
				t.Errorf("%s: %q is %v (%v), want %v", moment, service, res.GetStatus(), err, want)
			}
		}
	}
	want("at first", map[string]healthv1.HealthCheckResponse_ServingStatus{
		"":                      healthv1.HealthCheckResponse_SERVING,
		"lhcr.v1.RecordService": healthv1.HealthCheckResponse_SERVING,
		"lhcr.v1.RegionService": healthv1.HealthCheckResponse_SERVING,
		"region/dorset":         healthv1.HealthCheckResponse_UNKNOWN,
	})
	if _, err := h.records(t).GetRecord(h.as(t), asking()); err != nil {
		t.Fatal(err)
	}
	want("after a call", map[string]healthv1.HealthCheckResponse_ServingStatus{
		"":                 healthv1.HealthCheckResponse_SERVING,
		"region/dorset":    healthv1.HealthCheckResponse_SERVING,
		"region/yorkshire": healthv1.HealthCheckResponse_NOT_SERVING,
	})
	res, err := lhcrv1.NewRegionServiceClient(h.conn(t)).ListRegionHealth(h.as(t), &lhcrv1.ListRegionHealthRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range res.GetHealth() {
		got = append(got, r.GetRegionId()+" "+r.GetStatus().String()+" "+r.GetLastFailure())
	}
	wantHealth := []string{"dorset HEALTH_STATUS_HEALTHY ", "yorkshire HEALTH_STATUS_DOWN it could not be reached or was out of order"}
	if !slices.Equal(got, wantHealth) {
		t.Errorf("health %q, want %q", got, wantHealth)
	}
	if res := h.rest(t, "GET", "/readyz", "", nil); res.status != 200 {
		t.Errorf("/readyz: %d", res.status)
	}
}

func TestReflectionShowsTheContract(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	stream, err := reflectionv1.NewServerReflectionClient(h.conn(t)).ServerReflectionInfo(h.as(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(&reflectionv1.ServerReflectionRequest{MessageRequest: &reflectionv1.ServerReflectionRequest_ListServices{}}); err != nil {
		t.Fatal(err)
	}
	res, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range res.GetListServicesResponse().GetService() {
		names = append(names, s.GetName())
	}
	for _, want := range []string{"lhcr.v1.RecordService", "lhcr.v1.RegionService", "lhcr.v1.ServerService", "grpc.health.v1.Health"} {
		if !slices.Contains(names, want) {
			t.Errorf("reflection lists %q, not %s", names, want)
		}
	}
}
