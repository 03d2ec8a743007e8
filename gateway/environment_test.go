package gateway_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/config"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// authority is a CA made for a test.
func authority(t *testing.T, name string) *pki.CA {
	t.Helper()
	ca, err := pki.NewCA(name, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

// place is a server on loopback of one authority, that asks for a client certificate of it.
func place(t *testing.T, ca *pki.CA, handler http.HandlerFunc) string {
	t.Helper()
	certificate, err := ca.Server()
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{certificate}, ClientCAs: ca.Pool(), ClientAuth: tls.RequireAndVerifyClientCert}
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.URL
}

// system is the configuration of a system of an authority.
func system(t *testing.T, ca *pki.CA, base string) config.System {
	t.Helper()
	folder := t.TempDir()
	pair, err := ca.Client("us")
	if err != nil {
		t.Fatal(err)
	}
	return config.System{
		BaseURL: base, CAFile: write(t, folder, "ca.pem", ca.CertPEM()),
		CertFile: write(t, folder, "client.crt", pair.CertPEM), KeyFile: write(t, folder, "client.key", pair.KeyPEM),
	}
}

func says(word string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(word)) }
}

// reaches says what comes of asking an address: the kind of failure, or 0.
func reaches(t *testing.T, client *http.Client, url string) transport.Kind {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := transport.Do(client, req)
	if err == nil {
		_ = res.Body.Close()
		return 0
	}
	var failed *transport.Error
	if !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return failed.Kind
}

// Each system of a region is reached with its own trust and certificate, at its own
// addresses, and nothing else is: not even the addresses of the region's other system.
func TestEachSystemOfARegionIsReachedAtItsOwnAddressesAlone(t *testing.T) {
	data, documents := authority(t, "data"), authority(t, "documents")
	var leads string
	redirect := func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, leads, http.StatusFound)
		}
	}
	base, index := place(t, data, redirect), place(t, data, says("index"))
	docs, files, stranger := place(t, documents, redirect), place(t, documents, says("files")), place(t, documents, says("stranger"))
	dorset := &region{id: "dorset", fetch: answers(nil)}
	h := prepare(t, dorset)
	h.dorset(func(r *config.Region) {
		r.System = system(t, data, base+"/fhir")
		r.Addresses = map[string]string{"index": index + "/pix"}
		part := system(t, documents, docs)
		part.AllowHosts = []string{strings.TrimPrefix(files, "https://")}
		r.Systems = map[string]config.System{"documents": part}
	})
	if err := gateway.Check(h.opts); err != nil {
		t.Fatal(err)
	}
	if _, err := gateway.New(h.opts); err != nil {
		t.Fatal(err)
	}
	clients := map[string]*http.Client{"data": dorset.lent.HTTP, "documents": dorset.lent.Parts["documents"].HTTP}
	tests := map[string]struct {
		client, url, leads string
		want               transport.Kind
	}{
		"the system":                        {"data", base, "", 0},
		"its further address":               {"data", index, "", 0},
		"the other system":                  {"data", docs, "", transport.KindAddress},
		"an address of the other":           {"data", files, "", transport.KindAddress},
		"another path of an allowed host":   {"data", base + "/else", "", 0},
		"a redirect to a further address":   {"data", base + "/away", index, 0},
		"a redirect to the other system":    {"data", base + "/away", docs, transport.KindRedirect},
		"the part":                          {"documents", docs, "", 0},
		"what it may send us to":            {"documents", docs + "/away", files, 0},
		"the part: the first system":        {"documents", base, "", transport.KindAddress},
		"the part: its further address":     {"documents", index, "", transport.KindAddress},
		"the part: somewhere else":          {"documents", stranger, "", transport.KindAddress},
		"the part: a redirect to elsewhere": {"documents", docs + "/away", stranger, transport.KindRedirect},
	}
	for name, tt := range tests {
		leads = tt.leads
		if got := reaches(t, clients[tt.client], tt.url); got != tt.want {
			t.Errorf("%s: failure %d, want %d", name, got, tt.want)
		}
	}
}

