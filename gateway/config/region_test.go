package config

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/openlhcr/openlhcr/adapters"
)

// composite is a region of two systems, with everything that a region can have.
const composite = small + `  greater-manchester:
    base_url: https://gm.example/stu3
    addresses: {index: https://index.gm.example/pix}
    secret_files:
      subscription-key:
      password: gm.password
    codes: {username: someone}
    systems:
      documents:
        base_url: https://docs.gm.example/mhd
        addresses: {repository: https://repo.gm.example}
        secret_files: {api-key: docs.key}
        signing_key_file: docs.key
        signing_cert_file: docs.crt
        codes: {scheme: a}
        allow_hosts: [files.gm.example:8443]
`

// greaterManchester is what stands there.
func greaterManchester() Region {
	return Region{
		Enabled: true,
		System: System{
			BaseURL: "https://gm.example/stu3", Addresses: map[string]string{"index": "https://index.gm.example/pix"},
			SecretFiles: map[string]string{"subscription-key": "", "password": "gm.password"},
			Secrets:     map[string]adapters.Secret{"subscription-key": "hush"}, Codes: map[string]string{"username": "someone"},
		},
		Systems: map[string]System{"documents": {
			BaseURL: "https://docs.gm.example/mhd", Addresses: map[string]string{"repository": "https://repo.gm.example"},
			SecretFiles: map[string]string{"api-key": "docs.key"}, SigningKeyFile: "docs.key", SigningCertFile: "docs.crt",
			Codes: map[string]string{"scheme": "a"}, AllowHosts: []string{"files.gm.example:8443"},
		}},
	}
}

