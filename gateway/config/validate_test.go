package config

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// relaxed is valid under strict: false, and only there.
func relaxed() *Config {
	c := Default()
	c.Strict = false
	c.TLS = TLS{CertFile: "gateway.crt", KeyFile: "gateway.key"}
	c.Auth.Issuer, c.Auth.Audience, c.Auth.JWKSFile = "https://issuer.example", "gateway", "keys.json"
	c.Regions = map[string]Region{"dorset": {Enabled: true, System: System{BaseURL: "https://dorset.example/r4"}}}
	return c
}

func TestWhatIsWrongNamesItsKey(t *testing.T) {
	tests := map[string]struct {
		change func(*Config)
		want   []string
	}{
		"nothing":                 {func(*Config) {}, nil},
		"no grpc address":         {func(c *Config) { c.Listen.GRPC = "" }, []string{"listen.grpc"}},
		"address without port":    {func(c *Config) { c.Listen.REST = "localhost" }, []string{"listen.rest"}},
		"address with a name":     {func(c *Config) { c.Listen.REST = "localhost:https" }, []string{"listen.rest"}},
		"the same address twice":  {func(c *Config) { c.Listen.REST = c.Listen.GRPC }, []string{"listen.rest"}},
		"any free port twice":     {func(c *Config) { c.Listen.REST, c.Listen.GRPC = "127.0.0.1:0", "127.0.0.1:0" }, nil},
		"no REST and no metrics":  {func(c *Config) { c.Listen.REST, c.Listen.Metrics = "", "" }, nil},
		"no certificate":          {func(c *Config) { c.TLS = TLS{} }, []string{"tls.cert_file", "tls.key_file"}},
		"plain text and TLS":      {func(c *Config) { c.Listen.PlainText = true }, []string{"listen.plain_text"}},
		"no issuer":               {func(c *Config) { c.Auth = Auth{} }, []string{"auth.audience", "auth.issuer", "auth.jwks_file", "auth.max_lifetime"}},
		"tokens of any life":      {func(c *Config) { c.Auth.MaxLifetime.Duration = 0 }, []string{"auth.max_lifetime"}},
		"half an issuer":          {func(c *Config) { c.Auth.JWKSFile, c.Auth.AllowUnauthenticated = "", true }, []string{"auth.jwks_file"}},
		"nobody needs a token":    {func(c *Config) { c.Auth = Auth{AllowUnauthenticated: true} }, nil},
		"symmetric signature":     {func(c *Config) { c.Auth.Algorithms = []string{"ES256", "HS256", "none"} }, []string{"auth.algorithms[1]", "auth.algorithms[2]"}},
		"skew":                    {func(c *Config) { c.Auth.Skew.Duration = time.Hour }, []string{"auth.skew"}},
		"no region":               {func(c *Config) { c.Regions = nil }, []string{"regions"}},
		"no region enabled":       {func(c *Config) { c.Regions["dorset"] = Region{} }, []string{"regions"}},
		"region id":               {func(c *Config) { c.Regions["Dorset"] = c.Regions["dorset"] }, []string{"regions.Dorset"}},
		"plain http":              {region(func(r *Region) { r.BaseURL = "http://dorset.example" }), []string{"regions.dorset.base_url"}},
		"credentials in address":  {region(func(r *Region) { r.TokenURL = "https://me:secret@dorset.example" }), []string{"regions.dorset.token_url"}},
		"no host":                 {region(func(r *Region) { r.BaseURL = "https:///r4" }), []string{"regions.dorset.base_url"}},
		"certificate without key": {region(func(r *Region) { r.CertFile = "a" }), []string{"regions.dorset.cert_file"}},
		"two secrets":             {region(func(r *Region) { r.ClientSecret, r.ClientSecretFile = "a", "b" }), []string{"regions.dorset.client_secret_file"}},
		"key id without key":      {region(func(r *Region) { r.SigningKeyID = "a" }), []string{"regions.dorset.signing_key_id"}},
		"region timeout":          {region(func(r *Region) { r.Timeout.Duration = time.Hour }), []string{"regions.dorset.timeout"}},
		"allowed hosts":           {region(func(r *Region) { r.AllowHosts = []string{"a.example:443", "b.example", ":443"} }), []string{"regions.dorset.allow_hosts[1]", "regions.dorset.allow_hosts[2]"}},
		"checks too often":        {func(c *Config) { c.Health.Every.Duration = time.Second }, []string{"health.every"}},
		"checks too seldom":       {func(c *Config) { c.Health.Every.Duration = 2 * time.Hour }, []string{"health.every"}},
		"no checks":               {func(c *Config) { c.Health.Every.Duration = 0 }, nil},
		"disabled and unfinished": {func(c *Config) { c.Regions["wessex"] = Region{} }, nil},
		"organisation":            {func(c *Config) { c.Organisations = map[string][]string{"fa1": {"dorset"}, "FA1A1": nil} }, []string{"organisations.FA1A1", "organisations.fa1"}},
		"supplier":                {func(c *Config) { c.Suppliers = map[string][]string{"a b": {"dorset"}, "c": {"No"}} }, []string{"suppliers.a b", "suppliers.c[0]"}},
		"limits":                  {func(c *Config) { c.Limits = Limits{} }, []string{"limits.concurrent_calls", "limits.concurrent_streams", "limits.region_response_size", "limits.request_size"}},
		"timeouts":                {func(c *Config) { c.Timeouts = Timeouts{} }, []string{"timeouts.call", "timeouts.drain", "timeouts.region"}},
		"audit":                   {func(c *Config) { c.Audit.Kind = "none" }, []string{"audit.kind"}},
		"log":                     {func(c *Config) { c.Telemetry.Log = Log{} }, []string{"telemetry.log.format", "telemetry.log.level"}},
		"traces":                  {func(c *Config) { c.Telemetry.OTLP = OTLP{Endpoint: "collector", PlainText: true, CAFile: "a"} }, []string{"telemetry.otlp.endpoint", "telemetry.otlp.plain_text"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := relaxed()
			test.change(c)
			var got []string
			if err := c.Validate(); err != nil {
				for _, p := range err.(Problems) {
					got = append(got, p.Key)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("keys blamed (-want +got):\n%s", diff)
			}
		})
	}
}

func region(change func(*Region)) func(*Config) {
	return func(c *Config) {
		r := c.Regions["dorset"]
		change(&r)
		c.Regions["dorset"] = r
	}
}

// Each weakening needs strict: false, and is said then.
func TestStrictRefusesEachRelaxation(t *testing.T) {
	const audit = "audit.kind: the audit is written to the log and is not durable"
	tests := map[string]struct {
		change func(*Config)
		want   []string
	}{
		"the audit alone": {func(*Config) {}, []string{audit}},
		"plain text":      {func(c *Config) { c.Listen.PlainText, c.TLS = true, TLS{} }, []string{"listen.plain_text: gRPC and REST are served without TLS", audit}},
		"metrics":         {func(c *Config) { c.Listen.Metrics = ":9464" }, []string{"listen.metrics: metrics are served without TLS on an address other than loopback", audit}},
		"local metrics":   {func(c *Config) { c.Listen.Metrics = "[::1]:9464" }, []string{audit}},
		"unauthenticated": {func(c *Config) { c.Auth.AllowUnauthenticated = true }, []string{"auth.allow_unauthenticated: calls without a token are taken", audit}},
		"an adapter": {
			func(c *Config) {
				c.Regions["far"] = Region{Enabled: true, Adapter: Adapter{Target: "far.example:1", PlainText: true}}
				c.Regions["near"] = Region{Enabled: true, Adapter: Adapter{Target: "127.0.0.1:1", PlainText: true}}
			},
			[]string{"regions.far.adapter.plain_text: the adapter is reached without TLS on an address other than loopback", audit},
		},
		"sandbox": {func(c *Config) { c.Sandbox = true }, []string{"sandbox: the regions are simulated", audit}},
		"traces":  {func(c *Config) { c.Telemetry.OTLP = OTLP{Endpoint: "c.example:4317", PlainText: true} }, []string{audit, "telemetry.otlp.plain_text: traces are sent without TLS"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := relaxed()
			test.change(c)
			if err := c.Validate(); err != nil {
				t.Fatalf("with strict: false: %v", err)
			}
			if diff := cmp.Diff(test.want, c.Relaxations()); diff != "" {
				t.Errorf("relaxations (-want +got):\n%s", diff)
			}
			c.Strict = true
			if got := len(problemsOf(t, c.Validate())); got != len(test.want) {
				t.Errorf("strict: true blames %d keys, want %d: %v", got, len(test.want), c.Validate())
			}
		})
	}
}

func TestTheDefaultsAreStrict(t *testing.T) {
	if !Default().Strict {
		t.Error("the default is not strict")
	}
	if _, err := Load("", noEnvironment); err == nil {
		t.Error("the defaults alone are taken: they name no issuer, certificate or region")
	}
}

func FuzzConfig(f *testing.F) {
	f.Add(Example())
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]\n? {b: c}\n: d\n<<: *a\n"))
	f.Add([]byte("regions:\n  dorset:\n    codes: {1: 2, 1: 3}\n--- !!str x\n"))
	f.Fuzz(func(t *testing.T, source []byte) {
		c, err := Parse(source, noEnvironment)
		if (c == nil) == (err == nil) {
			t.Fatalf("configuration %v and error %v", c != nil, err)
		}
		if err != nil {
			return
		}
		if err := c.Validate(); err != nil {
			t.Errorf("what was parsed does not validate: %v", err)
		}
	})
}
