package mhd_test

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // Attachment.hash is SHA-1
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/mhd"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	region   = "greater-manchester"
	margaret = "9990001006"
	jarek    = "9990002304"
	greta    = "9990004218"
	numbers  = "https://fhir.nhs.uk/Id/nhs-number|"
)

// consumer is a document consumer with a token.
type consumer struct {
	t      *testing.T
	sys    *system.System
	access system.Access
	client *http.Client
	token  string
}

func started(t *testing.T) consumer {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	sys, err := system.New(region, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	access, err := mhd.Open(region)(sys, all, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	c := consumer{t: t, sys: sys, access: access, client: probe.Gateway(t, access)}
	t.Cleanup(func() {
		c.client.CloseIdleConnections()
		if err := sys.Close(); err != nil {
			t.Error(err)
		}
	})
	c.login()
	return c
}

func (c *consumer) login() {
	c.t.Helper()
	r := probe.Request(c.t, http.MethodPost, c.access.TokenURL, url.Values{
		"grant_type": {"client_credentials"}, "scope": {"system/DocumentReference.read system/Binary.read"},
	})
	r.SetBasicAuth(c.access.ClientID, c.access.ClientSecret)
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(probe.Must(c.t, c.client, r).Body, &reply); err != nil || reply.AccessToken == "" {
		c.t.Fatalf("no token: %v", err)
	}
	c.token = reply.AccessToken
}

func (c consumer) do(r *http.Request) (probe.Answer, error) {
	for name, value := range map[string]string{
		"Authorization": "Bearer " + c.token, "NHSD-End-User-Organisation-ODS": "FZZ01", "NHSD-Identity-UUID": "1",
		"NHSD-Session-URID": "R1290", "X-Request-ID": "0b1f3c52-6c1d-4a53-9a51-3f6f6d3b8f10", "NHSD-Purpose": "directcare",
	} {
		r.Header.Set(name, value)
	}
	return probe.Do(c.client, r)
}

func (c consumer) must(r *http.Request) probe.Answer {
	c.t.Helper()
	answer, err := c.do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer
}

func (c consumer) references(number, status string) probe.Bundle {
	c.t.Helper()
	answer := c.must(probe.Request(c.t, http.MethodPost, c.access.BaseURL+"/DocumentReference/_search",
		url.Values{"patient.identifier": {numbers + number}, "status": {status}}))
	if answer.Status != http.StatusOK {
		c.t.Fatalf("status %d: %s", answer.Status, answer.Body)
	}
	return probe.ReadBundle(c.t, answer.Body)
}

type object = map[string]any

func attachment(resource object) object {
	return resource["content"].([]any)[0].(object)["attachment"].(object)
}

func TestDocumentsAreFoundAndRetrieved(t *testing.T) {
	c := started(t)
	found := c.references(margaret, "current")
	titles := map[string]string{}
	for _, e := range found.Entry {
		a := attachment(e.Resource)
		titles[e.Resource["description"].(string)] = a["contentType"].(string)
		address := a["url"].(string)
		if !strings.HasPrefix(address, c.access.BaseURL+"/Binary/") {
			t.Fatalf("url %s", address)
		}
		content := c.must(probe.Request(t, http.MethodGet, address, nil))
		sum := sha1.Sum(content.Body) //nolint:gosec // see the import
		if got := base64.StdEncoding.EncodeToString(sum[:]); got != a["hash"] || float64(len(content.Body)) != a["size"] {
			t.Errorf("%s: %d bytes of hash %s, want %v of %v", e.Resource["description"], len(content.Body), got, a["size"], a["hash"])
		}
		if got := content.Header.Get("Content-Type"); got != a["contentType"] {
			t.Errorf("content type %s, want %v", got, a["contentType"])
		}
	}
	want := map[string]string{"Discharge summary: day case cataract": "text/xml", "Advice after cataract surgery": "application/pdf"}
	if diff := cmp.Diff(want, titles); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if got := c.sys.LastCaller().OrganisationODS; got != "FZZ01" {
		t.Errorf("caller's organisation %q", got)
	}
}

func TestReplacedDocumentIsSuperseded(t *testing.T) {
	c := started(t)
	old := c.references(margaret, "superseded")
	if len(old.Entry) != 1 {
		t.Fatalf("%d superseded documents, want 1", len(old.Entry))
	}
	replaced := "DocumentReference/" + old.Entry[0].Resource["id"].(string)
	for _, e := range c.references(margaret, "current,superseded").Entry {
		if relates, ok := e.Resource["relatesTo"].([]any); ok {
			if got := relates[0].(object)["target"].(object)["reference"]; got != replaced {
				t.Errorf("replaces %v, want %s", got, replaced)
			}
			return
		}
	}
	t.Error("nothing says that it replaces the superseded document")
}

func TestMisfiledDocumentNamesItsOwnPatient(t *testing.T) {
	subjects := map[any]int{}
	for _, e := range started(t).references(jarek, "current").Entry {
		subjects[e.Resource["subject"].(object)["reference"]]++
	}
	want := map[any]int{"Patient/" + mhd.PatientID(region, jarek): 1, "Patient/" + mhd.PatientID(region, greta): 1}
	if diff := cmp.Diff(want, subjects); diff != "" {
		t.Errorf("subjects (-want +got):\n%s", diff)
	}
}

func TestSearchByReferenceFindsTheSame(t *testing.T) {
	c := started(t)
	q := url.Values{"patient": {"Patient/" + mhd.PatientID(region, margaret)}, "status": {"current"}}
	got := probe.ReadBundle(t, c.must(probe.Request(t, http.MethodGet, c.access.BaseURL+"/DocumentReference?"+q.Encode(), nil)).Body)
	if diff := cmp.Diff(c.references(margaret, "current").IDs("match"), got.IDs("match")); diff != "" {
		t.Errorf("by number and by reference (-number +reference):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	c := started(t)
	byNumber := url.Values{"patient.identifier": {numbers + margaret}}
	for name, test := range map[string]struct {
		request *http.Request
		want    int
	}{
		"no status":           {probe.Request(t, http.MethodPost, c.access.BaseURL+"/DocumentReference/_search", byNumber), http.StatusBadRequest},
		"no patient":          {probe.Request(t, http.MethodPost, c.access.BaseURL+"/DocumentReference/_search", url.Values{"status": {"current"}}), http.StatusBadRequest},
		"number in URL":       {probe.Request(t, http.MethodGet, c.access.BaseURL+"/DocumentReference?status=current&"+byNumber.Encode(), nil), http.StatusBadRequest},
		"other resource type": {probe.Request(t, http.MethodPost, c.access.BaseURL+"/AllergyIntolerance/_search", byNumber), http.StatusNotFound},
		"unknown document":    {probe.Request(t, http.MethodGet, c.access.BaseURL+"/Binary/nothing", nil), http.StatusNotFound},
	} {
		if got := c.must(test.request).Status; got != test.want {
			t.Errorf("%s: %d, want %d", name, got, test.want)
		}
	}
	c.token = "stolen"
	if got := c.must(probe.Request(t, http.MethodGet, c.access.BaseURL+"/Binary/nothing", nil)).Status; got != http.StatusUnauthorized {
		t.Errorf("unknown token: %d", got)
	}
}

func (c consumer) pixm(body string) probe.Answer {
	c.t.Helper()
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, c.access.BaseURL+"/Patient/$ihe-pix", strings.NewReader(body))
	r.RequestURI = "" // a client request must not carry one
	r.Header.Set("Content-Type", "application/fhir+json")
	return c.must(r)
}

func TestCrossReference(t *testing.T) {
	c := started(t)
	ask := `{"resourceType":"Parameters","parameter":[{"name":"sourceIdentifier","valueIdentifier":{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"%"}}]}`
	known := c.pixm(strings.Replace(ask, "%", margaret, 1))
	if want := []byte("Patient/" + mhd.PatientID(region, margaret)); known.Status != http.StatusOK || !bytes.Contains(known.Body, want) {
		t.Errorf("known: %d %s", known.Status, known.Body)
	}
	if got := c.pixm(strings.Replace(ask, "%", "9990001847", 1)).Status; got != http.StatusNotFound {
		t.Errorf("unknown: %d", got)
	}
	if got := c.pixm(`{"resourceType":"Parameters"}`).Status; got != http.StatusBadRequest {
		t.Errorf("no identifier: %d", got)
	}
}

func TestFaultsBefallTheirCallsAlone(t *testing.T) {
	c := started(t)
	c.sys.Fault(fault.Fault{Kind: fault.ServerError, ResourceType: fault.ContentType, NHSNumber: margaret, Times: 1})
	entries := c.references(margaret, "current").Entry
	address := attachment(entries[0].Resource)["url"].(string)
	if got := c.must(probe.Request(t, http.MethodGet, address, nil)).Status; got != http.StatusInternalServerError {
		t.Errorf("broken retrieval: %d", got)
	}
	if got := c.must(probe.Request(t, http.MethodGet, address, nil)).Status; got != http.StatusOK {
		t.Errorf("retrieval after the fault: %d", got)
	}
}

func TestLostAndInlineDocuments(t *testing.T) {
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	sys, err := system.New("london", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sys.Close() }()
	access, err := mhd.Open("london")(sys, all, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	c := consumer{t: t, sys: sys, access: access, client: probe.Gateway(t, access)}
	defer c.client.CloseIdleConnections()
	c.login()
	statuses := map[string]int{}
	for _, e := range c.references("9990001502", "current").Entry {
		statuses[e.Resource["description"].(string)] = c.must(probe.Request(t, http.MethodGet, attachment(e.Resource)["url"].(string), nil)).Status
	}
	want := map[string]int{"Allergy clinic letter": http.StatusNotFound, "Urology letter": http.StatusOK}
	if diff := cmp.Diff(want, statuses); diff != "" {
		t.Errorf("brian's documents (-want +got):\n%s", diff)
	}
	inline := 0
	for _, e := range c.references(margaret, "current").Entry {
		if data, ok := attachment(e.Resource)["data"].(string); ok && len(data) > 1000 {
			inline++
		}
	}
	if inline != 1 {
		t.Errorf("%d documents within their entry, want 1", inline)
	}
}
