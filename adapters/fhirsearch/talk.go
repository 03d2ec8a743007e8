package fhirsearch

import (
	"context"
	"net/http"
	"net/url"

	"github.com/openlhcr/openlhcr/adapters/call"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Talk is calls of a region's FHIR service that are no searches of a plan, on behalf of one
// caller about one patient: with the region's token, headers and pace, within one budget.
// It is for a region whose way of reading is its own (package scr).
type Talk struct{ session *session }

// Talk begins one. It fails where the region could not be told who asks.
func (r *Region) Talk(caller *adapterv1.Caller, patient *lhcrv1.PatientQuery) (*Talk, *call.Failure) {
	s, failure := r.client.open(caller, patient)
	if failure != nil {
		return nil, failure
	}
	return &Talk{session: s}, nil
}

// Tell sends a header with every call of the talk.
func (t *Talk) Tell(header, value string) { t.session.headers.Set(header, value) }

// Get reads what stands at a path below the base URL. code is the HTTP status, 0 where none came.
func (t *Talk) Get(ctx context.Context, path string, query url.Values) (body []byte, code int, failure *call.Failure) {
	at := t.session.base.JoinPath(path)
	at.RawQuery = query.Encode()
	came, failure := t.session.try(ctx, exchange{method: http.MethodGet, url: at, accept: t.session.accept()})
	if failure == nil && came.status != http.StatusOK {
		failure = t.session.refusal(came)
	}
	return came.body, came.status, failure
}

// Post sends a resource to a path below the base URL. What is answered to a success is of no use.
func (t *Talk) Post(ctx context.Context, path string, resource []byte) *call.Failure {
	came, failure := t.session.try(ctx, exchange{
		method: http.MethodPost, url: t.session.base.JoinPath(path), body: string(resource), kind: fhirJSON, accept: fhirJSON,
	})
	switch {
	case failure != nil:
		return failure
	case came.status == http.StatusOK, came.status == http.StatusCreated, came.status == http.StatusNoContent:
		return nil
	}
	return t.session.refusal(came)
}

// Deadline ends the calls of one request at the region's own limit and, if sooner, a little
// before the caller's deadline.
func (r *Region) Deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return call.Deadline(ctx, r.definition.Limits.FetchTimeout)
}
