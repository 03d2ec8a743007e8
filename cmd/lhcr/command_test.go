package main

import (
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protojson"
)

func TestExitCodes(t *testing.T) {
	tests := map[string]struct {
		args []string
		want int
	}{
		"help":                      {[]string{"--help"}, exitDone},
		"help of a command":         {[]string{"record", "get", "--help"}, exitDone},
		"version":                   {[]string{"version"}, exitDone},
		"nothing":                   {nil, exitUsage},
		"unknown command":           {[]string{"frobnicate"}, exitUsage},
		"unknown flag":              {[]string{"version", "--frob"}, exitUsage},
		"no patient":                {[]string{"record", "get", "--target", "localhost:1"}, exitUsage},
		"no target":                 {[]string{"record", "get", "--nhs-number", "9990000018"}, exitUsage},
		"two patients":              {[]string{"record", "get", "--nhs-number", "9990000018", "--nhs-number-file", "-"}, exitUsage},
		"unknown section":           {[]string{"record", "get", "--nhs-number", "9990000018", "--target", "x", "--section", "spleen"}, exitUsage},
		"bad date":                  {[]string{"record", "get", "--nhs-number", "9990000018", "--target", "x", "--from", "yesterday"}, exitUsage},
		"one region and all":        {[]string{"record", "get", "--nhs-number", "9990000018", "--target", "x", "--region", "dorset", "--all-regions"}, exitUsage},
		"demo of no NHS number":     {[]string{"demo", "--once", "--nhs-number", "123"}, exitUsage},
		"gateway out of reach":      {[]string{"record", "get", "--nhs-number", "9990000018", "--target", "127.0.0.1:1", "--insecure"}, exitFailed},
		"inspect of nothing":        {[]string{"inspect"}, exitUsage},
		"inspect as another region": {[]string{"inspect", "--region", "atlantis", "x.json"}, exitUsage},
		"no configuration":          {[]string{"serve", "--config", "/nowhere/lhcr.yaml"}, exitFailed},
		"resolve by nothing":        {[]string{"regions", "resolve"}, exitUsage},
		"resolve by two":            {[]string{"regions", "resolve", "Dorset", "--ods", "FA123"}, exitUsage},
		"addresses of two":          {[]string{"network", "list", "--config", "x", "--target", "y"}, exitUsage},
		"addresses of nobody":       {[]string{"network", "list", "nowhere"}, exitUsage},
		"a check of nothing":        {[]string{"network", "check"}, exitUsage},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := lhcr(t, "", test.args...)
			if got.code != test.want {
				t.Errorf("exit code %d, want %d; standard error:\n%s", got.code, test.want, got.err)
			}
			if test.want != exitDone && (got.out != "" || got.err == "") {
				t.Errorf("a failure wrote %q to standard output and %q to standard error", got.out, got.err)
			}
		})
	}
}

