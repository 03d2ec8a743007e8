package transport_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/socket"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"go.uber.org/goleak"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const canary = "9990000018"

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// region is one listener with an authority of its own.
type region struct {
	ca  *pki.CA
	url string
}

func newRegion(t *testing.T, handler http.HandlerFunc) region {
	t.Helper()
	ca, err := pki.NewCA("test", time.Now)
	must(t, err)
	cert, err := ca.Server()
	must(t, err)
	server, err := socket.Listen(socket.Options{Certificate: cert, ClientCAs: ca.Pool(), Now: time.Now}, handler)
	must(t, err)
	t.Cleanup(func() { must(t, server.Close()) })
	return region{ca: ca, url: server.URL()}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func hostPort(t *testing.T, raw string) string {
	t.Helper()
	u, err := url.Parse(raw)
	must(t, err)
	return transport.HostPort(u)
}

func (r region) config(t *testing.T) transport.Config {
	t.Helper()
	pair, err := r.ca.Client("gateway")
	must(t, err)
	return transport.Config{
		CAPEM: []byte(r.ca.CertPEM()), CertPEM: []byte(pair.CertPEM), KeyPEM: []byte(pair.KeyPEM),
		AllowedHosts: []string{hostPort(t, r.url)},
	}
}

func client(t *testing.T, cfg transport.Config) *http.Client {
	t.Helper()
	c, err := transport.NewClient(cfg)
	must(t, err)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// ask sends a request whose URL and headers carry a canary and reads the answer.
func ask(ctx context.Context, t *testing.T, c *http.Client, method, base string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, method, base+"/Patient?identifier="+canary, strings.NewReader(""))
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+canary)
	res, err := transport.Do(c, req)
	if err != nil {
		return "", err
	}
	defer func() { must(t, res.Body.Close()) }()
	data, err := transport.ReadAll(ctx, res.Body, 1<<30)
	return string(data), err
}

func wantFailure(t *testing.T, err error, kind transport.Kind, code codes.Code) {
	t.Helper()
	var failure *transport.Error
	if !errors.As(err, &failure) || failure.Kind != kind {
		t.Fatalf("error %v, want kind %d", err, kind)
	}
	if got := status.Code(err); got != code {
		t.Errorf("gRPC code %v, want %v", got, code)
	}
	for _, leak := range []string{canary, "127.0.0.1", "http"} {
		if strings.Contains(err.Error(), leak) {
			t.Errorf("error %q leaks %q", err, leak)
		}
	}
}

func TestAnswerComesOverMutualTLS(t *testing.T) {
	r := newRegion(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
	})
	got, err := ask(t.Context(), t, client(t, r.config(t)), http.MethodGet, r.url)
	if err != nil || got != "gateway" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestFailuresOfTheHandshake(t *testing.T) {
	r := newRegion(t, func(http.ResponseWriter, *http.Request) { t.Error("the region was reached") })
	stranger, err := pki.NewCA("stranger", time.Now)
	must(t, err)
	foreign, err := stranger.Client("gateway")
	must(t, err)
	for name, c := range map[string]struct {
		change func(*transport.Config)
		kind   transport.Kind
	}{
		"a certificate of a foreign authority": {func(c *transport.Config) {
			c.CertPEM, c.KeyPEM = []byte(foreign.CertPEM), []byte(foreign.KeyPEM)
		}, transport.KindCertificate},
		"no certificate of ours":  {func(c *transport.Config) { c.CertPEM, c.KeyPEM = nil, nil }, transport.KindCertificate},
		"a region we do not know": {func(c *transport.Config) { c.CAPEM = []byte(stranger.CertPEM()) }, transport.KindUntrusted},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := r.config(t)
			c.change(&cfg)
			_, err := ask(t.Context(), t, client(t, cfg), http.MethodGet, r.url)
			wantFailure(t, err, c.kind, codes.Unavailable)
		})
	}
}

func TestOnlyAllowedAddressesAreReached(t *testing.T) {
	r := newRegion(t, func(http.ResponseWriter, *http.Request) { t.Error("the region was reached") })
	cfg := r.config(t)
	cfg.AllowedHosts = []string{"region.invalid:443"}
	c := client(t, cfg)
	for _, base := range []string{r.url, "http://region.invalid:443", "https://region.invalid:8443"} {
		_, err := ask(t.Context(), t, c, http.MethodGet, base)
		wantFailure(t, err, transport.KindAddress, codes.FailedPrecondition)
	}
}

