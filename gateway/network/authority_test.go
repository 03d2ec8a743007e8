package network_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway/network"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// authority issues certificates.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T, name string) *authority {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(2, 0, 0), KeyUsage: x509.KeyUsageCertSign,
	}
	cert, key := signed(t, template, nil)
	return &authority{parsed(t, cert), key}
}

// issue issues a certificate that lasts for so many days.
func (a *authority) issue(t *testing.T, days int, hosts ...string) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "somebody"}, DNSNames: hosts,
		NotBefore: time.Now().AddDate(0, 0, -60), NotAfter: time.Now().AddDate(0, 0, days).Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	cert, key := signed(t, template, a)
	return tls.Certificate{Certificate: [][]byte{cert}, PrivateKey: key}
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	return pool
}

func signed(t *testing.T, template *x509.Certificate, by *authority) ([]byte, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	return der, key
}

func parsed(t *testing.T, der []byte) *x509.Certificate {
	t.Helper()
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func inPEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

// host is the name by which everybody is called in these tests: clients find it by themselves.
const host = "localhost"

// region is a regional system as an operator's machine meets it.
type region struct {
	ours, theirs *authority
	server       *tls.Config
	client       *tls.Config
	handler      http.HandlerFunc
	options      network.Options
}

// sound is a region of which nothing is wrong.
func sound(t *testing.T) *region {
	t.Helper()
	ca := newAuthority(t, "Region CA")
	return &region{
		ours: ca, theirs: ca,
		server:  &tls.Config{Certificates: []tls.Certificate{ca.issue(t, 400, host)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.pool()},
		client:  &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{ca.issue(t, 200)}, MinVersion: tls.VersionTLS12},
		handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		options: network.Options{Timeout: 5 * time.Second},
	}
}

// try starts the region and tries its one address.
func (r *region) try(t *testing.T) []network.Step {
	t.Helper()
	server := httptest.NewUnstartedServer(r.handler)
	server.Config.ErrorLog = quiet()
	server.TLS = r.server
	server.StartTLS()
	t.Cleanup(server.Close)
	return network.Check(t.Context(), r.line(t, server.Listener.Addr()), r.options)
}

// line is how the region is reached at an address, under its name.
func (r *region) line(t *testing.T, at net.Addr) []network.Line {
	t.Helper()
	port := uint32(at.(*net.TCPAddr).Port)
	if r.options.Lookup == nil {
		r.options.Lookup = known
	}
	url := "https://" + net.JoinHostPort(host, portOf(port)) + "/fhir"
	return []network.Line{{RegionID: "dorset", Addresses: []network.Address{{
		Endpoint: &lhcrv1.NetworkEndpoint{RegionId: "dorset", Host: host, Port: port, Network: "HSCN", Purpose: "record"},
		URL:      url, TLS: r.client, HTTP: r.http(t, at),
	}}}}
}

// http is the region's own client.
func (r *region) http(t *testing.T, at net.Addr) *http.Client {
	t.Helper()
	c := transport.Config{AllowedHosts: []string{host + ":" + portOf(uint32(at.(*net.TCPAddr).Port))}, CAPEM: inPEM("CERTIFICATE", r.ours.cert.Raw)}
	if certs := r.client.Certificates; len(certs) > 0 {
		key, err := x509.MarshalPKCS8PrivateKey(certs[0].PrivateKey)
		if err != nil {
			t.Fatal(err)
		}
		c.CertPEM, c.KeyPEM = inPEM("CERTIFICATE", certs[0].Certificate[0]), inPEM("PRIVATE KEY", key)
	}
	client, err := transport.NewClient(c)
	if err != nil {
		t.Fatal(err)
	}
	return client
}
