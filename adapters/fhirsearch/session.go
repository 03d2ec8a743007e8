package fhirsearch

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/token"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	fhirJSON   = "application/fhir+json"
	formType   = "application/x-www-form-urlencoded"
	maxRefusal = 64 << 10
)

// client is one regional system.
type client struct {
	http       *http.Client
	base       *url.URL
	definition *definition.Definition
	tokens     *token.Source // nil where the region takes none
	now        func() time.Time
	random     io.Reader
}

// session is the calls of one request, on behalf of one caller about one patient.
type session struct {
	*client
	token   token.Request
	headers http.Header
	budget  *budget
}

// open makes a session. It fails when the region could not be told who asks.
func (c *client) open(caller *adapterv1.Caller, patient *lhcrv1.PatientQuery) (*session, *Failure) {
	headers, failure := c.headers(caller)
	if failure != nil {
		return nil, failure
	}
	return &session{
		client: c, headers: headers, budget: newBudget(c.definition.Limits.MaxBytes),
		token: token.Request{Caller: caller, Patient: patient},
	}, nil
}

// call is one HTTP request to be.
type call struct {
	method string
	url    *url.URL
	form   string // body of a POST
	accept string
	limit  int64 // of the answer's body; 0 for a page's
}

// reply is what came back with a success.
type reply struct {
	body   []byte
	header http.Header
}

// do sends a request. A token that the region refuses is dropped and the request sent once more with a new one.
func (s *session) do(ctx context.Context, c call) (reply, *Failure) {
	res, tok, failure := s.send(ctx, c)
	if failure == nil && s.tokenRefused(res.StatusCode) {
		discard(res)
		s.tokens.Drop(tok)
		res, _, failure = s.send(ctx, c)
	}
	if failure != nil {
		return reply{}, failure
	}
	defer discard(res)
	if res.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal)) // half a refusal says enough
		return reply{}, httpFailure(res.StatusCode, res.Header, body, s.now())
	}
	return s.read(ctx, c, res)
}

func (s *session) tokenRefused(code int) bool {
	if s.tokens == nil {
		return false
	}
	return code == http.StatusUnauthorized ||
		code == http.StatusInternalServerError && s.definition.Token.ServerErrorMayBeToken
}

func (s *session) send(ctx context.Context, c call) (*http.Response, token.Token, *Failure) {
	req, err := http.NewRequestWithContext(ctx, c.method, "", strings.NewReader(c.form))
	if err != nil {
		return nil, token.Token{}, malformed("an address of the region cannot be used")
	}
	req.URL, req.Host = c.url, c.url.Host // parsed once, and no transport changes it
	req.Header = s.headers.Clone()
	req.Header.Set("Accept", c.accept)
	if c.method == http.MethodPost {
		req.Header.Set("Content-Type", formType)
	}
	tok, err := s.authorize(ctx, req)
	if err != nil {
		return nil, tok, failureOf(ctx, err)
	}
	res, err := transport.Do(s.http, req)
	return res, tok, failureOf(ctx, err)
}

func (s *session) authorize(ctx context.Context, req *http.Request) (token.Token, error) {
	if s.tokens == nil {
		return token.Token{}, nil
	}
	tok, err := s.tokens.Token(ctx, s.token)
	if err == nil {
		tok.Authorize(req)
	}
	return tok, err
}

// read reads the body of a success within the budget and the call's own limit.
func (s *session) read(ctx context.Context, c call, res *http.Response) (reply, *Failure) {
	body, err := s.budget.readAll(res.Body, res.ContentLength, cmp.Or(c.limit, s.definition.Limits.MaxPageBytes))
	if err != nil {
		return reply{}, failureOf(ctx, err)
	}
	return reply{body: body, header: res.Header}, nil
}

// discard gives the connection back. What is still to come of the answer is of no use.
func discard(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, maxRefusal)
	_ = res.Body.Close()
}
