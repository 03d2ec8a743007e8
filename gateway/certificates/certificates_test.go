package certificates_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/gateway/certificates"
)

func authority(t *testing.T, name string) *pki.CA {
	t.Helper()
	ca, err := pki.NewCA(name, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func write(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// issue writes a new certificate of an authority.
func issue(t *testing.T, ca *pki.CA) certificates.Files {
	t.Helper()
	pair, err := ca.Server()
	if err != nil {
		t.Fatal(err)
	}
	key, err := pki.PrivateKeyPEM(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	chain := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}))
	return certificates.Files{Certificate: write(t, folder, "crt", chain), Key: write(t, folder, "key", key)}
}

func read(t *testing.T, files certificates.Files) *certificates.Identity {
	t.Helper()
	identity, err := certificates.Read(files)
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// listen answers every connection that shakes hands with "ok".
func listen(t *testing.T, security *tls.Config) string {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", security)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = conn.Write([]byte("ok"))
				_ = conn.Close()
			}()
		}
	}()
	return l.Addr().String()
}

// caller trusts an authority and shows a certificate of another, if any; it remembers sessions.
func caller(t *testing.T, trusts, of *pki.CA) *tls.Config {
	t.Helper()
	out := &tls.Config{RootCAs: trusts.Pool(), ServerName: "localhost", NextProtos: []string{"h2"}, ClientSessionCache: tls.NewLRUClientSessionCache(4)}
	if of == nil {
		return out
	}
	issued, err := of.Client("caller")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(issued.CertPEM), []byte(issued.KeyPEM))
	if err != nil {
		t.Fatal(err)
	}
	out.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	return out
}

// greet opens a connection and reads the answer.
func greet(address string, security *tls.Config) (tls.ConnectionState, error) {
	conn, err := tls.Dial("tcp", address, security)
	if err != nil {
		return tls.ConnectionState{}, err
	}
	defer func() { _ = conn.Close() }()
	answer := make([]byte, 2)
	if _, err := io.ReadFull(conn, answer); err != nil || string(answer) != "ok" {
		return tls.ConnectionState{}, errors.Join(errors.New("no answer"), err)
	}
	return conn.ConnectionState(), nil
}

func TestTheNextConnectionMeetsTheNewCertificate(t *testing.T) {
	first, second := authority(t, "first"), authority(t, "second")
	keeper := certificates.NewKeeper(read(t, issue(t, first)))
	address := listen(t, keeper.TLS("h2"))
	if state, err := greet(address, caller(t, first, nil)); err != nil || state.NegotiatedProtocol != "h2" {
		t.Fatalf("at first: %v, protocol %q", err, state.NegotiatedProtocol)
	}
	keeper.Replace(read(t, issue(t, second)))
	if _, err := greet(address, caller(t, second, nil)); err != nil {
		t.Errorf("whoever trusts the new authority is not answered: %v", err)
	}
	var untrusted *tls.CertificateVerificationError
	if _, err := greet(address, caller(t, first, nil)); !errors.As(err, &untrusted) {
		t.Errorf("the old certificate is still shown: %v", err)
	}
}

// A caller whose authority was taken out does not come in again by a session of before.
func TestAuthoritiesOfCallersCanBeReplaced(t *testing.T) {
	own, old, next := authority(t, "gateway"), authority(t, "old"), authority(t, "next")
	files := issue(t, own)
	with := func(ca *pki.CA) *certificates.Identity {
		files.Authorities = write(t, t.TempDir(), "ca", ca.CertPEM())
		return read(t, files)
	}
	keeper := certificates.NewKeeper(with(old))
	address := listen(t, keeper.TLS("h2"))
	known, stranger := caller(t, own, old), caller(t, own, next)
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		keeper.Replace(with(old))
		known.MaxVersion, known.ClientSessionCache = version, tls.NewLRUClientSessionCache(4)
		if _, err := greet(address, known); err != nil {
			t.Fatalf("a caller of the authority: %v", err)
		}
		if state, err := greet(address, known); err != nil || !state.DidResume {
			t.Fatalf("the session is not resumed (%v): this test proves nothing", err)
		}
		if _, err := greet(address, stranger); err == nil {
			t.Error("a caller of another authority is taken")
		}
		keeper.Replace(with(next))
		if _, err := greet(address, known); err == nil {
			t.Errorf("TLS %x: a caller of the authority that was taken out is taken", version)
		}
		if _, err := greet(address, stranger); err != nil {
			t.Errorf("a caller of the new authority: %v", err)
		}
	}
}

func TestAnIdentityThatCannotBeReadNamesTheKey(t *testing.T) {
	files, other := issue(t, authority(t, "gateway")), issue(t, authority(t, "other"))
	junk := write(t, t.TempDir(), "junk", "a secret")
	for name, tt := range map[string]struct {
		files certificates.Files
		says  string
	}{
		"no file":           {certificates.Files{Certificate: "/none", Key: files.Key}, "cert_file and tls.key_file"},
		"another's key":     {certificates.Files{Certificate: files.Certificate, Key: other.Key}, "cert_file and tls.key_file"},
		"junk":              {certificates.Files{Certificate: junk, Key: files.Key}, "cert_file and tls.key_file"},
		"authorities: none": {certificates.Files{Certificate: files.Certificate, Key: files.Key, Authorities: "/none"}, "client_ca_file"},
		"authorities: junk": {certificates.Files{Certificate: files.Certificate, Key: files.Key, Authorities: junk}, "client_ca_file"},
	} {
		_, err := certificates.Read(tt.files)
		if err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want it to say %q", name, err, tt.says)
		}
	}
}

func TestExpiryIsThatOfTheFirstToEnd(t *testing.T) {
	ca := authority(t, "gateway")
	pair, err := ca.ExpiredClient("gateway")
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode([]byte(pair.CertPEM))
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		chain string
		want  time.Time
	}{
		"chain":           {pair.CertPEM + ca.CertPEM(), leaf.NotAfter},
		"the other order": {ca.CertPEM() + pair.CertPEM, leaf.NotAfter},
		"key before it":   {pair.KeyPEM + pair.CertPEM, leaf.NotAfter},
		"none":            {pair.KeyPEM, time.Time{}},
		"not PEM":         {"x", time.Time{}},
		"not certificate": {string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})), time.Time{}},
	} {
		if got := certificates.Expiry([]byte(tt.chain)); !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
