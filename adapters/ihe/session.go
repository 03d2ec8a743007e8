package ihe

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// session is the calls of one request, on behalf of one caller.
type session struct {
	*client
	assertion []byte
	budget    *call.Budget
}

// open makes a session. It fails when the region could not be told who asks.
func (c *client) open(caller *adapterv1.Caller) (*session, *call.Failure) {
	s := &session{client: c, budget: call.NewBudget(c.definition.Limits.MaxBytes)}
	if c.assertions == nil {
		return s, nil
	}
	assertion, failure := c.assertions.Assertion(caller)
	s.assertion = assertion
	return s, failure
}

// question is one message to be sent.
type question struct {
	purpose, action string
	body            []byte
	id              string // of the message; one is made without it
	mtom            bool
	limit           int64      // of the answer; 0 for a page's
	fault           *soap.Kind // where to put what a fault means; nil for nowhere
}

// ask sends a message and reads its answer.
func (s *session) ask(ctx context.Context, q question) (*soap.Message, *call.Failure) {
	ctx, cancel := context.WithTimeout(ctx, s.definition.Limits.SearchTimeout)
	defer cancel()
	if err := s.pace.Wait(ctx); err != nil {
		return nil, call.FailureOf(ctx, err)
	}
	if q.id == "" {
		id, err := call.UUID(s.random)
		if err != nil {
			return nil, call.Unavailable("no message can be made now")
		}
		q.id = id
	}
	res, err := s.send(ctx, q)
	if err != nil {
		return nil, call.FailureOf(ctx, err)
	}
	defer call.Discard(res)
	return s.read(ctx, q, res)
}

func (s *session) send(ctx context.Context, q question) (*http.Response, error) {
	at := s.addresses[q.purpose]
	contentType, body := soap.Request{
		Action: q.action, To: at.String(), MessageID: q.id, Assertion: s.assertion, Body: q.body, MTOM: q.mtom,
	}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "", bytes.NewReader(body))
	if err != nil {
		return nil, call.Malformed("an address of the region cannot be used")
	}
	req.URL, req.Host = at, at.Host // parsed once, and no transport changes it
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/soap+xml, multipart/related")
	return transport.Do(s.http, req)
}

// read reads an answer. Services answer faults with 500 and 400, and some with 200.
func (s *session) read(ctx context.Context, q question, res *http.Response) (*soap.Message, *call.Failure) {
	failed := call.ByStatus(res.StatusCode, res.Header, s.now())
	switch res.StatusCode {
	case http.StatusOK, http.StatusInternalServerError, http.StatusBadRequest:
	default:
		return nil, failed
	}
	limit := q.limit
	if limit == 0 {
		limit = s.definition.Limits.MaxPageBytes
	}
	body, err := s.budget.ReadAll(res.Body, res.ContentLength, limit)
	if err == nil {
		var m *soap.Message
		if m, err = soap.Read(res.Header.Get("Content-Type"), body); err == nil && res.StatusCode == http.StatusOK {
			return m, failureOf(ctx, m.Answers(q.id))
		}
	}
	var told *soap.Error
	isFault := errors.As(err, &told) && told.IsFault()
	if isFault && q.fault != nil {
		*q.fault = told.Kind
	}
	if res.StatusCode != http.StatusOK && !isFault { // the status says most
		return nil, failed
	}
	failure := failureOf(ctx, err)
	failure.RetryAfter = failed.RetryAfter
	return nil, failure
}

// failureOf reads any error of a call, those of SOAP among them.
func failureOf(ctx context.Context, err error) *call.Failure {
	var told *soap.Error
	if !errors.As(err, &told) {
		return call.FailureOf(ctx, err)
	}
	switch told.Kind {
	case soap.KindTooLarge:
		return call.TooLarge()
	case soap.KindRefused:
		return call.Refused(told.Error())
	case soap.KindReceiver, soap.KindBusy:
		return call.Unavailable(told.Error())
	case soap.KindSender:
		return call.Unavailable(told.Error()).Final()
	default:
		return call.Malformed(told.Error())
	}
}
