package graphnet_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/openlhcr/openlhcr/adapters/sandbox/graphnet"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const nhsSystem = "https://fhir.nhs.uk/Id/nhs-number|"

// region is a running installation and a client that it knows.
type region struct {
	*system.System
	t      *testing.T
	client *http.Client
	access system.Access
	clock  time.Time
}

func start(t *testing.T, i graphnet.Instance) *region {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	r := &region{t: t, clock: time.Now()}
	if r.System, err = i.Start(all, func() time.Time { return r.clock }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	r.access = r.Access()
	r.client = probe.Gateway(t, r.access)
	return r
}

func number(t *testing.T, slug string) string {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	return all[slices.IndexFunc(all, func(p patients.Patient) bool { return p.Slug == slug })].NHSNumber
}

func (r *region) systemForm() url.Values {
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {r.access.ClientID}, "client_secret": {r.access.ClientSecret}}
}

func (r *region) userForm() url.Values {
	form := r.systemForm()
	form.Set("grant_type", "password")
	form.Set("username", r.access.Username)
	form.Set("password", r.access.Secrets["password"])
	form.Set("scope", "launch user/*.read openid profile")
	return form
}

func (r *region) ask(form url.Values) probe.Answer {
	r.t.Helper()
	return probe.Must(r.t, r.client, probe.Request(r.t, http.MethodPost, r.access.TokenURL, form))
}

func (r *region) token(form url.Values) string {
	r.t.Helper()
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	answer := r.ask(form)
	if err := json.Unmarshal(answer.Body, &reply); err != nil || reply.AccessToken == "" {
		r.t.Fatalf("no token: %d %s", answer.Status, answer.Body)
	}
	return reply.AccessToken
}

func (r *region) get(address string) *http.Request {
	req := probe.Request(r.t, http.MethodGet, address, nil)
	for name, value := range map[string]string{
		"Ocp-Apim-Subscription-Key": r.access.Secrets["subscription-key"], "Authorization": "Bearer " + r.token(r.systemForm()),
		"NHSD-End-User-Organisation-ODS": "FZZ01", "NHSD-Identity-UUID": "999000000014", "NHSD-Session-URID": "R1290",
		"X-Request-ID": "0b1f3c52-6c1d-4a53-9a51-3f6f6d3b8f10", "NHSD-Purpose": "directcare",
	} {
		req.Header.Set(name, value)
	}
	return req
}

func (r *region) address(typ string, query url.Values) string {
	return r.access.BaseURL + "/" + typ + "?" + query.Encode()
}

func (r *region) find(typ string, query url.Values) probe.Bundle {
	r.t.Helper()
	answer := probe.Must(r.t, r.client, r.get(r.address(typ, query)))
	if answer.Status != http.StatusOK {
		r.t.Fatalf("search %s: %d %s", typ, answer.Status, answer.Body)
	}
	return probe.ReadBundle(r.t, answer.Body)
}

func (r *region) patientOf(slug string) string {
	r.t.Helper()
	return r.find("Patient", url.Values{"identifier": {nhsSystem + number(r.t, slug)}}).IDs("match")[0]
}

func tvs(t *testing.T) *region { return start(t, graphnet.Instance{ID: graphnet.ThamesValleySurrey}) }

func TestTokensTellTheirEndAsDocumented(t *testing.T) {
	r := tvs(t)
	reply := string(r.ask(r.systemForm()).Body)
	if strings.Contains(reply, "expires_in") || !strings.Contains(reply, `"refresh_token":null`) {
		t.Errorf("client credentials: %s", reply)
	}
	if reply := string(r.ask(r.userForm()).Body); !strings.Contains(reply, `"expires_in":300`) {
		t.Errorf("password: %s", reply)
	}
	for name, form := range map[string]url.Values{"system": r.systemForm(), "user": r.userForm()} {
		payload, err := base64.RawURLEncoding.DecodeString(strings.Split(r.token(form), ".")[1])
		var claims struct{ Exp int64 }
		if err != nil || json.Unmarshal(payload, &claims) != nil || claims.Exp != r.clock.Add(5*time.Minute).Unix() {
			t.Errorf("%s: claims %s (%v)", name, payload, err)
		}
	}
}