// signer is a key, and the file of a certificate of it followed by its authority's.
func signer(t *testing.T, folder, name string) (key, certificate string) {
	t.Helper()
	ca := authority(t, name)
	pair, err := ca.Client(name)
	if err != nil {
		t.Fatal(err)
	}
	return write(t, folder, name+".key", pair.KeyPEM), write(t, folder, name+".crt", pair.CertPEM+ca.CertPEM())
}

func TestARegionIsLentWhatIsConfiguredOfEachOfItsSystems(t *testing.T) {
	folder := t.TempDir()
	key, certificate := signer(t, folder, "signer")
	dorset := &region{id: "dorset", fetch: answers(nil)}
	h := prepare(t, dorset)
	h.dorset(func(r *config.Region) {
		r.Addresses = map[string]string{"index": "https://index.example/pix"}
		r.SecretFiles = map[string]string{"password": write(t, folder, "password", "hush\n"), "api-key": ""}
		r.Secrets = map[string]adapters.Secret{"api-key": "quiet"}
		r.Systems = map[string]config.System{"documents": {
			BaseURL: "https://documents.example", ClientID: "them", ClientSecret: "other", SigningKeyFile: key, SigningCertFile: certificate,
			Codes: map[string]string{"username": "us"},
		}}
	})
	if _, err := gateway.New(h.opts); err != nil {
		t.Fatal(err)
	}
	got := dorset.lent
	want := adapters.Settings{
		BaseURL: "https://fhir.dorset.example/fhir", Addresses: map[string]string{"index": "https://index.example/pix"},
		Secrets: map[string]adapters.Secret{"password": "hush", "api-key": "quiet"},
	}
	if diff := cmp.Diff(want, got.Settings); diff != "" {
		t.Errorf("lent (-want +got):\n%s", diff)
	}
	part := got.Parts["documents"]
	if part.Settings.ClientSecret != "other" || part.Settings.ClientID != "them" || part.Settings.Codes["username"] != "us" || part.Settings.Secrets != nil {
		t.Error("the part was not lent its own settings, and those alone")
	}
	if part.HTTP == nil || part.HTTP == got.HTTP || part.Now == nil || part.Random == nil {
		t.Error("the part has no client, clock or source of chance of its own")
	}
	if len(part.Settings.SigningCertificates) != 2 || part.Settings.SigningKey == nil {
		t.Errorf("%d certificates, want that of the key and its authority's", len(part.Settings.SigningCertificates))
	}
}

func TestAMistakeInAFurtherSystemIsNamed(t *testing.T) {
	folder := t.TempDir()
	key, certificate := signer(t, folder, "signer")
	_, another := signer(t, folder, "another")
	large, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	keyPEM, err := pki.PrivateKeyPEM(large)
	if err != nil {
		t.Fatal(err)
	}
	junk, empty, rsaKey := write(t, folder, "junk", "junk"), write(t, folder, "empty", "\n"), write(t, folder, "rsa.key", keyPEM)
	tests := map[string]struct {
		change func(*config.System)
		key    string
	}{
		"authorities":                        {func(s *config.System) { s.CAFile = junk }, "ca_file"},
		"a client certificate":               {func(s *config.System) { s.CertFile, s.KeyFile = junk, junk }, "cert_file"},
		"an empty secret":                    {func(s *config.System) { s.SecretFiles = map[string]string{"password": empty} }, "secret_files.password"},
		"a secret that is not there":         {func(s *config.System) { s.SecretFiles = map[string]string{"password": folder + "/none"} }, "secret_files.password"},
		"a signing key":                      {func(s *config.System) { s.SigningKeyFile = junk }, "signing_key_file"},
		"a signing certificate":              {func(s *config.System) { s.SigningKeyFile, s.SigningCertFile = key, junk }, "signing_cert_file"},
		"a certificate of another key":       {func(s *config.System) { s.SigningKeyFile, s.SigningCertFile = key, another }, "signing_cert_file"},
		"a certificate of another algorithm": {func(s *config.System) { s.SigningKeyFile, s.SigningCertFile = rsaKey, certificate }, "signing_cert_file"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := prepare(t, &region{id: "dorset", fetch: answers(nil)})
			h.dorset(func(r *config.Region) {
				s := config.System{BaseURL: "https://documents.example"}
				tt.change(&s)
				r.Systems = map[string]config.System{"documents": s}
			})
			_, err := gateway.New(h.opts)
			for who, err := range map[string]error{"New": err, "Check": gateway.Check(h.opts)} {
				if err == nil || !strings.Contains(err.Error(), "regions.dorset.systems.documents.") || !strings.Contains(err.Error(), tt.key) {
					t.Errorf("%s: the error %v does not name %s", who, err, tt.key)
				}
			}
		})
	}
}

