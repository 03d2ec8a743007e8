// Package probe is a plain HTTP client for the tests of simulators: it knows certificates and nothing of any region.
package probe

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// Client trusts the region's authority and shows the given certificate, or none when pair is nil.
// It follows no redirect. Its idle connections are closed when the test ends.
func Client(t *testing.T, access system.Access, pair *pki.KeyPair) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM([]byte(access.CACertPEM)) {
		t.Fatal("the region's authority is no certificate")
	}
	config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if pair != nil {
		cert, err := tls.X509KeyPair([]byte(pair.CertPEM), []byte(pair.KeyPEM))
		if err != nil {
			t.Fatal(err)
		}
		// A server names the authorities that it accepts; a stranger shows its certificate all the same.
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &cert, nil }
	}
	transport := &http.Transport{TLSClientConfig: config}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Gateway is the client that the region knows.
func Gateway(t *testing.T, access system.Access) *http.Client {
	t.Helper()
	return Client(t, access, &pki.KeyPair{CertPEM: access.ClientCertPEM, KeyPEM: access.ClientKeyPEM})
}

// Answer is a whole answer.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do sends a request and reads the whole answer.
func Do(client *http.Client, r *http.Request) (Answer, error) {
	response, err := client.Do(r)
	if err != nil {
		return Answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	return Answer{response.StatusCode, response.Header, body}, err
}

// Must is Do for a request that has to be answered.
func Must(t *testing.T, client *http.Client, r *http.Request) Answer {
	t.Helper()
	answer, err := Do(client, r)
	if err != nil {
		t.Fatalf("%s %s: %v", r.Method, r.URL.Path, err)
	}
	return answer
}

// Request makes a client request with a form as its body, or with none.
func Request(t *testing.T, method, address string, form url.Values) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	r.RequestURI = "" // a client request must not carry one
	if form == nil {
		r.Body, r.ContentLength = http.NoBody, 0
		return r
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// Bundle is a searchset as a test reads it.
type Bundle struct {
	Total int `json:"total"`
	Link  []struct {
		Relation string `json:"relation"`
		URL      string `json:"url"`
	} `json:"link"`
	Entry []struct {
		FullURL  string         `json:"fullUrl"`
		Resource map[string]any `json:"resource"`
		Search   struct {
			Mode string `json:"mode"`
		} `json:"search"`
	} `json:"entry"`
}

// ReadBundle reads a searchset.
func ReadBundle(t *testing.T, body []byte) Bundle {
	t.Helper()
	var b struct {
		ResourceType string `json:"resourceType"`
		Bundle
	}
	if err := json.Unmarshal(body, &b); err != nil || b.ResourceType != "Bundle" {
		t.Fatalf("no Bundle (%v): %.200s", err, body)
	}
	return b.Bundle
}

// Rel gives the link of a relation, or "".
func (b Bundle) Rel(relation string) string {
	for _, l := range b.Link {
		if l.Relation == relation {
			return l.URL
		}
	}
	return ""
}

// IDs gives "Type/id" of the entries of a search mode, in order.
func (b Bundle) IDs(mode string) []string {
	var ids []string
	for _, e := range b.Entry {
		if e.Search.Mode == mode {
			ids = append(ids, fmt.Sprintf("%v/%v", e.Resource["resourceType"], e.Resource["id"]))
		}
	}
	return ids
}
