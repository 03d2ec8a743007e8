package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func noEnvironment(string) string { return "" }

func environ(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

// small is the least that is valid under strict: false.
const small = `strict: false
listen: {plain_text: true}
auth: {issuer: https://issuer.example, audience: gateway, jwks_file: keys.json}
regions:
  dorset:
    base_url: https://dorset.example/r4
`

func problemsOf(t *testing.T, err error) []string {
	t.Helper()
	var problems Problems
	if err != nil && !errors.As(err, &problems) {
		t.Fatalf("the error is %T, want Problems: %v", err, err)
	}
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.String())
	}
	return lines
}

func TestTheExampleLoadsAndValidates(t *testing.T) {
	c, err := Parse(Example(), noEnvironment)
	if err != nil {
		t.Fatalf("the example does not load: %v\n%s", err, Example())
	}
	if c.Strict {
		t.Error("the example is strict, which no audit allows yet")
	}
	want := Default()
	if diff := cmp.Diff(want.Limits, c.Limits); diff != "" {
		t.Errorf("the example's limits are not the defaults (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Timeouts, c.Timeouts); diff != "" {
		t.Errorf("the example's timeouts are not the defaults (-want +got):\n%s", diff)
	}
	r := c.Regions["dorset"]
	if len(r.Codes)+len(r.Addresses)+len(r.SecretFiles)+len(r.Systems) > 0 {
		t.Error("the example gives its region what that region does not have")
	}
}

func TestTheExampleCommentsEveryKey(t *testing.T) {
	lines := strings.Split(string(Example()), "\n")
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		if trimmed == "" || strings.HasPrefix(trimmed, "#") || strings.HasPrefix(trimmed, "dorset:") ||
			strings.HasPrefix(trimmed, "FA1A1:") || strings.HasPrefix(trimmed, "example-pmr:") {
			continue
		}
		if above := strings.TrimSpace(lines[i-1]); !strings.HasPrefix(above, "# ") || len(above) < 10 {
			t.Errorf("line %d, %q, has no comment above it", i+1, line)
		}
	}
}

