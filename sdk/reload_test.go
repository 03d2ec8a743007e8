package sdk_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/status"
)

// tlsGateway is a gateway on a socket, whose certificate and trust can change and
// whose connections can be cut. Its answer's request id names the client's certificate.
type tlsGateway struct {
	address string

	mu      sync.Mutex
	config  *tls.Config
	accepts []net.Conn
}

// trusting changes the gateway's own certificate, and those that its clients may show.
func (g *tlsGateway) trusting(t *testing.T, certificate tls.Certificate, shown ...tls.Certificate) {
	t.Helper()
	clients := x509.NewCertPool()
	for _, c := range shown {
		leaf, err := x509.ParseCertificate(c.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		clients.AddCert(leaf)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.config = &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientCAs: clients, ClientAuth: tls.RequireAndVerifyClientCert,
		NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12,
	}
}

// cut ends every connection, as a gateway that starts anew does.
func (g *tlsGateway) cut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, conn := range g.accepts {
		_ = conn.Close() // it may have ended by itself
	}
	g.accepts = nil
}

// listener notes what it accepts.
type listener struct {
	net.Listener
	gateway *tlsGateway
}

func (l listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.gateway.mu.Lock()
		l.gateway.accepts = append(l.gateway.accepts, conn)
		l.gateway.mu.Unlock()
	}
	return conn, err
}

func newTLSGateway(t *testing.T) *tlsGateway {
	t.Helper()
	socket, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &tlsGateway{address: socket.Addr().String()}
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.config, nil
	}})))
	records := &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		p, _ := peer.FromContext(ctx)
		return &lhcrv1.GetRecordResponse{RequestId: p.AuthInfo.(credentials.TLSInfo).State.PeerCertificates[0].Subject.CommonName}, nil
	}}
	lhcrv1.RegisterRecordServiceServer(server, records)
	lhcrv1.RegisterServerServiceServer(server, records)
	go func() { _ = server.Serve(listener{socket, g}) }() // ends with Stop
	t.Cleanup(server.Stop)
	return g
}

// pemFiles writes a certificate and its key, as whoever renews them would.
func pemFiles(t *testing.T, certificate tls.Certificate, certificateFile, keyFile string) {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	if certificateFile != "" {
		write(t, certificateFile, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Certificate[0]})))
	}
	if keyFile != "" {
		write(t, keyFile, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	}
}

func TestRenewedCertificatesHoldFromTheNextConnectionOn(t *testing.T) {
	dir := t.TempDir()
	ca, own, key := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "own.pem"), filepath.Join(dir, "own.key")
	var log bytes.Buffer
	g := newTLSGateway(t)
	server, _ := certificate(t, "gateway.example")
	first, _ := certificate(t, "pmr-1.example")
	g.trusting(t, server, first)
	pemFiles(t, server, ca, "")
	pemFiles(t, first, own, key)

	client, err := sdk.Dial(t.Context(), g.address, sdk.WithServerName("gateway.example"),
		sdk.WithRootCAFile(ca), sdk.WithClientCertificateFiles(own, key), sdk.WithWaitForReady(),
		sdk.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // the test is over
	seen := func(step, want string) {
		t.Helper()
		g.cut()
		record, err := client.GetRecord(t.Context(), testQuery())
		if err != nil || record.RequestID() != want {
			t.Fatalf("%s: the certificate of %q, error %v; want %q", step, record.RequestID(), err, want)
		}
	}
	seen("at first", "pmr-1.example")

	// The gateway's authority and our own certificate change; nobody tells the client.
	server, _ = certificate(t, "gateway.example")
	second, _ := certificate(t, "pmr-2.example")
	g.trusting(t, server, first, second)
	pemFiles(t, server, ca, "")
	pemFiles(t, second, own, key)
	seen("renewed", "pmr-2.example")

	// Half of the next pair is there, and the authorities' file is being written.
	third, _ := certificate(t, "pmr-3.example")
	pemFiles(t, third, own, "")
	write(t, ca, "-----BEGIN CERT")
	seen("half renewed", "pmr-2.example")
	for _, said := range []string{"the client certificate cannot be used", "the root CA file cannot be used"} {
		if !strings.Contains(log.String(), said) {
			t.Errorf("not logged: %q", said)
		}
	}

	pemFiles(t, third, "", key)
	pemFiles(t, server, ca, "")
	g.trusting(t, server, first, second, third)
	seen("wholly renewed", "pmr-3.example")
}

func TestAnAuthorityThatIsTakenAwayIsTrustedNoMore(t *testing.T) {
	dir := t.TempDir()
	ca, own, key := filepath.Join(dir, "ca.pem"), filepath.Join(dir, "own.pem"), filepath.Join(dir, "own.key")
	g := newTLSGateway(t)
	server, _ := certificate(t, "gateway.example")
	pmr, _ := certificate(t, "pmr.example")
	g.trusting(t, server, pmr)
	pemFiles(t, server, ca, "")
	pemFiles(t, pmr, own, key)
	client, err := sdk.Dial(t.Context(), g.address, sdk.WithServerName("gateway.example"), sdk.WithoutRetry(),
		sdk.WithRootCAFile(ca), sdk.WithClientCertificateFiles(own, key))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }() // the test is over
	other, _ := certificate(t, "gateway.example")
	pemFiles(t, other, ca, "")
	g.cut()
	for range 2 { // the first call may meet the connection that was cut
		_, err = client.GetRecord(t.Context(), testQuery())
	}
	if status.Code(err) != codes.Unavailable || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("error: %v", err)
	}
}

func TestWrongFilesAreAnErrorAtOnce(t *testing.T) {
	dir := t.TempDir()
	empty, own, key := filepath.Join(dir, "empty"), filepath.Join(dir, "own.pem"), filepath.Join(dir, "own.key")
	write(t, empty, "")
	pair, _ := certificate(t, "pmr.example")
	other, _ := certificate(t, "other.example")
	pemFiles(t, pair, own, "")
	pemFiles(t, other, "", key)
	tests := map[string]struct {
		option sdk.Option
		want   string
	}{
		"no CA file":        {sdk.WithRootCAFile(filepath.Join(dir, "none")), "no such file"},
		"an empty CA file":  {sdk.WithRootCAFile(empty), "holds no certificate"},
		"another's key":     {sdk.WithClientCertificateFiles(own, key), "private key does not match"},
		"no key":            {sdk.WithClientCertificateFiles(own, ""), "client certificate files"},
		"no certificate":    {sdk.WithClientCertificateFiles("", key), "client certificate files"},
		"an invalid config": {sdk.WithServiceConfig("{"), "service config"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			client, err := sdk.Dial(t.Context(), "gateway.invalid:7443", test.option, sdk.WithLazyConnection())
			if err == nil {
				_ = client.Close()
				t.Fatal("it dialled")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %q does not tell of %q", err, test.want)
			}
		})
	}
}
