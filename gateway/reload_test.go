package gateway_test

import (
	"crypto/rand"
	"crypto/tls"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/config"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestAReloadMakesAnewTheRegionsThatChangedAndNoOthers(t *testing.T) {
	r := startReloadable(t)
	write(t, r.folder, "dorset.secret", "new")
	for _, step := range []struct {
		name   string
		change func(*config.Config)
		made   map[string]int // a check makes each once
	}{
		{"a secret", func(*config.Config) {}, map[string]int{"dorset": 2, "yorkshire": 1}},
		{"nothing", func(*config.Config) {}, map[string]int{"dorset": 1, "yorkshire": 1}},
		{"a guard", func(c *config.Config) { c.Guards.Concurrency = 7 }, map[string]int{"dorset": 1, "yorkshire": 1}},
		{"the largest answer", func(c *config.Config) { c.Limits.RegionResponseSize = 1 << 20 }, map[string]int{"dorset": 2, "yorkshire": 2}},
		{"an address", func(c *config.Config) {
			changed := c.Regions["yorkshire"]
			changed.BaseURL = "https://elsewhere.example/"
			c.Regions["yorkshire"] = changed
		}, map[string]int{"dorset": 1, "yorkshire": 2}},
	} {
		r.change(step.change)
		r.mustReload(t)
		if diff := cmp.Diff(step.made, r.adaptersMade()); diff != "" {
			t.Errorf("%s: adapters made (-want +got):\n%s", step.name, diff)
		}
	}
	if diff := cmp.Diff(map[string]string{"dorset": "new", "yorkshire": "old"}, r.secrets(t)); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
	endpoints, err := lhcrv1.NewRegionServiceClient(r.conn(t)).ListNetworkEndpoints(r.as(t), &lhcrv1.ListNetworkEndpointsRequest{RegionIds: []string{"yorkshire"}})
	if err != nil || endpoints.GetEndpoints()[0].GetHost() != "elsewhere.example" {
		t.Errorf("the directory names %v, %v", endpoints.GetEndpoints(), err)
	}
	for _, want := range []string{"regions.dorset.client_secret_file", "regions.yorkshire.base_url", "guards.concurrency"} {
		if !strings.Contains(r.log.String(), want) {
			t.Errorf("the log does not name %s", want)
		}
	}
}

func TestALookupUnderWayEndsWithTheRegionThatItBeganWith(t *testing.T) {
	r := startReloadable(t)
	s := newSlow()
	r.holdUp("dorset", s)
	answered := make(chan map[string]string, 1)
	records, ctx := r.records(t), r.as(t)
	go func() {
		res, err := records.GetRecord(ctx, allergies())
		if err != nil {
			t.Error(err)
		}
		answered <- secretsOf(res)
	}()
	<-s.asked
	write(t, r.folder, "dorset.secret", "new")
	r.mustReload(t)
	if diff := cmp.Diff(map[string]string{"dorset": "new", "yorkshire": "old"}, r.secrets(t)); diff != "" {
		t.Errorf("a lookup after the reload (-want +got):\n%s", diff)
	}
	close(s.answer)
	if diff := cmp.Diff(map[string]string{"dorset": "old", "yorkshire": "old"}, <-answered); diff != "" {
		t.Errorf("the lookup under way (-want +got):\n%s", diff)
	}
}

func TestWhoBelongsToWhichRegionIsTakenOver(t *testing.T) {
	r := startReloadable(t)
	r.change(func(c *config.Config) {
		c.Organisations[sandboxissuer.Pharmacist().Organisation.ODSCode] = []string{"yorkshire"}
		off := c.Regions["dorset"]
		off.Enabled = false
		c.Regions["dorset"] = off
	})
	r.mustReload(t)
	if diff := cmp.Diff(map[string]string{"yorkshire": "old"}, r.secrets(t)); diff != "" {
		t.Errorf("regions asked (-want +got):\n%s", diff)
	}
	listed, err := lhcrv1.NewRegionServiceClient(r.conn(t)).ListRegions(r.as(t), &lhcrv1.ListRegionsRequest{})
	if err != nil || listed.GetRegions()[0].GetConfigured() {
		t.Errorf("regions %v, %v", listed.GetRegions(), err)
	}
	r.change(func(c *config.Config) { c.Regions, c.Organisations = r.config.Regions, r.config.Organisations })
	r.mustReload(t)
	if diff := cmp.Diff(map[string]string{"dorset": "old", "yorkshire": "old"}, r.secrets(t)); diff != "" {
		t.Errorf("switched on again, regions asked (-want +got):\n%s", diff)
	}
}

