package gateway_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// dorset changes the configuration of the region.
func (h *house) dorset(change func(*config.Region)) {
	r := h.config.Regions["dorset"]
	change(&r)
	h.config.Regions["dorset"] = r
}

func TestAMistakeInTheConfigurationIsNamed(t *testing.T) {
	folder := t.TempDir()
	noPEM := write(t, folder, "no.pem", "not PEM, but a secret")
	noKey := write(t, folder, "no.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: []byte("a secret")})))
	tests := map[string]struct {
		change func(*house)
		says   []string
	}{
		"strict without a durable audit": {
			func(h *house) { h.config.Strict = true },
			[]string{"audit.kind", "not durable", "strict: false"},
		},
		"a region that was not built in": {
			func(h *house) { h.config.Regions["atlantis"] = h.config.Regions["dorset"] },
			[]string{"regions.atlantis", "dorset"},
		},
		"an organisation's region that is not there": {
			func(h *house) { h.config.Organisations["FA123"] = []string{"atlantis"} },
			[]string{"organisations.FA123", "atlantis"},
		},
		"an adapter that lacks a setting": {
			func(h *house) {
				h.opts.Registry = registry(t, &region{id: "dorset", refuses: errors.New("client_id is missing")})
			},
			[]string{"regions.dorset", "client_id is missing"},
		},
		"a file that is not there": {
			func(h *house) { h.dorset(func(r *config.Region) { r.CAFile = folder + "/none.crt" }) },
			[]string{"regions.dorset.ca_file", "none.crt"},
		},
		"a file of authorities that holds none": {
			func(h *house) { h.dorset(func(r *config.Region) { r.CAFile = noPEM }) },
			[]string{"regions.dorset.", "ca_file", "no certificate"},
		},
		"a client certificate that is none": {
			func(h *house) { h.dorset(func(r *config.Region) { r.CertFile, r.KeyFile = noPEM, noPEM }) },
			[]string{"regions.dorset.", "cert_file"},
		},
		"a signing key that is no PEM": {
			func(h *house) { h.dorset(func(r *config.Region) { r.SigningKeyFile = noPEM }) },
			[]string{"regions.dorset.signing_key_file", "no PEM"},
		},
		"a signing key that is none": {
			func(h *house) { h.dorset(func(r *config.Region) { r.SigningKeyFile = noKey }) },
			[]string{"regions.dorset.signing_key_file", "no private key"},
		},
		"our certificate that is none": {
			func(h *house) { h.config.TLS.CertFile = noPEM },
			[]string{"tls.cert_file"},
		},
		"callers' authorities that are none": {
			func(h *house) { h.config.TLS.ClientCAFile = noPEM },
			[]string{"tls.client_ca_file", "no certificate"},
		},
		"an issuer's keys that are none": {
			func(h *house) { h.config.Auth.JWKSFile = noPEM },
			[]string{"auth", "key set"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := prepare(t, &region{id: "dorset", fetch: answers(nil)})
			tt.change(h)
			_, err := gateway.New(h.opts)
			for who, err := range map[string]error{"New": err, "Check": gateway.Check(h.opts)} {
				if err == nil {
					t.Fatalf("%s takes it", who)
				}
				for _, want := range tt.says {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("%s: the error %q does not say %q", who, err, want)
					}
				}
				if strings.Contains(err.Error(), "secret") && !strings.Contains(name, "audit") {
					t.Errorf("%s: the error shows what the file holds: %q", who, err)
				}
			}
		})
	}
}

// Whoever checks a configuration learns everything that would keep it from serving, at once.
func TestACheckNamesEveryMistakeByItsKey(t *testing.T) {
	folder := t.TempDir()
	junk := write(t, folder, "junk", "junk")
	h := prepare(t, &region{id: "dorset", fetch: answers(nil)})
	if err := gateway.Check(h.opts); err != nil {
		t.Fatalf("a configuration that serves is not in order: %v", err)
	}
	other := h.serverFiles(t, folder)
	h.config.TLS.KeyFile, h.config.TLS.ClientCAFile = other.KeyFile, junk
	h.config.Auth.JWKSFile = write(t, folder, "keys.json", `{"keys": []}`)
	h.config.Regions["atlantis"] = h.config.Regions["dorset"]
	h.dorset(func(r *config.Region) {
		r.CAFile, r.CertFile, r.KeyFile = junk, other.CertFile, h.config.TLS.KeyFile+".none"
		r.SigningKeyFile, r.ClientSecretFile = junk, write(t, folder, "empty", "\n")
	})
	h.config.Organisations["FA123"], h.config.Suppliers = []string{"dorset", "lyonesse"}, map[string][]string{"pmr": {"avalon"}}
	h.config.Telemetry.OTLP.Endpoint, h.config.Telemetry.OTLP.CAFile = "collector.example:4317", junk
	h.config.Timeouts.Drain.Duration = 0
	var problems config.Problems
	if !errors.As(gateway.Check(h.opts), &problems) {
		t.Fatal("nothing is wrong")
	}
	var keys []string
	for _, p := range problems {
		keys = append(keys, p.Key)
	}
	want := []string{
		"auth.jwks_file", "organisations.FA123", "regions.atlantis", "regions.dorset.ca_file", "regions.dorset.client_secret_file",
		"regions.dorset.key_file", "regions.dorset.signing_key_file", "suppliers.pmr", "telemetry.otlp.ca_file", "timeouts.drain",
		"tls.cert_file", "tls.client_ca_file",
	}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s\n%v", diff, problems)
	}
}