func expandsTo(ids ...string) func(*adapterv1.DescribeResponse) {
	return func(d *adapterv1.DescribeResponse) { d.Region.ExpandsTo = ids }
}

// allergiesIn asks the named regions for allergies.
func allergiesIn(ids ...string) *lhcrv1.GetRecordRequest {
	req := asking(lhcrv1.Section_SECTION_ALLERGIES)
	req.Regions = &lhcrv1.RegionSelection{RegionIds: ids}
	return req
}

// A name that stands for several regions is no system: it needs no configuration, and takes none.
func TestANameIsNoSystem(t *testing.T) {
	h := prepare(t, &region{id: "dorset", fetch: answers(allergic("dorset", "a1"))})
	name := entries([]*region{{id: "wessex", about: expandsTo("dorset")}})[0]
	name.New = nil
	var err error
	if h.opts.Registry, err = adapters.NewRegistry(append(entries([]*region{{id: "dorset", fetch: answers(allergic("dorset", "a1"))}}), name)...); err != nil {
		t.Fatal(err)
	}
	h.config.Organisations["FA123"] = []string{"wessex"}
	h.open(t)
	res, err := h.records(t).GetRecord(h.as(t), allergiesIn("wessex"))
	if err != nil || len(res.GetRecord().GetAllergies()) != 1 {
		t.Errorf("asked by its name: %d allergies (%v)", len(res.GetRecord().GetAllergies()), err)
	}
	if err := h.Reload(t.Context()); err != nil {
		t.Errorf("a reload: %v", err)
	}
	h.config.Regions["wessex"] = h.config.Regions["dorset"]
	_, err = gateway.New(h.opts)
	for who, err := range map[string]error{"New": err, "Check": gateway.Check(h.opts)} {
		if err == nil || !strings.Contains(err.Error(), "regions.wessex: is a name for dorset") {
			t.Errorf("%s of a configured name: %v", who, err)
		}
	}
}

// What changes in a further system's files, or in its secrets, is taken over.
func TestTheFilesOfFurtherSystemsAreTakenOver(t *testing.T) {
	r := prepareReloadable(t)
	r.change(func(c *config.Config) {
		dorset := c.Regions["dorset"]
		dorset.SecretFiles = map[string]string{"password": write(t, r.folder, "password", "one")}
		dorset.Systems = map[string]config.System{"documents": {BaseURL: "https://documents.example", ClientSecretFile: write(t, r.folder, "documents", "one")}}
		c.Regions["dorset"] = dorset
	})
	r.opts.Config = r.next
	r.open(t)
	r.adaptersMade()
	for _, name := range []string{"password", "documents"} {
		if err := os.WriteFile(r.folder+"/"+name, []byte("two"), 0o600); err != nil {
			t.Fatal(err)
		}
		r.mustReload(t)
		if diff := cmp.Diff(map[string]int{"dorset": 2, "yorkshire": 1}, r.adaptersMade()); diff != "" { // a check makes each once
			t.Errorf("%s: adapters made (-want +got):\n%s", name, diff)
		}
	}
	r.mustReload(t)
	if diff := cmp.Diff(map[string]int{"dorset": 1, "yorkshire": 1}, r.adaptersMade()); diff != "" {
		t.Errorf("nothing changed: adapters made (-want +got):\n%s", diff)
	}
}
