package token_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/token"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func credentials(s *service, c *clock) token.ClientCredentials {
	return token.ClientCredentials{
		HTTP: s.client, URL: s.url, ClientID: "gateway", ClientSecret: "s3:cret", Scope: "system/*.read", Now: c.now,
	}
}

// numbered answers the token "t1", "t2", … with the given further members.
func numbered(members string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, call int) {
		_, _ = fmt.Fprintf(w, `{"access_token":"t%d"%s}`, call, members)
	}
}

func TestClientCredentialsRequest(t *testing.T) {
	s := newService(t, numbered(`,"token_type":"bearer","expires_in":300`))
	source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, newClock())))
	tok := must[token.Token](t)(source.Token(t.Context(), token.Request{}))
	if got := bearer(t, tok); got != "Bearer t1" {
		t.Errorf("Authorization %q", got)
	}
	r := s.last()
	id, secret, _ := r.BasicAuth()
	if id != "gateway" || secret != "s3%3Acret" { // each form-encoded first: RFC 6749, section 2.3.1
		t.Errorf("credentials %q, %q", id, secret)
	}
	if r.Method != http.MethodPost || r.PostForm.Encode() != "grant_type=client_credentials&scope=system%2F%2A.read" {
		t.Errorf("%s %s", r.Method, r.PostForm.Encode())
	}
}

func TestTokenIsKeptUntilShortlyBeforeItsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		members      string
		kept, anewAt time.Duration
	}{
		"seconds":                     {`,"expires_in":300`, 269 * time.Second, 270 * time.Second},
		"seconds in a string":         {`,"expires_in":"300"`, 269 * time.Second, 270 * time.Second},
		"a short life":                {`,"expires_in":50`, 39 * time.Second, 40 * time.Second},
		"not said":                    {``, 47 * time.Second, 48 * time.Second},
		"refresh token null":          {`,"expires_in":300,"refresh_token":null`, 269 * time.Second, 270 * time.Second},
		"a claim of a thousand years": {`,"expires_in":31536000000`, 24*time.Hour - 31*time.Second, 24*time.Hour - 30*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			s, clk := newService(t, numbered(c.members)), newClock()
			source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, clk)))
			start := clk.now()
			for _, at := range []time.Duration{0, c.kept} {
				clk.pass(start.Add(at).Sub(clk.now()))
				if got := bearer(t, must[token.Token](t)(source.Token(t.Context(), token.Request{}))); got != "Bearer t1" {
					t.Fatalf("after %v: %q, want the first", at, got)
				}
			}
			clk.pass(start.Add(c.anewAt).Sub(clk.now()))
			if got := bearer(t, must[token.Token](t)(source.Token(t.Context(), token.Request{}))); got != "Bearer t2" {
				t.Fatalf("after %v: %q, want a new one", c.anewAt, got)
			}
		})
	}
}

func TestTokenThatEndsAtOnceIsNotKept(t *testing.T) {
	s := newService(t, numbered(`,"expires_in":0`))
	source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, newClock())))
	for want := 1; want <= 2; want++ {
		must[token.Token](t)(source.Token(t.Context(), token.Request{}))
		if s.calls() != want {
			t.Fatalf("%d calls, want %d", s.calls(), want)
		}
	}
}

func TestDroppedTokenIsReplacedOnce(t *testing.T) {
	s := newService(t, numbered(`,"expires_in":300`))
	source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, newClock())))
	get := func() token.Token { return must[token.Token](t)(source.Token(t.Context(), token.Request{})) }
	old := get()
	source.Drop(old)
	if got := bearer(t, get()); got != "Bearer t2" {
		t.Fatalf("after the drop: %q", got)
	}
	source.Drop(old) // a second call that was refused with the old token must not cost the new one
	if got := bearer(t, get()); got != "Bearer t2" {
		t.Fatalf("after a late drop of the old: %q", got)
	}
}

func TestManyWaitForOneToken(t *testing.T) {
	const callers = 20
	arrived, release := make(chan struct{}), make(chan struct{})
	s := newService(t, func(w http.ResponseWriter, r *http.Request, call int) {
		close(arrived)
		<-release
		numbered("")(w, r, call)
	})
	source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, newClock())))
	results := make(chan error, callers)
	for range callers {
		go func() { _, err := source.Token(t.Context(), token.Request{}); results <- err }()
	}
	<-arrived
	close(release)
	for range callers {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	if s.calls() != 1 {
		t.Errorf("%d calls of the token service, want 1", s.calls())
	}
}

