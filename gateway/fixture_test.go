package gateway_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/pem"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/gateway"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
)

// logged is a log that can be read while it is written.
type logged struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	muted bool
}

// mute keeps nothing from now on.
func (l *logged) mute() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.muted = true
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.muted {
		return len(p), nil
	}
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// house is a gateway over fake regions, with what stands around it.
type house struct {
	*gateway.Server
	ca     *pki.CA
	issuer *sandboxissuer.Service
	config *config.Config
	opts   gateway.Options
	log    *logged
	spans  *tracetest.InMemoryExporter

	stop context.CancelFunc
	// ended is closed when the gateway has ended, with err.
	ended chan struct{}
	err   error
}

// prepare makes the house without its gateway: a configuration with TLS on loopback
// and a token issuer, and the fake regions switched on.
func prepare(t testing.TB, regions ...*region) *house {
	t.Helper()
	ca, err := pki.NewCA("gateway", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	issuer, err := sandboxissuer.New(sandboxissuer.Config{Now: time.Now, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{ca: ca, issuer: issuer, log: &logged{}, spans: tracetest.NewInMemoryExporter(), ended: make(chan struct{})}
	h.config = h.configure(t, regions)
	registry, err := adapters.NewRegistry(entries(regions)...)
	if err != nil {
		t.Fatal(err)
	}
	logger, err := telemetry.NewLogger(h.log, telemetry.LogOptions{Level: "debug", Format: "json"})
	if err != nil {
		t.Fatal(err)
	}
	h.opts = gateway.Options{Config: h.config, Registry: registry, Logger: logger, Version: "1.2.3-test", TraceExporter: h.spans}
	return h
}

func (h *house) configure(t testing.TB, regions []*region) *config.Config {
	t.Helper()
	folder := t.TempDir()
	jwks, err := h.issuer.WriteJWKS(folder)
	if err != nil {
		t.Fatal(err)
	}
	c := config.Default()
	c.Strict = false
	c.Listen = config.Listen{GRPC: "127.0.0.1:0", REST: "127.0.0.1:0", Metrics: "127.0.0.1:0", Admin: "127.0.0.1:0"}
	c.Timeouts.Notice.Duration, c.Reload.Every.Duration = 0, 0 // no test waits for what it does not test
	c.TLS = h.serverFiles(t, folder)
	c.Auth.Issuer, c.Auth.Audience, c.Auth.JWKSFile = sandboxissuer.Issuer, sandboxissuer.Audience, jwks
	c.Organisations = map[string][]string{sandboxissuer.Pharmacist().Organisation.ODSCode: nil}
	c.Regions = map[string]config.Region{}
	for _, r := range regions {
		c.Regions[r.id] = config.Region{Enabled: true, System: config.System{BaseURL: "https://fhir." + r.id + ".example/fhir"}}
		for organisation := range c.Organisations {
			c.Organisations[organisation] = append(c.Organisations[organisation], r.id)
		}
	}
	return c
}

func (h *house) serverFiles(t testing.TB, folder string) config.TLS {
	t.Helper()
	certificate, err := h.ca.Server()
	if err != nil {
		t.Fatal(err)
	}
	var chain strings.Builder
	for _, der := range certificate.Certificate {
		chain.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	}
	key, err := pki.PrivateKeyPEM(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return config.TLS{CertFile: write(t, folder, "gateway.crt", chain.String()), KeyFile: write(t, folder, "gateway.key", key)}
}

func write(t testing.TB, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// open makes the gateway and runs it until the test ends.
func (h *house) open(t testing.TB) *house {
	t.Helper()
	server, err := gateway.New(h.opts)
	if err != nil {
		t.Fatal(err)
	}
	h.Server = server
	ctx, cancel := context.WithCancel(context.Background())
	h.stop = cancel
	go func() {
		defer close(h.ended)
		h.err = server.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		if err := h.wait(); err != nil {
			t.Errorf("the gateway ended with %v", err)
		}
	})
	select {
	case <-server.Ready():
	case <-h.ended:
		t.Fatalf("the gateway did not start: %v", h.err)
	}
	return h
}

// wait waits for the gateway's end, and says how it ended.
func (h *house) wait() error {
	<-h.ended
	return h.err
}

func start(t testing.TB, regions ...*region) *house {
	t.Helper()
	return prepare(t, regions...).open(t)
}

// clientTLS trusts the gateway's authority and shows the named client's certificate, if any.
func (h *house) clientTLS(t testing.TB, ca *pki.CA, client string) *tls.Config {
	t.Helper()
	out := &tls.Config{RootCAs: h.ca.Pool(), MinVersion: tls.VersionTLS12, ServerName: "localhost"}
	if client == "" {
		return out
	}
	pair, err := ca.Client(client)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := tls.X509KeyPair([]byte(pair.CertPEM), []byte(pair.KeyPEM))
	if err != nil {
		t.Fatal(err)
	}
	// Sent whether or not the gateway's list of authorities names its issuer.
	out.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &certificate, nil }
	return out
}

func (h *house) dial(t testing.TB, security *tls.Config) *grpc.ClientConn {
	t.Helper()
	return dial(t, h.GRPCAddr(), security)
}

func dial(t testing.TB, address net.Addr, security *tls.Config) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address.String(), grpc.WithTransportCredentials(credentials.NewTLS(security)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func (h *house) conn(t testing.TB) *grpc.ClientConn {
	t.Helper()
	return h.dial(t, h.clientTLS(t, h.ca, ""))
}

// admin is a connection to the admin listener.
func (h *house) admin(t testing.TB) *grpc.ClientConn {
	t.Helper()
	return dial(t, h.AdminAddr(), h.clientTLS(t, h.ca, ""))
}

func (h *house) token(t testing.TB) string {
	t.Helper()
	token, err := h.issuer.Token(sandboxissuer.Pharmacist(), 0)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// as is the context of a call with a token.
func (h *house) as(t testing.TB) context.Context {
	t.Helper()
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+h.token(t))
}

func (h *house) records(t testing.TB) lhcrv1.RecordServiceClient {
	t.Helper()
	return lhcrv1.NewRecordServiceClient(h.conn(t))
}

func (h *house) web(t testing.TB, security *tls.Config) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: security, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// reply is an answer of REST with its whole body.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (h *house) rest(t testing.TB, verb, path, body string, header map[string]string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), verb, "https://"+h.RESTAddr().String()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+h.token(t))
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range header {
		if req.Header.Set(name, value); value == "" {
			req.Header.Del(name)
		}
	}
	res, err := h.web(t, h.clientTLS(t, h.ca, "")).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	whole, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{res.StatusCode, res.Header, whole}
}