func registry(t *testing.T, regions ...*region) *adapters.Registry {
	t.Helper()
	r, err := adapters.NewRegistry(entries(regions)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWhatStrictWouldRefuseIsLoggedAtTheStart(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	for _, want := range []string{"strict: false permits", "audit.kind: the audit is written to the log and is not durable"} {
		if !strings.Contains(h.log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, h.log)
		}
	}
	if strings.Contains(h.log.String(), "listen.plain_text") {
		t.Error("the log tells of a relaxation that is not in effect")
	}
}

func TestARegionIsLentWhatWasConfigured(t *testing.T) {
	folder := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for form, encode := range map[string]func() ([]byte, error){
		"PKCS #8": func() ([]byte, error) { return x509.MarshalPKCS8PrivateKey(key) },
		"SEC 1":   func() ([]byte, error) { return x509.MarshalECPrivateKey(key) },
	} {
		der, err := encode()
		if err != nil {
			t.Fatal(err)
		}
		dorset := &region{id: "dorset", fetch: answers(nil)}
		h := prepare(t, dorset)
		h.dorset(func(r *config.Region) {
			r.TokenURL, r.ClientID, r.SigningKeyID = "https://token.example/token", "us", "key-1"
			r.Codes = map[string]string{"reason.direct-care": "1"}
			r.ClientSecretFile = write(t, folder, "secret", " hush \n")
			r.SigningKeyFile = write(t, folder, "signing.key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
		})
		if _, err := gateway.New(h.opts); err != nil {
			t.Fatalf("%s: %v", form, err)
		}
		got := dorset.lent.Settings
		want := adapters.Settings{
			BaseURL: "https://fhir.dorset.example/fhir", TokenURL: "https://token.example/token", ClientID: "us",
			ClientSecret: "hush", SigningKeyID: "key-1", Codes: map[string]string{"reason.direct-care": "1"}, SigningKey: got.SigningKey,
		}
		if diff := cmp.Diff(want, got); diff != "" || !key.PublicKey.Equal(got.SigningKey.Public()) {
			t.Errorf("%s: lent (-want +got):\n%s", form, diff)
		}
		if dorset.lent.HTTP == nil || dorset.lent.Now == nil || dorset.lent.Random == nil {
			t.Errorf("%s: client, clock or source of chance is missing", form)
		}
		if res, err := dorset.lent.HTTP.Get("https://elsewhere.example/"); err == nil {
			_ = res.Body.Close()
			t.Errorf("%s: the client reaches an address that is not the region's", form)
		}
	}
}

// A region that is switched off stays in the directory, and asking for it is answered: not at all complete.
func TestARegionThatIsOffIsListedAndSaysSo(t *testing.T) {
	h := prepare(t, &region{id: "dorset", fetch: answers(allergic("dorset", "a1"))}, &region{id: "off", fetch: answers(nil)}, &region{id: "unnamed", fetch: answers(nil)},
		&region{id: "national", fetch: answers(nil), about: func(d *adapterv1.DescribeResponse) { d.Region.DisabledReason = "it is not open to pharmacies" }},
		&region{id: "taken", fetch: answers(nil), about: func(d *adapterv1.DescribeResponse) { d.Region.DisabledReason = "it is not open to pharmacies" }},
		&region{id: "both", about: func(d *adapterv1.DescribeResponse) { d.Region.ExpandsTo = []string{"dorset", "off"} }})
	off := h.config.Regions["off"]
	off.Enabled = false
	h.config.Regions["off"] = off
	delete(h.config.Regions, "unnamed")
	delete(h.config.Regions, "national")
	delete(h.config.Regions, "both")
	h.open(t)
	listed, err := lhcrv1.NewRegionServiceClient(h.conn(t)).ListRegions(h.as(t), &lhcrv1.ListRegionsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range listed.GetRegions() {
		got[r.GetRegionId()] = r.GetDisabledReason()
	}
	want := map[string]string{
		"dorset": "", "taken": "", "national": "it is not open to pharmacies", "off": "this deployment's configuration switches it off", "unnamed": "this deployment has not configured it",
		"both": "of what it stands for, off is switched off and dorset is asked",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("regions (-want +got):\n%s", diff)
	}
	for name, tt := range map[string]struct {
		selection *lhcrv1.RegionSelection
		want      lhcrv1.Completeness
		outcomes  int
	}{
		"by name":      {&lhcrv1.RegionSelection{RegionIds: []string{"off"}}, lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE, 1},
		"through both": {&lhcrv1.RegionSelection{RegionIds: []string{"both"}}, lhcrv1.Completeness_COMPLETENESS_PARTIAL, 2},
		"all":          {&lhcrv1.RegionSelection{All: true}, lhcrv1.Completeness_COMPLETENESS_COMPLETE, 2},
	} {
		req := asking(lhcrv1.Section_SECTION_ALLERGIES)
		req.Regions = tt.selection
		res, err := h.records(t).GetRecord(h.as(t), req)
		if err != nil || res.GetCompleteness() != tt.want || len(res.GetOutcomes()) != tt.outcomes {
			t.Errorf("asked %s: %v with %d outcomes (%v), want %v with %d", name, res.GetCompleteness(), len(res.GetOutcomes()), err, tt.want, tt.outcomes)
		}
	}
}

// The time that a deployment gives a region stands in the place of the definition's.
func TestTheConfiguredTimeoutOfARegionHolds(t *testing.T) {
	s := newSlow()
	h := prepare(t, &region{id: "dorset", fetch: s.fetch, about: func(d *adapterv1.DescribeResponse) { d.FetchTimeout = nil }})
	h.dorset(func(r *config.Region) { r.Timeout.Duration = 20 * time.Millisecond })
	h.open(t)
	began := time.Now()
	res, err := h.records(t).GetRecord(h.as(t), asking(lhcrv1.Section_SECTION_ALLERGIES))
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > h.config.Timeouts.Region.Duration/2 {
		t.Errorf("it took %v: the time of all regions, not this one's", took)
	}
	if got := res.GetOutcomes()[0].GetStatus(); got != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
		t.Errorf("outcome %v, want UNAVAILABLE", got)
	}
}

// library is a region that has documents.
type library struct{ *region }

func (library) FetchDocument(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return &adapterv1.FetchDocumentResponse{
		Content: []byte("a letter"), MediaType: "text/plain", Patients: []*adapterv1.MatchedPatient{{NhsNumber: patient}},
	}, nil
}

// What an adapter can do, it can do under a configured timeout too, and no more.
func TestATimeoutTakesNoAbilityAwayAndGivesNone(t *testing.T) {
	plain := &region{id: "dorset", fetch: answers(nil)}
	for name, tt := range map[string]struct {
		adapter adapters.Adapter
		reason  lhcrv1.ErrorReason
	}{
		"with documents":    {library{plain}, lhcrv1.ErrorReason_ERROR_REASON_UNSPECIFIED},
		"without documents": {plain, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED},
	} {
		h := prepare(t, plain)
		entry := entries([]*region{plain})[0]
		entry.New = func(adapters.Environment) (adapters.Adapter, error) { return tt.adapter, nil }
		var err error
		if h.opts.Registry, err = adapters.NewRegistry(entry); err != nil {
			t.Fatal(err)
		}
		h.dorset(func(r *config.Region) { r.Timeout.Duration = time.Minute })
		h.open(t)
		stream, err := h.records(t).GetDocument(h.as(t), &lhcrv1.GetDocumentRequest{
			Patient: asking().GetPatient(), Access: asking().GetAccess(), RegionId: "dorset", ItemId: "d1",
		})
		if err != nil {
			t.Fatal(err)
		}
		first, err := stream.Recv()
		if failure.Reason(err) != tt.reason || err == nil && first.GetInfo().GetMediaType() != "text/plain" {
			t.Errorf("%s: first message of type %T, error %v", name, first.GetEvent(), err)
		}
	}
}

func TestRESTAndMetricsCanBeLeftOut(t *testing.T) {
	h := prepare(t, &region{id: "dorset", fetch: answers(nil)})
	h.config.Listen.REST, h.config.Listen.Metrics = "", ""
	h.open(t)
	if h.RESTAddr() != nil || h.MetricsAddr() != nil {
		t.Errorf("REST on %v, metrics on %v", h.RESTAddr(), h.MetricsAddr())
	}
	if _, err := h.records(t).GetRecord(h.as(t), asking()); err != nil {
		t.Error(err)
	}
}