func TestARegionCanHaveSeveralSystemsAddressesAndSecrets(t *testing.T) {
	const prefix = "LHCR_REGIONS_GREATER_MANCHESTER_"
	tests := map[string]struct {
		variables map[string]string
		change    func(*Region)
	}{
		"as the file says": {nil, func(*Region) {}},
		"an address":       {map[string]string{"ADDRESSES_INDEX": "https://other.example"}, func(r *Region) { r.Addresses["index"] = "https://other.example" }},
		"a code":           {map[string]string{"CODES_USERNAME": "else"}, func(r *Region) { r.Codes["username"] = "else" }},
		"a secret's file":  {map[string]string{"SECRET_FILES_PASSWORD": "new"}, func(r *Region) { r.SecretFiles["password"] = "new" }},
		"of another system": {
			map[string]string{"SYSTEMS_DOCUMENTS_CLIENT_SECRET": "quiet", "SYSTEMS_DOCUMENTS_ADDRESSES_REPOSITORY": "https://new.example", "SYSTEMS_DOCUMENTS_ALLOW_HOSTS": "a.example:1"},
			func(r *Region) {
				s := r.Systems["documents"]
				s.ClientSecret, s.AllowHosts = "quiet", []string{"a.example:1"}
				s.Addresses["repository"] = "https://new.example"
				r.Systems["documents"] = s
			},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			variables := map[string]string{prefix + "SECRETS_SUBSCRIPTION_KEY": "hush"}
			for name, value := range tt.variables {
				variables[prefix+name] = value
			}
			c, err := Parse([]byte(composite), environ(variables))
			if err != nil {
				t.Fatal(err)
			}
			want := greaterManchester()
			tt.change(&want)
			if diff := cmp.Diff(want, c.Regions["greater-manchester"], cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("region (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheVariablesOfWhatStandsInTheFileAreKnown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "lhcr.yaml")
	if err := os.WriteFile(file, []byte(composite), 0o600); err != nil {
		t.Fatal(err)
	}
	const prefix = "LHCR_REGIONS_GREATER_MANCHESTER_"
	for name, known := range map[string]bool{
		"SECRETS_SUBSCRIPTION_KEY": true, "SECRETS_PASSWORD": true, "SYSTEMS_DOCUMENTS_SECRETS_API_KEY": true,
		"ADDRESSES_INDEX": true, "SYSTEMS_DOCUMENTS_BASE_URL": true, "ADAPTER_TARGET": true,
		"SECRETS_ELSE": false, "SYSTEMS_IMAGES_BASE_URL": false, "ADDRESSES_ELSE": false,
	} {
		_, err := Read(file, environ(map[string]string{prefix + name: "x"}), []string{prefix + name})
		if got := err == nil; got != known {
			t.Errorf("%s: known %v (%v)", name, got, err)
		}
	}
}

func TestWhatIsWrongWithASystemNamesItsKey(t *testing.T) {
	part := func(change func(*System)) func(*Region) {
		return func(r *Region) {
			s := r.Systems["documents"]
			change(&s)
			r.Systems["documents"] = s
		}
	}
	tests := map[string]struct {
		change func(*Region)
		want   []string
	}{
		"nothing":                   {func(*Region) {}, nil},
		"plain http":                {func(r *Region) { r.Addresses["index"] = "http://index.example" }, []string{"addresses.index"}},
		"credentials in an address": {func(r *Region) { r.Addresses["index"] = "https://a:b@index.example" }, []string{"addresses.index"}},
		"an address with a key": {func(r *Region) {
			r.Addresses = map[string]string{"record": "https://a.example", "token": "https://a.example", "other": "https://a.example"}
		}, []string{"addresses.other", "addresses.record", "addresses.token"}},
		"a name that is none":          {func(r *Region) { r.Addresses["Index 1"] = "https://a.example" }, []string{"addresses.Index 1"}},
		"no address at all":            {func(r *Region) { r.BaseURL, r.Addresses = "", nil }, []string{"base_url"}},
		"further addresses alone":      {func(r *Region) { r.BaseURL = "" }, nil},
		"a secret from nowhere":        {func(r *Region) { r.Secrets = nil }, []string{"secret_files.subscription-key"}},
		"a secret twice":               {func(r *Region) { r.Secrets["password"] = "too" }, []string{"secret_files.password"}},
		"a certificate without a key":  {func(r *Region) { r.SigningCertFile = "a.crt" }, []string{"signing_cert_file"}},
		"too many addresses":           {func(r *Region) { r.Addresses = many(33) }, []string{"addresses"}},
		"a system's plain http":        {part(func(s *System) { s.BaseURL = "http://docs.example" }), []string{"systems.documents.base_url"}},
		"a system's address":           {part(func(s *System) { s.Addresses["repository"] = "ftp://docs.example" }), []string{"systems.documents.addresses.repository"}},
		"a system's certificate":       {part(func(s *System) { s.CertFile = "a" }), []string{"systems.documents.cert_file"}},
		"a system's host":              {part(func(s *System) { s.AllowHosts = []string{"a"} }), []string{"systems.documents.allow_hosts[0]"}},
		"a system of no name":          {func(r *Region) { r.Systems["1"] = System{BaseURL: "https://a.example"} }, []string{"systems.1"}},
		"an adapter beside the system": {func(r *Region) { r.Adapter = Adapter{Target: "127.0.0.1:1", PlainText: true} }, []string{"addresses", "base_url", "codes", "secret_files", "secrets", "systems"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, r := relaxed(), greaterManchester()
			tt.change(&r)
			c.Regions = map[string]Region{"gm": r}
			var got []string
			seen := map[string]bool{}
			for _, line := range problemsOf(t, c.Validate()) {
				key, _, _ := strings.Cut(strings.TrimPrefix(line, "regions.gm."), ": ")
				if strings.Contains(name, "adapter") {
					key, _, _ = strings.Cut(key, ".")
				}
				if !seen[key] {
					got = append(got, key)
				}
				seen[key] = true
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("keys that are blamed (-want +got):\n%s", diff)
			}
		})
	}
}

// many are addresses of different names.
func many(n int) map[string]string {
	out := map[string]string{}
	for i := range n {
		out["a"+strings.Repeat("b", i%26)+string(rune('a'+i/26))] = "https://a.example"
	}
	return out
}

func TestTheAdapterOfAnotherProcess(t *testing.T) {
	whole := Adapter{Target: "adapter.example:9000", CAFile: "ca", CertFile: "crt", KeyFile: "key", ServerName: "a"}
	tests := map[string]struct {
		change func(*Adapter)
		want   []string
	}{
		"whole":                      {func(*Adapter) {}, nil},
		"no port":                    {func(a *Adapter) { a.Target = "adapter.example" }, []string{"target"}},
		"no target":                  {func(a *Adapter) { a.Target = "" }, []string{"target"}},
		"no certificate":             {func(a *Adapter) { a.CertFile, a.KeyFile = "", "" }, []string{"cert_file"}},
		"no key":                     {func(a *Adapter) { a.KeyFile = "" }, []string{"cert_file"}},
		"plain text with TLS":        {func(a *Adapter) { a.PlainText = true }, []string{"plain_text"}},
		"plain text":                 {func(a *Adapter) { *a = Adapter{Target: "adapter.example:1", PlainText: true} }, nil},
		"plain text without a place": {func(a *Adapter) { *a = Adapter{PlainText: true} }, []string{"target"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, a := relaxed(), whole
			tt.change(&a)
			c.Regions["remote"] = Region{Enabled: true, Adapter: a}
			if a.Target == "" {
				c.Regions["remote"] = Region{Enabled: true, Adapter: a, System: c.Regions["dorset"].System}
			}
			var got []string
			for _, line := range problemsOf(t, c.Validate()) {
				key, _, _ := strings.Cut(strings.TrimPrefix(line, "regions.remote.adapter."), ": ")
				got = append(got, key)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("keys that are blamed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFurtherSecretsComeFromFilesOrTheEnvironment(t *testing.T) {
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	s := System{SecretFiles: map[string]string{"a": write("a", " hush\n"), "b": ""}, Secrets: map[string]adapters.Secret{"b": "quiet"}}
	got, err := s.FurtherSecrets()
	if want := map[string]adapters.Secret{"a": "hush", "b": "quiet"}; err != nil || !maps.Equal(got, want) {
		t.Errorf("%d secrets, not those given (%v)", len(got), err)
	}
	s.SecretFiles["c"] = write("c", "\n")
	if _, err := s.FurtherSecrets(); err == nil || !strings.HasPrefix(err.Error(), "secret_files.c: ") {
		t.Errorf("an empty file: %v", err)
	}
}