func TestAConfigurationThatIsBrokenIsRefusedWhole(t *testing.T) {
	r := startReloadable(t)
	for name, tt := range map[string]struct {
		breaks func(*config.Config)
		key    string
	}{
		"a certificate that is none": {func(c *config.Config) { c.TLS.CertFile = write(t, r.folder, "junk", "a secret") }, "tls.cert_file"},
		"a file that is away":        {func(c *config.Config) { c.Auth.JWKSFile = r.folder + "/none" }, "auth.jwks_file"},
		"a value out of bounds":      {func(c *config.Config) { c.Guards.Attempts = 99 }, "guards.attempts"},
		"strict, which nothing is":   {func(c *config.Config) { c.Strict = true }, "audit.kind"},
		"a region of no binary":      {func(c *config.Config) { c.Regions["atlantis"] = c.Regions["dorset"] }, "regions.atlantis"},
		"plain text without a start": {func(c *config.Config) { c.Listen.PlainText, c.TLS = true, config.TLS{} }, "tls.cert_file"},
	} {
		t.Run(name, func(t *testing.T) {
			good := r.next
			write(t, r.folder, "dorset.secret", "new")
			r.change(tt.breaks)
			failed, _ := r.metric(t, `lhcr_reloads_total{result="failed"}`)
			err := r.Reload(t.Context())
			if err == nil || !strings.Contains(err.Error(), tt.key) || strings.Contains(err.Error(), "a secret") {
				t.Errorf("the error %v does not name %s", err, tt.key)
			}
			if !strings.Contains(r.log.String(), tt.key) {
				t.Errorf("the log does not name %s", tt.key)
			}
			if now, _ := r.metric(t, `lhcr_reloads_total{result="failed"}`); now == failed {
				t.Errorf("%s reloads have failed, as before", now)
			}
			if diff := cmp.Diff(map[string]string{"dorset": "old", "yorkshire": "old"}, r.secrets(t)); diff != "" {
				t.Errorf("something was taken over (-want +got):\n%s", diff)
			}
			r.next = good
			write(t, r.folder, "dorset.secret", "old")
		})
	}
}

func TestWhatTakesANewStartIsNamedAndNotTakenOver(t *testing.T) {
	r := startReloadable(t)
	r.change(func(c *config.Config) {
		c.Listen.GRPC, c.Limits.RequestSize, c.Cache.Memory, c.Timeouts.Call.Duration = "127.0.0.1:1", 8<<10, 1<<20, time.Second
		c.Timeouts.Drain.Duration = 2 * time.Second
	})
	r.mustReload(t)
	log := r.log.String()
	if want := `"keys":"cache.memory, limits.request_size, listen.grpc, timeouts.call"`; !strings.Contains(log, want) || !strings.Contains(log, "take a new start") {
		t.Errorf("the log lacks %s:\n%s", want, log)
	}
	if want := `"keys":"timeouts.drain"`; !strings.Contains(log, want) {
		t.Errorf("the log lacks %s", want)
	}
	if diff := cmp.Diff(map[string]string{"dorset": "old", "yorkshire": "old"}, r.secrets(t)); diff != "" {
		t.Error(diff)
	}
}