func TestRedirects(t *testing.T) {
	elsewhere := newRegion(t, func(http.ResponseWriter, *http.Request) { t.Error("a redirect to a foreign address was followed") })
	var target string
	seen := make(chan http.Header, 8)
	r := newRegion(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/landed" {
			seen <- r.Header
			return
		}
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	})
	c := client(t, r.config(t))
	t.Run("to a foreign address", func(t *testing.T) {
		target = elsewhere.url
		_, err := ask(t.Context(), t, c, http.MethodGet, r.url)
		wantFailure(t, err, transport.KindRedirect, codes.Unavailable)
	})
	t.Run("with a body", func(t *testing.T) {
		target = r.url + "/landed"
		_, err := ask(t.Context(), t, c, http.MethodPost, r.url)
		wantFailure(t, err, transport.KindRedirect, codes.Unavailable)
	})
	t.Run("to plain text", func(t *testing.T) {
		target = strings.Replace(r.url, "https", "http", 1) + "/landed"
		_, err := ask(t.Context(), t, c, http.MethodGet, r.url)
		wantFailure(t, err, transport.KindRedirect, codes.Unavailable)
	})
	t.Run("within the region", func(t *testing.T) {
		target = r.url + "/landed"
		if _, err := ask(t.Context(), t, c, http.MethodGet, r.url); err != nil {
			t.Fatal(err)
		}
		header := <-seen
		if header.Get("Authorization") != "" || header.Get("Referer") != "" {
			t.Errorf("the redirect carried %v", header)
		}
	})
}

func TestBodyIsBounded(t *testing.T) {
	r := newRegion(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 1000)) })
	for _, c := range []struct {
		max  int64
		fits bool
	}{{999, false}, {1000, true}, {1, false}} {
		cfg := r.config(t)
		cfg.MaxResponseBytes = c.max
		got, err := ask(t.Context(), t, client(t, cfg), http.MethodGet, r.url)
		if c.fits {
			if err != nil || len(got) != 1000 {
				t.Errorf("cap %d: %d bytes, %v", c.max, len(got), err)
			}
			continue
		}
		wantFailure(t, err, transport.KindTooLarge, codes.DataLoss)
		if int64(len(got)) != c.max {
			t.Errorf("cap %d gave %d bytes", c.max, len(got))
		}
	}
}

func TestFailuresOfTheAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		kind    transport.Kind
		code    codes.Code
	}{
		"closed without an answer": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, transport.KindBroken, codes.Unavailable},
		"cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "half")
		}, transport.KindTruncated, codes.DataLoss},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegion(t, c.handler)
			_, err := ask(t.Context(), t, client(t, r.config(t)), http.MethodPost, r.url)
			wantFailure(t, err, c.kind, c.code)
		})
	}
}

func TestWhoEndsTheCall(t *testing.T) {
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	t.Run("our caller cancels", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r := newRegion(t, func(w http.ResponseWriter, r *http.Request) { cancel(); hang(w, r) })
		_, err := ask(ctx, t, client(t, r.config(t)), http.MethodGet, r.url)
		wantFailure(t, err, transport.KindCancelled, codes.Canceled)
		if !errors.Is(err, context.Canceled) {
			t.Error("it does not count as context.Canceled")
		}
	})
	t.Run("the caller's deadline", func(t *testing.T) {
		r := newRegion(t, hang)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := ask(ctx, t, client(t, r.config(t)), http.MethodGet, r.url)
		wantFailure(t, err, transport.KindTimedOut, codes.DeadlineExceeded)
	})
	for name, limit := range map[string]struct{ client, caller time.Duration }{
		"the client's own limit, amid the body":                      {100 * time.Millisecond, 0},
		"the client's own limit, amid the body, before the caller's": {100 * time.Millisecond, time.Minute},
		"the caller's, amid the body, before the client's own limit": {time.Minute, 100 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRegion(t, func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, "a")
				_ = http.NewResponseController(w).Flush()
				hang(w, r)
			})
			cfg, ctx := r.config(t), t.Context()
			cfg.Timeout = limit.client
			if limit.caller > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, limit.caller)
				defer cancel()
			}
			_, err := ask(ctx, t, client(t, cfg), http.MethodGet, r.url)
			wantFailure(t, err, transport.KindTimedOut, codes.DeadlineExceeded)
		})
	}
	t.Run("nobody listens", func(t *testing.T) {
		r := newRegion(t, hang)
		cfg := r.config(t)
		cfg.AllowedHosts = []string{"127.0.0.1:1"}
		_, err := ask(t.Context(), t, client(t, cfg), http.MethodGet, "https://127.0.0.1:1")
		wantFailure(t, err, transport.KindUnreachable, codes.Unavailable)
	})
}

func TestNoCookieIsKept(t *testing.T) {
	r := newRegion(t, func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "session", Value: "1"})
		_, _ = io.WriteString(w, r.Header.Get("Cookie"))
	})
	c := client(t, r.config(t))
	for range 2 {
		if got, err := ask(t.Context(), t, c, http.MethodGet, r.url); err != nil || got != "" {
			t.Fatalf("cookie %q, %v", got, err)
		}
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  transport.Config
		want string
	}{
		"no address":  {transport.Config{}, "no address is allowed"},
		"no port":     {transport.Config{AllowedHosts: []string{"a.invalid:1", "b.invalid"}}, "allowed address 2 is not host:port"},
		"no CA":       {transport.Config{AllowedHosts: []string{"a.invalid:1"}, CAPEM: []byte("x")}, "the CA file holds no certificate"},
		"half a pair": {transport.Config{AllowedHosts: []string{"a.invalid:1"}, CertPEM: []byte("x")}, "the client certificate and its key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := transport.NewClient(c.cfg)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
