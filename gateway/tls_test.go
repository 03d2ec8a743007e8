package gateway_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// reaches says whether each door answers a client with this security.
func (h *house) reaches(t *testing.T, security *tls.Config) (overGRPC, overREST bool) {
	t.Helper()
	_, err := lhcrv1.NewServerServiceClient(h.dial(t, security)).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{})
	if err != nil && status.Code(err) != codes.Unavailable {
		t.Errorf("gRPC answered with %v", err)
	}
	res, webErr := h.web(t, security).Get("https://" + h.RESTAddr().String() + "/v1/server")
	if webErr == nil {
		_ = res.Body.Close()
	}
	return err == nil, webErr == nil && res.StatusCode == http.StatusOK
}

func TestTLSOfBothDoors(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	stranger, err := pki.NewCA("stranger", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	old := h.clientTLS(t, h.ca, "")
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	distrusting := h.clientTLS(t, h.ca, "")
	distrusting.RootCAs = stranger.Pool()
	v12 := h.clientTLS(t, h.ca, "")
	v12.MaxVersion = tls.VersionTLS12
	for name, tt := range map[string]struct {
		security *tls.Config
		want     bool
	}{
		"TLS 1.3":              {h.clientTLS(t, h.ca, ""), true},
		"TLS 1.2":              {v12, true},
		"TLS 1.1":              {old, false},
		"another authority":    {distrusting, false},
		"a client's own proof": {h.clientTLS(t, h.ca, "supplier"), true},
	} {
		if overGRPC, overREST := h.reaches(t, tt.security); overGRPC != tt.want || overREST != tt.want {
			t.Errorf("%s: gRPC answers %t, REST %t, want %t", name, overGRPC, overREST, tt.want)
		}
	}
}

func TestPlainTextIsNotAnsweredByListenersWithTLS(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	conn, err := grpc.NewClient(h.GRPCAddr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := lhcrv1.NewServerServiceClient(conn).GetServerInfo(t.Context(), &lhcrv1.GetServerInfoRequest{}); status.Code(err) != codes.Unavailable {
		t.Errorf("gRPC in plain text: %v", err)
	}
	res, err := http.Get("http://" + h.RESTAddr().String() + "/v1/server")
	if err == nil {
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode == http.StatusOK {
			t.Error("REST answered in plain text")
		}
	}
}

func TestMutualTLSOfBothDoors(t *testing.T) {
	h := prepare(t, &region{id: "dorset", fetch: answers(allergic("dorset", "a1"))})
	suppliers, err := pki.NewCA("suppliers", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	h.config.TLS.ClientCAFile = write(t, t.TempDir(), "clients.crt", suppliers.CertPEM())
	h.open(t)
	for name, tt := range map[string]struct {
		security *tls.Config
		want     bool
	}{
		"of the authority":      {h.clientTLS(t, suppliers, "supplier"), true},
		"of another authority":  {h.clientTLS(t, h.ca, "supplier"), false},
		"without a certificate": {h.clientTLS(t, h.ca, ""), false},
	} {
		if overGRPC, overREST := h.reaches(t, tt.security); overGRPC != tt.want || overREST != tt.want {
			t.Errorf("a client %s: gRPC answers %t, REST %t, want %t", name, overGRPC, overREST, tt.want)
		}
	}
}

func TestWithoutTLSBothDoorsAnswerInPlainText(t *testing.T) {
	h := prepare(t, &region{id: "dorset", fetch: answers(nil)})
	h.config.Listen.PlainText = true
	h.config.TLS.CertFile, h.config.TLS.KeyFile = "", ""
	h.open(t)
	conn, err := grpc.NewClient(h.GRPCAddr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := lhcrv1.NewRecordServiceClient(conn).GetRecord(h.as(t), asking()); err != nil {
		t.Errorf("gRPC: %v", err)
	}
	res, err := http.Get("http://" + h.RESTAddr().String() + "/v1/server")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("REST: %v", err)
	}
	_ = res.Body.Close()
}

// The metrics stand on a listener of their own, on loopback by default.
func TestMetricsAreNotServedByTheOtherDoors(t *testing.T) {
	h := start(t, &region{id: "dorset", fetch: answers(nil)})
	if host, _, err := net.SplitHostPort(h.MetricsAddr().String()); err != nil || host != "127.0.0.1" {
		t.Errorf("metrics on %v", h.MetricsAddr())
	}
	if res := h.rest(t, "GET", "/metrics", "", nil); res.status != http.StatusNotFound {
		t.Errorf("REST answers /metrics with %d", res.status)
	}
}