// An NHS number in the wrong place must not come back in the words of an error.
func TestNoErrorRepeatsAnNHSNumber(t *testing.T) {
	const number = "9990000018"
	file := filepath.Join(t.TempDir(), "number")
	if err := os.WriteFile(file, []byte("999000001\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string][]string{
		"as a command":          {number},
		"as an argument":        {"record", "get", number},
		"as a flag":             {"record", "get", "--" + number},
		"as another flag":       {"record", "get", "--format", number},
		"as a section":          {"record", "get", "--target", "x", "--nhs-number", number, "--section", number},
		"as a region":           {"inspect", "--region", number, "x"},
		"as a date":             {"record", "get", "--target", "x", "--nhs-number", number, "--from", number},
		"as a file that is not": {"record", "get", "--target", "x", "--nhs-number-file", number},
		"as a duration":         {"record", "get", "--nhs-number", number, "--timeout", number + "x"},
		"wrong, in a file":      {"demo", "--once", "--nhs-number-file", file},
	}
	for name, args := range tests {
		t.Run(name, func(t *testing.T) {
			got := lhcr(t, "", args...)
			if got.code == exitDone {
				t.Fatal("it was taken")
			}
			mustNotSay(t, got.out+got.err, number, "999000001")
		})
	}
}

func TestHelpNamesTheExitCodesAndEveryCommand(t *testing.T) {
	help := lhcr(t, "", "--help").out
	mustSay(t, help, "Exit codes: 0", "demo", "serve", "config check", "config example", "record get", "record stream", "document get",
		"regions list", "regions resolve", "inspect", "proto export", "version")
}

func TestVersionAsJSONNamesTheContract(t *testing.T) {
	var got versionInfo
	if err := json.Unmarshal([]byte(lhcr(t, "", "version", "--format", "json").out), &got); err != nil || got.Contract != "v1" || got.Version == "" {
		t.Errorf("%+v, error %v", got, err)
	}
	mustSay(t, lhcr(t, "", "version").out, "contract v1")
}

func TestConfigExampleIsWhatConfigCheckTakesButForItsFiles(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "lhcr.yaml")
	if err := os.WriteFile(file, []byte(lhcr(t, "", "config", "example").out), 0o600); err != nil {
		t.Fatal(err)
	}
	got := lhcr(t, "", "config", "check", file)
	if got.code != exitFailed || !strings.Contains(got.err, "auth.jwks_file") {
		t.Errorf("exit code %d with files that are not there:\n%s", got.code, got.err)
	}
	writeFilesOfTheExample(t, folder)
	if got := lhcr(t, "", "config", "check", file); got.code != exitDone || !strings.Contains(got.out, "in order") {
		t.Errorf("exit code %d:\n%s", got.code, got.err)
	}
}