func TestFirstCallerLeavesTheOthersStay(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	s := newService(t, func(w http.ResponseWriter, r *http.Request, call int) {
		close(arrived)
		select {
		case <-release:
			numbered("")(w, r, call)
		case <-r.Context().Done():
		}
	})
	source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, newClock())))
	ctx, leave := context.WithCancel(t.Context())
	first := make(chan error, 1)
	go func() { _, err := source.Token(ctx, token.Request{}); first <- err }()
	<-arrived
	second := make(chan error, 1)
	joined := token.JoinedForTest(source)
	go func() { _, err := source.Token(t.Context(), token.Request{}); second <- err }()
	joined(2)
	leave()
	if err := <-first; status.Code(err) != codes.Canceled || !errors.Is(err, context.Canceled) {
		t.Errorf("who left got %v", err)
	}
	close(release)
	if err := <-second; err != nil {
		t.Errorf("who stayed got %v", err)
	}
}

func TestLastCallerToLeaveEndsTheCall(t *testing.T) {
	arrived, ended := make(chan struct{}), make(chan struct{})
	s := newService(t, func(_ http.ResponseWriter, r *http.Request, _ int) {
		close(arrived)
		<-r.Context().Done()
		close(ended)
	})
	cfg := credentials(s, newClock())
	cfg.Timeout = time.Hour
	source := must[*token.Source](t)(token.NewClientCredentials(cfg))
	ctx, leave := context.WithCancel(t.Context())
	got := make(chan error, 1)
	go func() { _, err := source.Token(ctx, token.Request{}); got <- err }()
	<-arrived
	leave()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("the call of the token service goes on for nobody")
	}
	if err := <-got; status.Code(err) != codes.Canceled {
		t.Errorf("got %v", err)
	}
}

func TestTokenServiceFailures(t *testing.T) {
	respond := func(code int, body string) func(http.ResponseWriter, *http.Request, int) {
		return func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(code)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		code int
		body string
		want codes.Code
		says string
	}{
		"bad client":         {401, `{"error":"invalid_client","error_description":"patient ` + canary + `"}`, codes.PermissionDenied, "(invalid_client)"},
		"bad scope":          {400, `{"error":"invalid_scope"}`, codes.PermissionDenied, "(invalid_scope)"},
		"own words":          {403, `{"error":"` + canary + `"}`, codes.PermissionDenied, "refused our credentials"},
		"an error in 200":    {200, `{"error":"invalid_grant"}`, codes.PermissionDenied, "(invalid_grant)"},
		"too often":          {429, ``, codes.PermissionDenied, "too often"},
		"its own fault":      {503, canary, codes.Unavailable, "failed"},
		"nothing there":      {404, canary, codes.Unavailable, "no token service answers"},
		"moved":              {301, ``, codes.Unavailable, "no token service answers"},
		"a web page":         {200, `<html>` + canary + `</html>`, codes.DataLoss, "not the JSON of a token"},
		"no token":           {200, `{"token_type":"bearer"}`, codes.DataLoss, "no usable token"},
		"a token of a MAC":   {200, `{"access_token":"x","token_type":"mac"}`, codes.DataLoss, "no bearer token"},
		"a token with lines": {200, `{"access_token":"x\r\nX-Other: ` + canary + `"}`, codes.DataLoss, "no usable token"},
		"a giant":            {200, `{"access_token":"` + strings.Repeat("x", 1<<20) + `"}`, codes.DataLoss, "larger than is read"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, respond(c.code, c.body))
			source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, newClock())))
			_, err := source.Token(t.Context(), token.Request{})
			if status.Code(err) != c.want || !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v (%v), want %v %q", err, status.Code(err), c.want, c.says)
			}
			if strings.Contains(fmt.Sprintf("%+v %v", err, status.Convert(err).Proto()), canary) {
				t.Errorf("the error carries the canary: %v", err)
			}
			var failure *token.Error
			if errors.As(err, &failure) && c.code == 429 && failure.RetryAfter != 7*time.Second {
				t.Errorf("retry after %v, want 7s", failure.RetryAfter)
			}
		})
	}
}

func TestTokenAndSecretsDoNotPrint(t *testing.T) {
	s := newService(t, numbered(""))
	source := must[*token.Source](t)(token.NewClientCredentials(credentials(s, newClock())))
	tok := must[token.Token](t)(source.Token(t.Context(), token.Request{}))
	if printed := fmt.Sprintf("%v %+v %#v %s", tok, tok, tok, tok); strings.Contains(printed, "t1") {
		t.Errorf("a token prints as %s", printed)
	}
}

func TestClientCredentialsSettings(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*token.ClientCredentials)
		want   string
	}{
		"no URL":    {func(c *token.ClientCredentials) { c.URL = "" }, "token URL"},
		"no id":     {func(c *token.ClientCredentials) { c.ClientID = "" }, "client id"},
		"no secret": {func(c *token.ClientCredentials) { c.ClientSecret = "" }, "client secret"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := credentials(&service{url: "https://iam.invalid"}, newClock())
			c.change(&cfg)
			if _, err := token.NewClientCredentials(cfg); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want it to name the %s", err, c.want)
			}
		})
	}
}
