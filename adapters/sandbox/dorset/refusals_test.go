package dorset_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
)

func TestTokenEndpointRefuses(t *testing.T) {
	r := start(t)
	for _, c := range []struct {
		name   string
		spoil  func(*http.Request)
		form   url.Values
		status int
		want   string
	}{
		{"wrong secret", func(q *http.Request) { q.SetBasicAuth(r.access.ClientID, "guess") }, nil, 401, "invalid_client"},
		{"wrong client", func(q *http.Request) { q.SetBasicAuth("guess", r.access.ClientSecret) }, nil, 401, "invalid_client"},
		{"no client", func(q *http.Request) { q.Header.Del("Authorization") }, nil, 401, "invalid_client"},
		{"wrong grant", nil, url.Values{"grant_type": {"password"}}, 400, "unsupported_grant_type"},
		{"wrong scope", nil, url.Values{"grant_type": {"client_credentials"}, "scope": {"user/*.write"}}, 400, "invalid_scope"},
		{"no form", func(q *http.Request) { q.Header.Set("Content-Type", "application/json") }, nil, 400, "invalid_request"},
	} {
		req := r.tokenRequest()
		if c.form != nil {
			auth := req.Header.Get("Authorization")
			req = probe.Request(t, http.MethodPost, r.access.TokenURL, c.form)
			req.Header.Set("Authorization", auth)
		}
		if c.spoil != nil {
			c.spoil(req)
		}
		answer := probe.Must(t, r.client, req)
		if answer.Status != c.status || !strings.Contains(string(answer.Body), `"error":"`+c.want+`"`) {
			t.Errorf("%s: %d %s", c.name, answer.Status, answer.Body)
		}
	}
}

func TestFHIREndpointRefuses(t *testing.T) {
	r := start(t)
	number := r.patient(patients.Demo).NHSNumber
	patient := r.margaret()
	without := func(header string) *http.Request {
		req := r.search("Patient", byNumber(number))
		req.Header.Del(header)
		return req
	}
	with := func(header, value string) *http.Request {
		req := r.search("Patient", byNumber(number))
		req.Header.Set(header, value)
		return req
	}
	method := func(method, path string) *http.Request {
		return r.identify(probe.Request(t, method, r.access.BaseURL+path, url.Values{}), r.token())
	}
	for _, c := range []struct {
		name   string
		req    *http.Request
		status int
		code   string
	}{
		{"no token", without("Authorization"), 401, "login"},
		{"unknown token", with("Authorization", "Bearer guess"), 401, "login"},
		{"no organisation", without("NHSD-End-User-Organisation-ODS"), 400, "required"},
		{"no person", without("NHSD-Identity-UUID"), 400, "required"},
		{"no role", without("NHSD-Session-URID"), 400, "required"},
		{"no request id", without("X-Request-ID"), 400, "required"},
		{"request id is no UUID", with("X-Request-ID", "1"), 400, "required"},
		{"purpose is not direct care", with("NHSD-Purpose", "research"), 400, "required"},
		{"Accept without FHIR", with("Accept", "text/html"), 406, "not-supported"},
		{"body is no form", with("Content-Type", "application/json"), 415, "not-supported"},
		{"unknown parameter", r.search("AllergyIntolerance", url.Values{"patient": {patient}, "colour": {"red"}}), 400, "not-supported"},
		{"unknown include", r.search("AllergyIntolerance", url.Values{"patient": {patient}, "_include": {"AllergyIntolerance:colour"}}), 400, "not-supported"},
		{"no patient named", r.search("AllergyIntolerance", url.Values{"clinical-status": {"active"}}), 400, "required"},
		{"number of another system", r.search("Patient", url.Values{"identifier": {"urn:x|" + number}}), 400, "value"},
		{"number fails modulus 11", r.search("Patient", byNumber("9990000000")), 400, "value"},
		{"two patients named", r.search("AllergyIntolerance", url.Values{"patient": {patient, "Patient/other"}}), 400, "multiple-matches"},
		{"count is no number", r.search("AllergyIntolerance", url.Values{"patient": {patient}, "_count": {"many"}}), 400, "value"},
		{"date is none", r.search("Observation", url.Values{"patient": {patient}, "date": {"yesterday"}}), 400, "value"},
		{"number in the URL", r.get(r.access.BaseURL + "/Patient?identifier=" + url.QueryEscape(nhsSystem+number)), 400, "security"},
		{"parameters in the URL", method(http.MethodPost, "/Patient/_search?identifier="+nhsSystem+number), 400, "security"},
		{"unknown type", r.search("Spaceship", about(patient)), 404, "not-found"},
		{"unknown page", r.get(r.access.BaseURL + "/page/guess"), 404, "not-found"},
		{"unknown resource", r.get(r.access.BaseURL + "/Binary/guess"), 404, "not-found"},
		{"create", method(http.MethodPost, "/Patient"), 405, "not-supported"},
		{"delete", method(http.MethodDelete, "/"+patient), 405, "not-supported"},
	} {
		answer := probe.Must(t, r.client, c.req)
		body := string(answer.Body)
		if answer.Status != c.status || !strings.Contains(body, "OperationOutcome") ||
			!strings.Contains(body, `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s, want %d %s", c.name, answer.Status, body, c.status, c.code)
		}
	}
	if got := r.Counts()["refused 400"]; got < 10 {
		t.Errorf("counted %d refusals", got)
	}
}

func TestRefusalsEchoTheNumber(t *testing.T) {
	r := start(t)
	answer := probe.Must(t, r.client, r.search("Patient", byNumber("9990000000")))
	if !strings.Contains(string(answer.Body), "9990000000") {
		t.Error("the refusal keeps the number to itself: nothing would test the scrubbing of it")
	}
}
