package token

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/transport"
)

// maxReply bounds a token service's reply.
const maxReply = 64 << 10

// ClientAuth is how a client proves itself at a token service (RFC 6749, section 2.3.1).
type ClientAuth string

// The ways.
const (
	// ClientAuthBasic sends id and secret in the Authorization header.
	ClientAuthBasic ClientAuth = "basic"
	// ClientAuthBody sends id and secret in the form.
	ClientAuthBody ClientAuth = "body"
	// ClientAuthNone sends neither: the certificate or the assertion says who we are.
	ClientAuthNone ClientAuth = "none"
)

// client is one token service and how we prove ourselves to it.
type client struct {
	http       *http.Client
	url        string
	id, secret string
	auth       ClientAuth
	bare       bool
	now        func() time.Time
}

// ask posts a form and reads the reply.
func (c *client) ask(ctx context.Context, form url.Values) (grant, error) {
	if c.auth == ClientAuthBody {
		form.Set("client_id", c.id)
		form.Set("client_secret", c.secret)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, strings.NewReader(form.Encode()))
	if err != nil {
		return grant{}, &transport.Error{Kind: transport.KindAddress}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	if c.auth == ClientAuthBasic {
		req.SetBasicAuth(url.QueryEscape(c.id), url.QueryEscape(c.secret))
	}
	return c.send(req)
}

func (c *client) send(req *http.Request) (grant, error) {
	res, err := transport.Do(c.http, req)
	if err != nil {
		return grant{}, err
	}
	defer func() { _ = res.Body.Close() }() // what mattered was read
	body, err := transport.ReadAll(req.Context(), res.Body, maxReply)
	if res.StatusCode != http.StatusOK {
		var r reply
		_ = json.Unmarshal(body, &r) // a refusal needs no body
		return grant{}, refusal(res.StatusCode, knownReason(r.Error), c.retryAfter(res))
	}
	if err != nil {
		return grant{}, err
	}
	return parseReply(body, c.bare, c.now())
}

func (c *client) retryAfter(res *http.Response) time.Duration {
	return transport.RetryAfter(res.Header, c.now())
}
