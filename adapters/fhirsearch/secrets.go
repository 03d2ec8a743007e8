package fhirsearch

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
)

// secretHeaders are the headers that carry a secret of the deployment. The error names
// the setting that is missing.
func secretHeaders(d *definition.Definition, settings adapters.Settings) (http.Header, error) {
	out := http.Header{}
	for _, header := range slices.Sorted(maps.Keys(d.Headers.Secrets)) {
		name := d.Headers.Secrets[header]
		value := settings.Secrets[name].Reveal()
		switch {
		case value == "":
			return nil, fmt.Errorf("secret_files.%s is not set: the region wants it in the header %s", name, header)
		case !isHeaderValue(value):
			return nil, fmt.Errorf("secret_files.%s holds what no header carries: want up to %d printable characters", name, maxHeaderValue)
		}
		out.Set(header, value)
	}
	return out, nil
}

// withSecrets is a client that sends the headers with each request to the region's own
// address, and never elsewhere, where a redirect or a link may lead.
func withSecrets(client *http.Client, base *url.URL, headers http.Header) *http.Client {
	if len(headers) == 0 {
		return client
	}
	next := client.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	out := *client
	out.Transport = &keyed{base: base, headers: headers, next: next}
	return &out
}

var _ http.RoundTripper = (*keyed)(nil)

// keyed puts the secrets on what is sent to the region.
type keyed struct {
	base    *url.URL
	headers http.Header
	next    http.RoundTripper
}

// RoundTrip sends one request.
func (k *keyed) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != k.base.Scheme || req.URL.Host != k.base.Host {
		return k.next.RoundTrip(req)
	}
	with := req.Clone(req.Context())
	maps.Copy(with.Header, k.headers)
	return k.next.RoundTrip(with)
}
