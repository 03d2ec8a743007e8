package fhirsearch_test

import (
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func flow(lines string) []string {
	return []string{"flow: none", lines, "  - {purpose: record, network: HSCN}", "  - {purpose: record, network: HSCN}\n  - {purpose: token, network: HSCN}"}
}

// Every flow that names no user is tried by Check, and its token goes with the searches.
func TestFlowsOfTokens(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		lines  string
		change func(*adapters.Settings)
		token  map[string]string
	}{
		"client-credentials": {
			"flow: client-credentials", func(s *adapters.Settings) { s.ClientSecret = "s3cret" }, map[string]string{"grant_type": "client_credentials"},
		},
		"password": {
			"flow: password\n  client_auth: body", func(s *adapters.Settings) {
				s.ClientSecret, s.Codes = "s3cret", map[string]string{"username": "us"}
				s.Secrets = map[string]adapters.Secret{"password": "pass"}
			}, map[string]string{"grant_type": "password", "username": "us", "password": "pass", "client_secret": "s3cret"},
		},
		"smart-backend, found": {
			"flow: smart-backend", func(s *adapters.Settings) { s.SigningKey, s.SigningKeyID, s.TokenURL = key, "k1", "" }, map[string]string{"grant_type": "client_credentials"},
		},
		"smart-backend, known": {
			"flow: smart-backend\n  assertion_algorithm: RS512", func(s *adapters.Settings) { s.SigningKey, s.SigningKeyID = key, "k1" }, map[string]string{"grant_type": "client_credentials"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := newServer(t, nil)
			seen := requests(s, func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.HasSuffix(r.URL.Path, "smart-configuration"):
					_, _ = io.WriteString(w, `{"token_endpoint":"`+s.url+`/token"}`)
				case r.URL.Path == "/token":
					_, _ = io.WriteString(w, `{"access_token":"t1","token_type":"Bearer","refresh_token":null}`)
				case strings.Contains(r.URL.Path, "/Patient"):
					_, _ = io.WriteString(w, held()[0])
				default:
					_, _ = io.WriteString(w, bundle(0, ""))
				}
			})
			r, err := configured(t, s, client, func(e *adapters.Environment) {
				e.Random = rand.Reader
				e.Settings.TokenURL, e.Settings.ClientID = s.url+"/token", "gateway"
				c.change(&e.Settings)
			}, flow(c.lines)...)
			if err != nil {
				t.Fatal(err)
			}
			checked, err := r.Check(t.Context(), &adapterv1.CheckRequest{})
			if err != nil || checked.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY || len(checked.GetSteps()) != 2 || checked.GetSteps()[0].GetName() != "token" {
				t.Errorf("%v, %v", checked, err)
			}
			fetch(t, r, allergies)
			tokens := 0
			for _, req := range *seen {
				switch {
				case req.URL.Path == "/token":
					tokens++
					for name, want := range c.token {
						if got := req.Form.Get(name); got != want {
							t.Errorf("%s is %q, want %q", name, got, want)
						}
					}
				case !strings.HasSuffix(req.URL.Path, "smart-configuration") && req.Header.Get("Authorization") != "Bearer t1":
					t.Errorf("%s without a token", req.URL.Path)
				}
			}
			if tokens != 1 {
				t.Errorf("%d tokens, want one", tokens)
			}
		})
	}
}

func TestFlowsNameWhatIsMissing(t *testing.T) {
	s, client := newServer(t, nil)
	for lines, want := range map[string]string{
		"flow: password":      "username under codes",
		"flow: smart-backend": "signing key is not set",
	} {
		_, err := configured(t, s, client, func(e *adapters.Environment) {
			e.Settings.TokenURL, e.Settings.ClientID = s.url+"/token", "gateway"
		}, flow(lines)...)
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "region smallshire") {
			t.Errorf("%s: error %v, want it to name the %s", lines, err, want)
		}
	}
}