// writeFilesOfTheExample writes what the example's configuration names.
func writeFilesOfTheExample(t *testing.T, folder string) {
	t.Helper()
	authority, err := pki.NewCA("Authority of a test", testDay)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := authority.Server()
	if err != nil {
		t.Fatal(err)
	}
	key, err := pki.PrivateKeyPEM(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	chain := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]}))
	issuer, err := sandboxissuer.New(sandboxissuer.Config{Now: testDay, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := issuer.WriteJWKS(folder); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"gateway.crt": chain, "gateway.key": key, "dorset-subscription.secret": "hush", "dorset.secret": "hush", "dorset-client.crt": chain, "dorset-client.key": key,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What check says is in order, serve serves; what serve would refuse, check names, all of
// it, each line by file and key.
func TestConfigCheckNamesWhatServeWouldRefuse(t *testing.T) {
	file := deployed(t)
	if got := lhcr(t, "", "config", "check", file); got.code != exitDone {
		t.Fatalf("exit code %d:\n%s", got.code, got.err)
	}
	wrong := plain + `  atlantis: {base_url: "https://atlantis.invalid/r4"}
organisations: {FZZ99: [lyonesse]}
timeouts: {drain: 0s}
`
	for path, content := range map[string]string{file: wrong, filepath.Join(filepath.Dir(file), "issuer.jwks.json"): `{"keys": []}`} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range [][]string{{"config", "check", file}, {"serve", "--config", file}} {
		got := lhcr(t, "", command...)
		if got.code != exitFailed || got.out != "" {
			t.Errorf("exit code %d", got.code)
		}
		for _, key := range []string{"auth.jwks_file: ", "organisations.FZZ99: lyonesse", "regions.atlantis: ", "timeouts.drain: "} {
			mustSay(t, got.err, filepath.Base(file)+": "+key) // its folder's digits are scrubbed
		}
	}
}

func TestAMissingConfigurationIsNamedOnce(t *testing.T) {
	got := lhcr(t, "", "serve", "--config", "/nowhere/lhcr.yaml")
	if want := "lhcr: the configuration cannot be read: open /nowhere/lhcr.yaml: no such file or directory\n"; got.err != want {
		t.Errorf("it says %q, want %q", got.err, want)
	}
}

func TestAVariableOfNoKeyIsNamed(t *testing.T) {
	file := deployed(t)
	var out, errs output
	c := &console.Console{In: strings.NewReader(""), Out: &out, Err: &errs, Width: 120}
	c.Getenv = func(name string) string {
		return map[string]string{"LHCR_LISTN_GRPC": ":1", "LHCR_TARGET": "x", "LHCR_TESTDATA": "/x"}[name]
	}
	c.Environ = []string{"LHCR_LISTN_GRPC=:1", "LHCR_TARGET=x", "LHCR_TESTDATA=/x"}
	if code := run(t.Context(), []string{"config", "check", file}, c); code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	mustSay(t, errs.String(), "LHCR_LISTN_GRPC", "LHCR_LISTEN_GRPC")
	mustNotSay(t, errs.String(), "LHCR_TARGET", "LHCR_TESTDATA")
}

func TestConfigCheckNamesTheLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lhcr.yaml")
	if err := os.WriteFile(file, []byte("strict: false\nlissen: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := lhcr(t, "", "config", "check", file)
	if got.code != exitFailed {
		t.Errorf("exit code %d", got.code)
	}
	mustSay(t, got.err, "line 2", "lissen")
}

func TestRegionsAreListedWithoutAServer(t *testing.T) {
	var got lhcrv1.ListRegionsResponse
	if err := protojson.Unmarshal([]byte(lhcr(t, "", "regions", "list", "--format", "json").out), &got); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, r := range got.GetRegions() {
		ids = append(ids, r.GetRegionId())
	}
	if !slices.IsSorted(ids) || len(ids) != len(members()) {
		t.Errorf("%d regions and names were built in, listed are %v", len(members()), ids)
	}
	mustSay(t, lhcr(t, "", "regions", "list").out, "Dorset Care Record", "assumed", "Yorkshire & Humber Care Record", "stands for chie, dorset")
}

func TestRegionsAreResolvedWithoutAServer(t *testing.T) {
	mustSay(t, lhcr(t, "", "regions", "resolve", "--lpc", "community pharmacy west yorkshire").out, "yorkshire")
	mustSay(t, lhcr(t, "", "regions", "resolve", "Dorset LPC").out, "dorset, wessex", "stands for chie and dorset")
	mustSay(t, lhcr(t, "", "regions", "resolve", "Wessex").out, "wessex\n", "chie and dorset")
	mustSay(t, lhcr(t, "", "regions", "resolve", "West Yorkshir LPC").out, "no region is known", "Did you mean Community Pharmacy West Yorkshire?")
	public := filepath.Join(t.TempDir(), "edispensary.csv")
	if err := os.WriteFile(public, []byte("FZZ01,\"THE CORNER\",Y63,QWO,,,,,,,,,\nFZZ02\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	placed := lhcr(t, "", "regions", "resolve", "--ods", "fzz01", "--ods-file", public)
	mustSay(t, placed.out, "yorkshire", "NHS West Yorkshire Integrated Care Board (QWO)")
	mustSay(t, placed.err, "1 rows could not be read", "line 2")
	unknown := lhcr(t, "", "regions", "resolve", "--ods", "FA000")
	if unknown.code != exitDone {
		t.Errorf("an organisation that is not known: exit code %d", unknown.code)
	}
	mustSay(t, unknown.out, "no region is known", "configuration")
}

func TestProtoExportListsWhatItWrote(t *testing.T) {
	folder := t.TempDir()
	got := lhcr(t, "", "proto", "export", folder)
	if got.code != exitDone {
		t.Fatal(got.err)
	}
	for path := range strings.Lines(got.out) {
		if _, err := os.Stat(filepath.Join(folder, strings.TrimSpace(path))); err != nil {
			t.Error(err)
		}
	}
	mustSay(t, got.out, "lhcr/v1/record_service.proto", "lhcr.binpb")
}
