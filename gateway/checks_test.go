package gateway_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
)

// tryable is a region that can be tried without a patient.
type tryable struct {
	*region
	mu    sync.Mutex
	check func(context.Context) (*adapterv1.CheckResponse, error)
}

var _ adapters.Checker = (*tryable)(nil)

func (r *tryable) Check(ctx context.Context, _ *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	r.mu.Lock()
	check := r.check
	r.mu.Unlock()
	return check(ctx)
}

func finds(s lhcrv1.HealthStatus, steps ...*adapterv1.CheckStep) func(context.Context) (*adapterv1.CheckResponse, error) {
	return func(context.Context) (*adapterv1.CheckResponse, error) {
		return &adapterv1.CheckResponse{Status: s, Steps: steps}, nil
	}
}

// trying is a house of regions that can be tried.
func trying(t *testing.T, regions ...*tryable) *house {
	t.Helper()
	var plain []*region
	var list []adapters.Entry
	for _, r := range regions {
		plain = append(plain, r.region)
		list = append(list, adapters.Entry{ID: r.id, Describe: r.Describe, New: func(adapters.Environment) (adapters.Adapter, error) { return r, nil }})
	}
	h := prepare(t, plain...)
	var err error
	if h.opts.Registry, err = adapters.NewRegistry(list...); err != nil {
		t.Fatal(err)
	}
	return h
}

// health is how each region fares, as the RegionService says and as gRPC's own does.
func (h *house) health(t *testing.T) (told map[string]*lhcrv1.RegionHealth, probes map[string]string) {
	t.Helper()
	res, err := lhcrv1.NewRegionServiceClient(h.conn(t)).ListRegionHealth(h.as(t), &lhcrv1.ListRegionHealthRequest{})
	if err != nil {
		t.Fatal(err)
	}
	told, probes = map[string]*lhcrv1.RegionHealth{}, map[string]string{}
	for _, r := range res.GetHealth() {
		told[r.GetRegionId()] = r
		probe, err := healthv1.NewHealthClient(h.conn(t)).Check(t.Context(), &healthv1.HealthCheckRequest{Service: "region/" + r.GetRegionId()})
		if err != nil {
			t.Fatal(err)
		}
		probes[r.GetRegionId()] = probe.GetStatus().String()
	}
	return told, probes
}