func TestWrongLoginsAreRefused(t *testing.T) {
	r := tvs(t)
	for name, c := range map[string]struct {
		change func(url.Values)
		status int
		says   string
	}{
		"secret":   {func(f url.Values) { f.Set("client_secret", "guess") }, 401, "invalid_client"},
		"password": {func(f url.Values) { f.Set("password", "guess") }, 400, "invalid_grant"},
		"user":     {func(f url.Values) { f.Del("username") }, 400, "invalid_grant"},
		"scope":    {func(f url.Values) { f.Set("scope", "openid") }, 400, "invalid_scope"},
		"grant":    {func(f url.Values) { f.Set("grant_type", "implicit") }, 400, "unsupported_grant_type"},
	} {
		form := r.userForm()
		c.change(form)
		if got := r.ask(form); got.Status != c.status || !strings.Contains(string(got.Body), c.says) {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}

func TestCallsThatBringTooLittleAreRefused(t *testing.T) {
	r := tvs(t)
	patient := r.patientOf("thea")
	good := r.address("AllergyIntolerance", url.Values{"patient": {patient}})
	for name, c := range map[string]struct {
		address string
		change  func(*http.Request)
		status  int
	}{
		"no key":        {good, func(q *http.Request) { q.Header.Del("Ocp-Apim-Subscription-Key") }, 401},
		"key, metadata": {r.access.BaseURL + "/metadata", func(q *http.Request) { q.Header.Del("Ocp-Apim-Subscription-Key") }, 401},
		"no token":      {good, func(q *http.Request) { q.Header.Del("Authorization") }, 401},
		"made-up token": {good, func(q *http.Request) { q.Header.Set("Authorization", "Bearer a.b.c") }, 401},
		"no user":       {good, func(q *http.Request) { q.Header.Del("NHSD-Identity-UUID") }, 400},
		"no patient":    {r.access.BaseURL + "/AllergyIntolerance", nil, 400},
		"no intent":     {r.address("MedicationRequest", url.Values{"patient": {patient}}), nil, 400},
		"include":       {good + "&_include=AllergyIntolerance:recorder", nil, 400},
		"a type of R4":  {r.address("ServiceRequest", url.Values{"patient": {patient}}), nil, 404},
		"HTML":          {good, func(q *http.Request) { q.Header.Set("Accept", "text/html") }, 406},
		"POST":          {r.access.BaseURL + "/AllergyIntolerance/_search", func(q *http.Request) { q.Method = http.MethodPost }, 405},
		"all is right":  {good, nil, 200},
	} {
		req := r.get(c.address)
		if c.change != nil {
			c.change(req)
		}
		if got := probe.Must(t, r.client, req); got.Status != c.status {
			t.Errorf("%s: %d %.200s, want %d", name, got.Status, got.Body, c.status)
		}
	}
	if got := r.LastCaller(); got.OrganisationODS != "FZZ01" || got.Person != "999000000014" || got.Purpose != "directcare" {
		t.Errorf("caller %+v", got)
	}
}

func TestTokenEndsAndIsRevoked(t *testing.T) {
	r := tvs(t)
	req := r.get(r.access.BaseURL + "/" + r.patientOf("thea"))
	for _, step := range []struct {
		what   string
		before func()
		status int
	}{
		{"live", func() {}, 200},
		{"revoked", r.RevokeTokens, 401},
	} {
		step.before()
		if got := probe.Must(t, r.client, req); got.Status != step.status {
			t.Errorf("%s: %d", step.what, got.Status)
		}
	}
	req = r.get(r.access.BaseURL + "/metadata")
	req.URL.Path = strings.Replace(req.URL.Path, "metadata", r.patientOf("thea"), 1)
	r.clock = r.clock.Add(6 * time.Minute)
	if got := probe.Must(t, r.client, req); got.Status != 401 {
		t.Errorf("ended: %d", got.Status)
	}
}

func TestLinkedAndMergedRecordsComeOnlyWhenAskedFor(t *testing.T) {
	r := start(t, graphnet.Instance{ID: graphnet.GreaterManchester})
	margaret := url.Values{"identifier": {nhsSystem + number(t, "margaret")}}
	if got := r.find("Patient", margaret).IDs("match"); len(got) != 2 {
		t.Errorf("%v, want the two that carry the number", got)
	}
	margaret.Set("getAllLinkedPatients", "true")
	all := r.find("Patient", margaret).IDs("match")
	if len(all) != 3 {
		t.Fatalf("%v, want the one without a number too", all)
	}
	each := 0
	for _, patient := range all {
		each += r.find("AllergyIntolerance", url.Values{"patient": {patient}}).Total
	}
	if each != 2 {
		t.Errorf("%d allergies under the three records, want 2: each stands under one", each)
	}
	one := r.find("AllergyIntolerance", url.Values{"patient.identifier": {nhsSystem + number(t, "margaret")}}).Total
	linked := r.find("AllergyIntolerance", url.Values{
		"patient.identifier": {nhsSystem + number(t, "margaret")}, "patient.getAllLinkedPatients": {"true"},
	}).Total
	if one != 1 || linked != 2 {
		t.Errorf("by number %d and linked %d allergies, want 1 and 2", one, linked)
	}
}

func TestLinkToAnotherNumberIsGivenToo(t *testing.T) {
	r := tvs(t)
	found := r.find("Patient", url.Values{"identifier": {nhsSystem + number(t, "hugh")}, "getAllLinkedPatients": {"true"}})
	if found.Total != 2 {
		t.Errorf("%d records, want the stranger's too: whether to take it is the reader's to judge", found.Total)
	}
}

func TestNewestFirstAndCountIsAHint(t *testing.T) {
	r := start(t, graphnet.Instance{ID: graphnet.CHIE})
	query := url.Values{"patient": {r.patientOf("callum")}, "_count": {"500"}}
	page := r.find("Observation", query)
	if page.Total != 45 || len(page.Entry) != 20 || page.Rel("next") == "" {
		t.Fatalf("%d of %d, next %q", len(page.Entry), page.Total, page.Rel("next"))
	}
	var dates []string
	for {
		for _, e := range page.Entry {
			dates = append(dates, e.Resource["effectiveDateTime"].(string))
		}
		if page.Rel("next") == "" {
			break
		}
		page = probe.ReadBundle(t, probe.Must(t, r.client, r.get(page.Rel("next"))).Body)
	}
	slices.Reverse(dates)
	if len(dates) != 45 || !slices.IsSorted(dates) {
		t.Errorf("%d dates, oldest first: %v", len(dates), dates)
	}
	query.Set("_summary", "count")
	if got := r.find("Observation", query); got.Total != 45 || len(got.Entry) != 0 {
		t.Errorf("summary: %d and %d entries", got.Total, len(got.Entry))
	}
}

func TestAnswersComeInXML(t *testing.T) {
	only := start(t, graphnet.Instance{ID: graphnet.GreaterManchester, OnlyXML: true})
	patient := url.Values{"identifier": {nhsSystem + number(t, "greta")}}
	for name, c := range map[string]struct {
		accept, format string
		status         int
	}{
		"by Accept":        {"application/fhir+xml", "", 200},
		"by _format":       {"", "xml", 200},
		"by nothing":       {"", "", 200},
		"JSON by Accept":   {"application/fhir+json", "", 406},
		"JSON by _format":  {"", "json", 406},
		"_format is first": {"application/fhir+xml", "application/fhir+json", 406},
	} {
		query := url.Values{"identifier": patient["identifier"]}
		if c.format != "" {
			query.Set("_format", c.format)
		}
		req := only.get(only.address("Patient", query))
		if c.accept != "" {
			req.Header.Set("Accept", c.accept)
		}
		got := probe.Must(t, only.client, req)
		if got.Status != c.status || !strings.HasPrefix(got.Header.Get("Content-Type"), "application/fhir+xml") {
			t.Errorf("%s: %d %s", name, got.Status, got.Header.Get("Content-Type"))
		}
		isXML(t, name, got.Body)
	}
}

// isXML reads the whole body with the standard library's own reader.
func isXML(t *testing.T, name string, body []byte) {
	t.Helper()
	var root struct {
		XMLName xml.Name
		Total   struct {
			Value string `xml:"value,attr"`
		} `xml:"total"`
		Entry []struct {
			FullURL struct {
				Value string `xml:"value,attr"`
			} `xml:"fullUrl"`
			Patient struct {
				Identifier []struct {
					System struct {
						Value string `xml:"value,attr"`
					} `xml:"system"`
					Extension struct {
						URL string `xml:"url,attr"`
					} `xml:"extension"`
				} `xml:"identifier"`
			} `xml:"resource>Patient"`
		} `xml:"entry"`
	}
	if err := xml.Unmarshal(body, &root); err != nil || root.XMLName.Space != "http://hl7.org/fhir" {
		t.Errorf("%s: %v %.200s", name, err, body)
		return
	}
	if root.XMLName.Local == "OperationOutcome" {
		return
	}
	if root.Total.Value != "1" || len(root.Entry) != 1 || len(root.Entry[0].Patient.Identifier) != 2 ||
		!strings.HasPrefix(root.Entry[0].Patient.Identifier[0].Extension.URL, "https://") || root.Entry[0].FullURL.Value == "" {
		t.Errorf("%s: %+v", name, root)
	}
}
