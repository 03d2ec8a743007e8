package token_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/token"
)

func account(s *service, c *clock) token.Password {
	return token.Password{
		HTTP: s.client, URL: s.url, ClientID: "gateway", ClientSecret: "s3cret", Username: "gateway@region.example", Password: "pa ss",
		Auth: token.ClientAuthBody, Scope: "user/*.read", Now: c.now,
	}
}

func TestPasswordRequest(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*token.Password)
		form   string
		basic  bool
	}{
		"all in the body": {
			func(*token.Password) {},
			"client_id=gateway&client_secret=s3cret&grant_type=password&password=pa+ss&scope=user%2F%2A.read&username=gateway%40region.example", false,
		},
		"the secret in the header": {
			func(p *token.Password) { p.Auth, p.Scope = "", "" },
			"grant_type=password&password=pa+ss&username=gateway%40region.example", true,
		},
		"without a secret": {
			func(p *token.Password) { p.Auth, p.Scope, p.ClientSecret = "", "", "" },
			"client_id=gateway&grant_type=password&password=pa+ss&username=gateway%40region.example", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, clk := newService(t, numbered(`,"token_type":"BEARER","refresh_token":null`)), newClock()
			cfg := account(s, clk)
			c.change(&cfg)
			source := must[*token.Source](t)(token.NewPassword(cfg))
			for range 2 { // the second is the first one's, whoever asks
				if got := bearer(t, must[token.Token](t)(source.Token(t.Context(), token.Request{Caller: pharmacist()}))); got != "Bearer t1" {
					t.Errorf("Authorization %q", got)
				}
			}
			r := s.last()
			if _, _, basic := r.BasicAuth(); r.Method != http.MethodPost || basic != c.basic || r.PostForm.Encode() != c.form {
				t.Errorf("%s with basic %v: %s", r.Method, basic, r.PostForm.Encode())
			}
		})
	}
}

func TestPasswordNamesWhatIsMissing(t *testing.T) {
	for want, change := range map[string]func(*token.Password){
		"token URL":             func(p *token.Password) { p.URL = "" },
		"client id":             func(p *token.Password) { p.ClientID = "" },
		"client secret":         func(p *token.Password) { p.ClientSecret = "" },
		"username under codes":  func(p *token.Password) { p.Username = "" },
		"secret_files.password": func(p *token.Password) { p.Password = "" },
	} {
		cfg := account(&service{url: "https://login.example"}, newClock())
		change(&cfg)
		if _, err := token.NewPassword(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want it to name the %s", err, want)
		}
	}
}
