package gateway_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

// sharing has the house keep what it gets in a Redis, and nothing in its own memory.
func (h *house) sharing(t *testing.T, redis *redistest.Server, keys string) *house {
	t.Helper()
	h.config.Cache.Memory, h.config.Cache.KeyFile = 0, keys
	h.config.Cache.Redis.Addresses, h.config.Cache.Redis.PlainText = []string{redis.Addr()}, true
	return h
}

func newKeys(t *testing.T) string {
	t.Helper()
	file, err := seal.NewFile(rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return write(t, t.TempDir(), "cache.keys", string(file))
}

// until looks until an answer comes from the cache, or does not.
func (h *house) until(t *testing.T, fromCache bool) {
	t.Helper()
	redistest.Await(t, "an answer from or past the cache", func() bool {
		_, o := h.look(t, sandboxissuer.Pharmacist())
		return o.GetFromCache() == fromCache && o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	})
}

// metric is the line of a metric, without its value.
func (h *house) metric(t *testing.T, name string) (value string, ok bool) {
	t.Helper()
	res, err := http.Get("http://" + h.MetricsAddr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(page)) {
		if rest, found := strings.CutPrefix(line, name+" "); found {
			return strings.TrimSpace(rest), true
		}
	}
	return "", false
}

// fares waits until health and metrics say of the cache what they should, and wants
// the gateway itself well all the while.
func (h *house) fares(t *testing.T, want healthv1.HealthCheckResponse_ServingStatus, metric string) {
	t.Helper()
	client := healthv1.NewHealthClient(h.conn(t))
	redistest.Await(t, "the cache to be "+want.String(), func() bool {
		h.look(t, sandboxissuer.Pharmacist()) // that it does not answer is noticed by those who ask
		res, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: "cache"})
		value, _ := h.metric(t, "lhcr_cache_shared_up")
		return err == nil && res.GetStatus() == want && value == metric
	})
	res, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{})
	if ready := h.rest(t, "GET", "/readyz", "", nil); err != nil || res.GetStatus() != healthv1.HealthCheckResponse_SERVING || ready.status != http.StatusOK {
		t.Errorf("while the cache is %v the gateway is %v (%v) and /readyz %d", want, res.GetStatus(), err, ready.status)
	}
}

func TestGatewaysShareWhatTheyKeepAndWhatIsPurged(t *testing.T) {
	redis, keys := redistest.Start(t), newKeys(t)
	var dorset counted
	one := prepare(t, dorset.region("dorset")).sharing(t, redis, keys).open(t)
	other := prepare(t, dorset.region("dorset")).sharing(t, redis, keys).open(t)
	one.until(t, true)
	if _, o := other.look(t, sandboxissuer.Pharmacist()); !o.GetFromCache() {
		t.Error("the other gateway does not serve what the one kept")
	}
	res, err := other.purge(other.called(t, sandboxissuer.Operator()), t)
	if err != nil || !cmp.Equal(res.GetLayers(), []string{"redis"}) {
		t.Fatalf("the purge: layers %v, %v", res.GetLayers(), err)
	}
	asked := dorset.fetches.Load()
	if _, o := one.look(t, sandboxissuer.Pharmacist()); o.GetFromCache() || dorset.fetches.Load() != asked+1 {
		t.Error("the one gateway serves what was purged through the other")
	}
}

func TestLookupsGoOnWhereRedisIsAwayAtTheStart(t *testing.T) {
	redis := redistest.Start(t)
	redis.Kill()
	var dorset counted
	h := prepare(t, dorset.region("dorset")).sharing(t, redis, newKeys(t)).open(t)
	h.look(t, sandboxissuer.Pharmacist())
	h.fares(t, healthv1.HealthCheckResponse_NOT_SERVING, "0")
	h.until(t, false)
	redis.Restart()
	h.fares(t, healthv1.HealthCheckResponse_SERVING, "1")
	h.until(t, true)
}

func TestLookupsGoOnWhereRedisStopsToAnswer(t *testing.T) {
	redis := redistest.Start(t)
	var dorset counted
	h := prepare(t, dorset.region("dorset")).sharing(t, redis, newKeys(t)).open(t)
	h.until(t, true)
	redis.Pause()
	began := time.Now()
	h.look(t, sandboxissuer.Pharmacist())
	if took := time.Since(began); took > h.config.Timeouts.Call.Duration/4 {
		t.Errorf("with a Redis that hangs a lookup took %s", took)
	}
	h.fares(t, healthv1.HealthCheckResponse_NOT_SERVING, "0")
	if _, err := h.purge(h.called(t, sandboxissuer.Operator()), t); failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE {
		t.Errorf("a purge that is not done says %v", err)
	}
	redis.Resume()
	h.fares(t, healthv1.HealthCheckResponse_SERVING, "1")
	h.until(t, true)
}

func TestAMistakeInTheCachesConfigurationIsNamed(t *testing.T) {
	junk := write(t, t.TempDir(), "junk", "a secret")
	for name, tt := range map[string]struct {
		change func(*config.Cache)
		key    string
	}{
		"keys that are none":        {func(c *config.Cache) { c.KeyFile = junk }, "cache.key_file"},
		"no keys":                   {func(c *config.Cache) { c.KeyFile = "" }, "cache.key_file"},
		"authorities that are none": {func(c *config.Cache) { c.Redis.PlainText, c.Redis.CAFile = false, junk }, "cache.redis.ca_file"},
		"kept for too long":         {func(c *config.Cache) { c.Keep.Record.Duration = 25 * time.Hour }, "cache.keep.record"},
	} {
		h := prepare(t, (&counted{}).region("dorset"))
		h.config.Cache.Redis.Addresses, h.config.Cache.Redis.PlainText, h.config.Cache.KeyFile = []string{"127.0.0.1:1"}, true, newKeys(t)
		tt.change(&h.config.Cache)
		h.mustRefuse(t, name, tt.key)
	}
}

// mustRefuse wants both a check and a start to refuse the configuration, and to name the key.
func (h *house) mustRefuse(t *testing.T, name, key string) {
	t.Helper()
	_, err := gateway.New(h.opts)
	for who, err := range map[string]error{"New": err, "Check": gateway.Check(h.opts)} {
		if err == nil || !strings.Contains(err.Error(), key+": ") || strings.Contains(err.Error(), "a secret") {
			t.Errorf("%s: %s says %v, want it to name %s", name, who, err, key)
		}
	}
}