func TestFileOverDefaultsAndEnvironmentOverBoth(t *testing.T) {
	source := small + "limits: {request_size: 64KiB}\ntimeouts: {call: 3s}\n"
	c, err := Parse([]byte(source), environ(map[string]string{
		"LHCR_TIMEOUTS_CALL":                 "1500ms",
		"LHCR_LISTEN_REST":                   "127.0.0.1:0",
		"LHCR_REGIONS_DORSET_CLIENT_SECRET":  "from the environment",
		"LHCR_REGIONS_DORSET_ALLOW_HOSTS":    "a.example:443, b.example:8443",
		"LHCR_LIMITS_CONCURRENT_STREAMS":     "7",
		"LHCR_AUTH_ALLOW_UNAUTHENTICATED":    "true",
		"LHCR_TELEMETRY_LOG_LEVEL":           "debug",
		"LHCR_REGIONS_YORKSHIRE_CLIENT_ID":   "a region that is not in the file",
		"LHCR_TELEMETRY_OTLP_PLAIN_TEXT":     "",
		"LHCR_REGIONS_DORSET_SIGNING_KEY_ID": "",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := Default()
	want.Strict = false
	want.Listen.PlainText, want.Listen.REST = true, "127.0.0.1:0"
	want.Auth = Auth{Issuer: "https://issuer.example", Audience: "gateway", JWKSFile: "keys.json", Skew: want.Auth.Skew, MaxLifetime: want.Auth.MaxLifetime, AllowUnauthenticated: true}
	want.Regions = map[string]Region{"dorset": {
		Enabled: true, System: System{
			BaseURL: "https://dorset.example/r4", ClientSecret: "from the environment",
			AllowHosts: []string{"a.example:443", "b.example:8443"},
		},
	}}
	want.Limits.RequestSize, want.Limits.ConcurrentStreams = 64<<10, 7
	want.Timeouts.Call.Duration = 1500 * time.Millisecond
	want.Telemetry.Log.Level = "debug"
	if diff := cmp.Diff(want, c, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestWhatCannotBeReadNamesKeyAndLine(t *testing.T) {
	tests := map[string]struct {
		source string
		want   []string
	}{
		"unknown key": {"strict: false\nlissten: {}\n", []string{
			"line 2: lissten: unknown key; the keys here are strict, sandbox, listen, tls, auth, regions, directory, organisations, suppliers, health, cache, guards, limits, timeouts, audit, telemetry, reload"}},
		"unknown key of a region, with a secret": {"regions:\n  dorset:\n    client_secret: hunter2\n", []string{
			"line 3: regions.dorset.client_secret: unknown key; the keys here are enabled, base_url, token_url, addresses, client_id, client_secret_file, secret_files, ca_file, cert_file, key_file, signing_key_file, signing_key_id, signing_cert_file, codes, allow_hosts, systems, adapter, timeout, guards"}},
		"all at once": {"strict: perhaps\ntimeouts:\n  call: 10\nlimits:\n  request_size: lots\n  concurrent_streams: many\n", []string{
			"line 1: strict: want true or false",
			"line 3: timeouts.call: want a duration with its unit, such as 10s, 1500ms or 2m",
			"line 5: limits.request_size: want a size in bytes, such as 4096, 256KiB or 4MiB",
			"line 6: limits.concurrent_streams: want a whole number"}},
		"key twice":              {"listen:\n  grpc: \":1\"\n  grpc: \":2\"\n", []string{"line 3: listen.grpc: the key stands here twice"}},
		"value for keys":         {"listen: 127.0.0.1:1\n", []string{"line 1: listen: want keys with values"}},
		"keys for a value":       {"strict: {a: b}\n", []string{"line 1: strict: want one value"}},
		"value for a list":       {"organisations:\n  FA1A1: dorset\n", []string{"line 2: organisations.FA1A1: want a list"}},
		"list in a list":         {"organisations:\n  FA1A1: [[dorset]]\n", []string{"line 2: organisations.FA1A1[0]: want one value"}},
		"not YAML":               {"listen: [\n", []string{"line 1: the file is not YAML from here on"}},
		"two documents":          {"strict: false\n---\nstrict: true\n", []string{"line 3: want one document, not several"}},
		"alias":                  {"sandbox: &a true\nstrict: *a\n", []string{"line 1: sandbox: want one value", "line 2: strict: want one value"}},
		"merge":                  {"listen:\n  <<: {grpc: \":1\"}\n", []string{"line 2: listen: want plain keys: merges, anchors and the like are not read"}},
		"negative time and size": {"timeouts: {call: -1s}\nlimits: {request_size: -1}\n", []string{"line 1: timeouts.call: want a duration with its unit, such as 10s, 1500ms or 2m", "line 2: limits.request_size: want a size in bytes, such as 4096, 256KiB or 4MiB"}},
		"size beyond bounds":     {"limits: {request_size: 9000000000GiB}\n", []string{"line 1: limits.request_size: want a size in bytes, such as 4096, 256KiB or 4MiB"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(test.source), noEnvironment)
			if diff := cmp.Diff(test.want, problemsOf(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAVariableThatCannotBeReadIsNamed(t *testing.T) {
	_, err := Parse([]byte(small), environ(map[string]string{"LHCR_TIMEOUTS_DRAIN": "soon", "LHCR_STRICT": "TRUE"}))
	want := []string{
		"strict: the variable LHCR_STRICT: want true or false",
		"timeouts.drain: the variable LHCR_TIMEOUTS_DRAIN: want a duration with its unit, such as 10s, 1500ms or 2m",
	}
	if diff := cmp.Diff(want, problemsOf(t, err)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// A variable that is misspelt would silently set nothing.
func TestAVariableOfNoKeyIsNamedWithThoseNearIt(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lhcr.yaml")
	if err := os.WriteFile(file, []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		set  string
		want []string
	}{
		"misspelt": {"LHCR_LISTN_GRPC", []string{"the variable LHCR_LISTN_GRPC: no key has this variable; near it are LHCR_LISTEN_GRPC"}},
		"of a region that is not there": {"LHCR_REGIONS_YORKSHIRE_CLIENT_SECRET",
			[]string{"the variable LHCR_REGIONS_YORKSHIRE_CLIENT_SECRET: no key has this variable: a region, and each name below it, must stand in the file for its variables to be known"}},
		"like none":              {"LHCR_SUNSHINE", []string{`the variable LHCR_SUNSHINE: no key has this variable: take it out, or compare "lhcr config example"`}},
		"of a key":               {"LHCR_LISTEN_GRPC", nil},
		"of a region's secret":   {"LHCR_REGIONS_DORSET_CLIENT_SECRET", nil},
		"of an orchestrator":     {"LHCR_GATEWAY_SERVICE_PORT_GRPC", nil},
		"of a container's links": {"LHCR_PORT_7443_TCP_ADDR", nil},
		"of another program":     {"LHCRX_LISTN", nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Read(file, environ(map[string]string{test.set: "127.0.0.1:1"}), []string{test.set + "=127.0.0.1:1", "PATH=/bin", "LHCR_EMPTY="})
			if diff := cmp.Diff(test.want, problemsOf(t, err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestValuesStayAsWritten(t *testing.T) {
	source := small + "organisations:\n  1E500: [dorset]\n  \"00123\": [dorset]\n  010: [dorset]\n"
	c, err := Parse([]byte(source), noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"1E500": {"dorset"}, "00123": {"dorset"}, "010": {"dorset"}}
	if diff := cmp.Diff(want, c.Organisations); diff != "" {
		t.Errorf("organisations (-want +got):\n%s", diff)
	}
}

func TestFilesAreRelativeToTheConfigurationsFolder(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "lhcr.yaml")
	source := small + "    client_secret_file: secrets/dorset\n    ca_file: /etc/ca.pem\n"
	if err := os.WriteFile(path, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Load(path, noEnvironment)
	if err != nil {
		t.Fatal(err)
	}
	r := c.Regions["dorset"]
	got := []string{c.Auth.JWKSFile, r.ClientSecretFile, r.CAFile, r.CertFile}
	want := []string{filepath.Join(folder, "keys.json"), filepath.Join(folder, "secrets/dorset"), "/etc/ca.pem", ""}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	err = c.CheckFiles()
	if got := problemsOf(t, err); len(got) != 3 || !strings.HasPrefix(got[0], "auth.jwks_file: ") || !strings.HasPrefix(got[1], "regions.dorset.ca_file: ") {
		t.Errorf("files that cannot be read: %q", got)
	}
}

func TestSecretsComeFromFilesOrTheEnvironment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		region Region
		want   string
	}{
		"file":        {Region{System: System{ClientSecretFile: path}}, "hush"},
		"environment": {Region{System: System{ClientSecret: "quiet"}}, "quiet"},
		"neither":     {Region{}, ""},
	}
	for name, test := range tests {
		got, err := test.region.Secret()
		if err != nil || got.Reveal() != test.want {
			t.Errorf("%s: the secret is not the one given (%v)", name, err)
		}
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte(" \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (System{ClientSecretFile: empty}).Secret(); err == nil {
		t.Error("an empty secret file is taken")
	}
}

func TestAFileTooLargeIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.yaml")
	if err := os.WriteFile(path, []byte(strings.Repeat("# comment\n", 110_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, noEnvironment); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("error %v, want one about the size", err)
	}
}
