package fhirsearch

import (
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/token"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	fhirJSON   = "application/fhir+json"
	fhirXML    = "application/fhir+xml"
	formType   = "application/x-www-form-urlencoded"
	maxRefusal = 64 << 10
)

// client is one regional system.
type client struct {
	http       *http.Client
	base       *url.URL
	further    []*url.URL // the deployment's further addresses of the region
	definition *definition.Definition
	tokens     *token.Source // nil where the region takes none
	pace       *call.Pace
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

// open makes a session. It fails when the region could not be told who asks, or that the
// patient consented where it wants that.
func (c *client) open(caller *adapterv1.Caller, patient *lhcrv1.PatientQuery) (*session, *Failure) {
	headers, failure := c.headers(caller)
	if failure == nil {
		failure = c.consented(caller, headers)
	}
	if failure != nil {
		return nil, failure
	}
	return &session{
		client: c, headers: headers, budget: newBudget(c.definition.Limits.MaxBytes),
		token: token.Request{Caller: caller, Patient: patient},
	}, nil
}

// exchange is one HTTP request to be.
type exchange struct {
	method string
	url    *url.URL
	body   string // of a POST
	kind   string // media type of that body; empty for a form
	accept string
	limit  int64 // of the answer's body; 0 for a page's
}

// reply is what came back.
type reply struct {
	status int
	body   []byte
	header http.Header
}

// do sends a request whose answer must be a success.
func (s *session) do(ctx context.Context, e exchange) (reply, *Failure) {
	came, failure := s.try(ctx, e)
	if failure == nil && came.status != http.StatusOK {
		failure = s.refusal(came)
	}
	if failure != nil {
		return reply{}, failure
	}
	return came, nil
}

// try sends a request. A token that the region refuses is dropped and the request sent
// once more with a new one.
func (s *session) try(ctx context.Context, e exchange) (reply, *Failure) {
	res, tok, failure := s.send(ctx, e)
	if failure == nil && s.tokenRefused(res.StatusCode) {
		discard(res)
		s.tokens.Drop(tok)
		res, _, failure = s.send(ctx, e)
	}
	if failure != nil {
		return reply{}, failure
	}
	defer discard(res)
	came := reply{status: res.StatusCode, header: res.Header}
	if res.StatusCode != http.StatusOK {
		came.body, _ = io.ReadAll(io.LimitReader(res.Body, maxRefusal)) // half a refusal says enough
		return came, nil
	}
	body, err := s.budget.readAll(res.Body, res.ContentLength, cmp.Or(e.limit, s.definition.Limits.MaxPageBytes))
	if err != nil {
		return reply{}, failureOf(ctx, err)
	}
	came.body = body
	return came, nil
}

func (s *session) tokenRefused(code int) bool {
	if s.tokens == nil {
		return false
	}
	return code == http.StatusUnauthorized ||
		code == http.StatusInternalServerError && s.definition.Token.ServerErrorMayBeToken
}

func (s *session) send(ctx context.Context, e exchange) (*http.Response, token.Token, *Failure) {
	req, err := http.NewRequestWithContext(ctx, e.method, "", strings.NewReader(e.body))
	if err != nil {
		return nil, token.Token{}, malformed("an address of the region cannot be used")
	}
	req.URL, req.Host = e.url, e.url.Host // parsed once, and no transport changes it
	req.Header = s.headers.Clone()
	req.Header.Set("Accept", e.accept)
	if e.method == http.MethodPost {
		req.Header.Set("Content-Type", cmp.Or(e.kind, formType))
	}
	tok, err := s.authorize(ctx, req)
	if err != nil {
		return nil, tok, failureOf(ctx, err)
	}
	if err := s.pace.Wait(ctx); err != nil {
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

// discard gives the connection back. What is still to come of the answer is of no use.
func discard(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, maxRefusal)
	_ = res.Body.Close()
}

// accept is the format that the region is asked for.
func (c *client) accept() string {
	if c.definition.FHIR.Format == "xml" {
		return fhirXML
	}
	return fhirJSON
}

// ours says that an address is the region's own.
func (c *client) ours(u *url.URL) bool {
	return u.Scheme == c.base.Scheme && u.Host == c.base.Host && u.User == nil
}

// known says that an address is one at which the deployment says that the region answers.
func (c *client) known(u *url.URL) bool {
	return c.ours(u) || slices.ContainsFunc(c.further, func(at *url.URL) bool {
		return u.Scheme == at.Scheme && u.Host == at.Host && u.User == nil
	})
}