func TestTheGatewaysOwnCertificateIsTakenOverByBothDoors(t *testing.T) {
	r := startReloadable(t)
	open := r.records(t)
	if _, err := open.GetRecord(r.as(t), allergies()); err != nil {
		t.Fatal(err)
	}
	before := r.clientTLS(t, r.ca, "")
	next, err := pki.NewCA("next", func() time.Time { return time.Now().Add(time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	clients, err := pki.NewCA("suppliers", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	r.ca = next
	r.serverFiles(t, strings.TrimSuffix(r.config.TLS.CertFile, "/gateway.crt"))
	r.change(func(c *config.Config) { c.TLS.ClientCAFile = write(t, r.folder, "clients.crt", clients.CertPEM()) })
	expiry, _ := r.metric(t, `lhcr_certificate_expiry_timestamp_seconds{certificate="gateway"}`)
	r.mustReload(t)
	for name, tt := range map[string]struct {
		security *tls.Config
		want     bool
	}{
		"who trusts the new one and is known":     {r.clientTLS(t, clients, "supplier"), true},
		"who trusts the new one and is not known": {r.clientTLS(t, next, "supplier"), false},
		"who trusts the former one":               {before, false},
	} {
		if overGRPC, overREST := r.reaches(t, tt.security); overGRPC != tt.want || overREST != tt.want {
			t.Errorf("%s: gRPC answers %t, REST %t, want %t", name, overGRPC, overREST, tt.want)
		}
	}
	if _, err := open.GetRecord(r.as(t), allergies()); err != nil {
		t.Errorf("over the connection that was open: %v", err)
	}
	if now, ok := r.metric(t, `lhcr_certificate_expiry_timestamp_seconds{certificate="gateway"}`); !ok || now == expiry {
		t.Errorf("the certificate ends at %s, before at %s", now, expiry)
	}
}

func TestTheIssuersKeysAreTakenOver(t *testing.T) {
	r := startReloadable(t)
	old := r.as(t)
	if _, err := r.records(t).GetRecord(old, allergies()); err != nil {
		t.Fatal(err)
	}
	var err error
	if r.issuer, err = sandboxissuer.New(sandboxissuer.Config{Now: time.Now, Random: rand.Reader}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.records(t).GetRecord(r.as(t), allergies()); status.Code(err) != codes.Unauthenticated {
		t.Errorf("before the reload a token of the new keys: %v", err)
	}
	if _, err := r.issuer.WriteJWKS(strings.TrimSuffix(r.config.TLS.CertFile, "/gateway.crt")); err != nil {
		t.Fatal(err)
	}
	r.mustReload(t)
	if _, err := r.records(t).GetRecord(r.as(t), allergies()); err != nil {
		t.Errorf("a token of the new keys: %v", err)
	}
	if _, err := r.records(t).GetRecord(old, allergies()); status.Code(err) != codes.Unauthenticated {
		t.Errorf("a token of the keys that are gone: %v", err)
	}
}

func TestTheKeysOfTheCacheAreTakenOver(t *testing.T) {
	redis, keys := redistest.Start(t), newKeys(t)
	r := prepareReloadable(t)
	r.sharing(t, redis, keys)
	r.open(t)
	kept := func() bool {
		res, err := r.records(t).GetRecord(r.as(t), allergies())
		return err == nil && res.GetOutcomes()[0].GetFromCache() && res.GetOutcomes()[1].GetFromCache()
	}
	redistest.Await(t, "an answer that is kept", kept)
	content, err := os.ReadFile(keys)
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := seal.Rotate(content, rand.Reader, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	write(t, "", keys, string(rotated))
	r.mustReload(t)
	if !kept() {
		t.Error("what was kept under the former key is lost")
	}
	other, err := os.ReadFile(newKeys(t))
	if err != nil {
		t.Fatal(err)
	}
	write(t, "", keys, string(other))
	if err := r.Reload(t.Context()); err == nil || !strings.Contains(err.Error(), "cache.key_file") {
		t.Errorf("another index key is taken over: %v", err)
	}
	if !kept() {
		t.Error("after a reload that was refused what was kept is lost")
	}
}

// Calls go on while everything is replaced again and again.
func TestNoCallFailsWhileTheConfigurationChanges(t *testing.T) {
	r := startReloadable(t)
	records, ctx := r.records(t), r.called(t, sandboxissuer.Pharmacist())
	c := &callers{}
	c.start(4, func() error { return wholeRecord(records.GetRecord(ctx, allergies())) })
	for i := range 20 {
		write(t, r.folder, "dorset.secret", strings.Repeat("x", i+1))
		r.serverFiles(t, strings.TrimSuffix(r.config.TLS.CertFile, "/gateway.crt"))
		r.change(func(c *config.Config) { c.Guards.Queue = 64 + i })
		r.mustReload(t)
	}
	c.stop.Store(true)
	c.group.Wait()
	if err := c.failed.Load(); err != nil {
		t.Errorf("of %d calls one failed: %v", c.made.Load(), *err)
	}
}

// What a deployment replaces is taken over without anybody's asking.
func TestChangedFilesAreNoticed(t *testing.T) {
	r := prepareReloadable(t)
	r.opts.ConfigFile = write(t, r.folder, "lhcr.yaml", "one")
	r.config.Reload.Every.Duration = time.Second
	r.open(t)
	write(t, r.folder, "new", "new")
	if err := os.Rename(r.folder+"/new", r.folder+"/dorset.secret"); err != nil {
		t.Fatal(err)
	}
	redistest.Await(t, "the secret to be taken over", func() bool { return r.secrets(t)["dorset"] == "new" })
	r.change(func(c *config.Config) { c.Timeouts.Drain.Duration = 3 * time.Second })
	write(t, r.folder, "lhcr.yaml", "two")
	redistest.Await(t, "the configuration to be read again", func() bool { return strings.Contains(r.log.String(), "timeouts.drain") })
}

// A region that is left alone stays so when its adapter is made anew, and is asked
// again when its guards are.
func TestABreakerOutlivesItsAdapterAndNotItsPolicy(t *testing.T) {
	r := prepareReloadable(t)
	r.works.fails = true
	r.open(t)
	breaker := func() lhcrv1.BreakerState {
		health, err := lhcrv1.NewRegionServiceClient(r.conn(t)).ListRegionHealth(r.as(t), &lhcrv1.ListRegionHealthRequest{})
		if err != nil {
			t.Fatal(err)
		}
		return health.GetHealth()[0].GetBreaker()
	}
	number := 0
	redistest.Await(t, "the breaker to open", func() bool {
		number++
		if _, err := r.records(t).GetRecord(r.as(t), allergiesOf(number)); err != nil {
			t.Fatal(err)
		}
		return breaker() == lhcrv1.BreakerState_BREAKER_STATE_OPEN
	})
	write(t, r.folder, "dorset.secret", "new")
	r.mustReload(t)
	if got := breaker(); got != lhcrv1.BreakerState_BREAKER_STATE_OPEN {
		t.Errorf("with another adapter the breaker is %v", got)
	}
	r.change(func(c *config.Config) { c.Guards.Breaker.Calls = 11 })
	r.mustReload(t)
	if got := breaker(); got != lhcrv1.BreakerState_BREAKER_STATE_CLOSED {
		t.Errorf("with another policy the breaker is %v", got)
	}
}