func (h *house) scrape(t *testing.T) string {
	t.Helper()
	res, err := http.Get("http://" + h.MetricsAddr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// Before anybody asked for a record it is known how the regions fare.
func TestRegionsAreTriedBeforeAnybodyAsks(t *testing.T) {
	const (
		healthy  = lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
		down     = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
		refusing = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	)
	gate := make(chan struct{})
	defer close(gate)
	well := &tryable{region: &region{id: "dorset", fetch: answers(nil)}, check: finds(healthy, &adapterv1.CheckStep{Name: "token", Ok: true})}
	h := trying(t, well,
		&tryable{region: &region{id: "refusing", fetch: answers(nil)}, check: finds(refusing, &adapterv1.CheckStep{Name: "token", Message: "ask its team for new credentials"})},
		&tryable{region: &region{id: "failing", fetch: answers(nil)}, check: func(context.Context) (*adapterv1.CheckResponse, error) {
			return nil, status.Error(codes.Unavailable, "away")
		}},
		&tryable{region: &region{id: "hanging", fetch: answers(nil)}, check: func(context.Context) (*adapterv1.CheckResponse, error) {
			<-gate
			return nil, nil
		}},
		&tryable{region: &region{id: "untried", fetch: answers(nil)}, check: func(context.Context) (*adapterv1.CheckResponse, error) {
			return nil, status.Error(codes.Unimplemented, "it cannot be tried")
		}},
	)
	h.open(t)
	redistest.Await(t, "the regions to be tried", func() bool {
		told, _ := h.health(t)
		return told["dorset"].GetLastChecked() != nil && told["refusing"].GetLastChecked() != nil && told["failing"].GetLastChecked() != nil
	})
	told, probes := h.health(t)
	got := map[string]*lhcrv1.RegionHealth{}
	for id, r := range told {
		if r.GetLastChecked() != nil && time.Since(r.GetLastChecked().AsTime()) > time.Minute {
			t.Errorf("%s was checked at %v", id, r.GetLastChecked().AsTime())
		}
		got[id] = &lhcrv1.RegionHealth{Status: r.GetStatus(), Steps: r.GetSteps()}
	}
	want := map[string]*lhcrv1.RegionHealth{
		"dorset":   {Status: healthy, Steps: []*lhcrv1.HealthStep{{Name: "token", Ok: true}}},
		"refusing": {Status: refusing, Steps: []*lhcrv1.HealthStep{{Name: "token", Message: "ask its team for new credentials"}}},
		"failing":  {Status: down, Steps: []*lhcrv1.HealthStep{{Name: "check", Message: "away"}}},
		"hanging":  {}, "untried": {},
	}
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("health (-want +got):\n%s", diff)
	}
	wantProbes := map[string]string{"dorset": "SERVING", "refusing": "NOT_SERVING", "failing": "NOT_SERVING", "hanging": "UNKNOWN", "untried": "UNKNOWN"}
	if diff := cmp.Diff(wantProbes, probes); diff != "" {
		t.Errorf("probes (-want +got):\n%s", diff)
	}
	page := h.scrape(t)
	for _, line := range []string{
		`lhcr_region_checks_total{region="dorset",result="healthy"} 1`, `lhcr_region_checks_total{region="refusing",result="refusing"} 1`,
		`lhcr_region_health{region="refusing",status="refusing"} 1`, `lhcr_region_health{region="dorset",status="healthy"} 1`,
		`lhcr_region_health{region="untried",status="unknown"} 1`,
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
	if !strings.Contains(h.log.String(), "ask its team for new credentials") {
		t.Error("the log does not say why a region cannot be used")
	}
	h.stop() // though one hangs still
	if err := h.wait(); err != nil {
		t.Error(err)
	}
}

// A region that is made anew is tried anew, and one that is switched off is not tried.
func TestAReloadTriesWhatChanged(t *testing.T) {
	var tried sync.Map
	check := func(id string) func(context.Context) (*adapterv1.CheckResponse, error) {
		return func(ctx context.Context) (*adapterv1.CheckResponse, error) {
			n, _ := tried.LoadOrStore(id, 0)
			tried.Store(id, n.(int)+1)
			return finds(lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY)(ctx)
		}
	}
	times := func(id string) int {
		n, _ := tried.LoadOrStore(id, 0)
		return n.(int)
	}
	h := trying(t, &tryable{region: &region{id: "dorset", fetch: answers(nil)}, check: check("dorset")}, &tryable{region: &region{id: "yorkshire", fetch: answers(nil)}, check: check("yorkshire")})
	next := *h.config
	var mu sync.Mutex
	h.opts.Reread = func() (*config.Config, error) {
		mu.Lock()
		defer mu.Unlock()
		c := next
		return &c, nil
	}
	h.open(t)
	redistest.Await(t, "both to be tried", func() bool { return times("dorset") == 1 && times("yorkshire") == 1 })
	dorset, yorkshire := next.Regions["dorset"], next.Regions["yorkshire"]
	dorset.ClientID, yorkshire.Enabled = "another", false
	mu.Lock()
	next.Regions = map[string]config.Region{"dorset": dorset, "yorkshire": yorkshire}
	mu.Unlock()
	h.mustReload(t)
	redistest.Await(t, "the one to be tried again", func() bool { return times("dorset") == 2 })
	if _, probes := h.health(t); probes["yorkshire"] != "UNKNOWN" || times("yorkshire") != 1 {
		t.Errorf("one that is off is %s, and was tried %d times", probes["yorkshire"], times("yorkshire"))
	}
}
