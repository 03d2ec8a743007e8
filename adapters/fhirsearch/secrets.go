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

// secretHeaders are the headers that carry a secret of the deployment, as far as it has them.
// The error names the settings that are wrong.
func secretHeaders(d *definition.Definition, settings adapters.Settings) (http.Header, error) {
	out := http.Header{}
	var wrong []error
	for _, header := range slices.Sorted(maps.Keys(d.Headers.Secrets)) {
		name := d.Headers.Secrets[header]
		value := settings.Secrets[name].Reveal()
		switch {
		case value == "": // the definition says that it is missing
		case !isHeaderValue(value):
			wrong = append(wrong, fmt.Errorf("secret_files.%s holds what no header carries: want up to %d printable characters", name, maxHeaderValue))
		default:
			out.Set(header, value)
		}
	}
	return out, definition.Together(wrong...)
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
