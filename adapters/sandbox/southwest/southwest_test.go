package southwest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/southwest"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	nhsSystem   = "https://fhir.nhs.uk/Id/nhs-number"
	localSystem = "https://south-west.example/Id/local-patient"
)

// region is a running system and a client that it knows.
type region struct {
	*system.System
	t      *testing.T
	client *http.Client
	access system.Access
}

func start(t *testing.T) *region {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	r := &region{t: t}
	if r.System, err = southwest.Start(all, time.Now); err != nil {
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

func (r *region) identify(req *http.Request) *http.Request {
	r.t.Helper()
	ask := probe.Request(r.t, http.MethodPost, r.access.TokenURL, url.Values{"grant_type": {"client_credentials"}, "scope": {"system/*.read"}})
	ask.SetBasicAuth(r.access.ClientID, r.access.ClientSecret)
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(probe.Must(r.t, r.client, ask).Body, &reply); err != nil {
		r.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Authorization": "Bearer " + reply.AccessToken, "Accept": "application/fhir+json",
		"NHSD-End-User-Organisation-ODS": "FZZ01", "NHSD-Identity-UUID": "999000000014", "NHSD-Session-URID": "R1290",
		"X-Request-ID": "0b1f3c52-6c1d-4a53-9a51-3f6f6d3b8f10", "NHSD-Purpose": "directcare",
	} {
		req.Header.Set(name, value)
	}
	return req
}

// ask posts a question to the index.
func (r *region) ask(source, value, target string) probe.Answer {
	r.t.Helper()
	req := probe.Request(r.t, http.MethodPost, r.access.BaseURL+"/Patient/$ihe-pix", nil)
	body := `{"resourceType":"Parameters","parameter":[` +
		`{"name":"sourceIdentifier","valueIdentifier":{"system":"` + source + `","value":"` + value + `"}},` +
		`{"name":"targetSystem","valueUri":"` + target + `"}]}`
	withBody(req, body)
	req.Header.Set("Content-Type", "application/fhir+json")
	return probe.Must(r.t, r.client, r.identify(req))
}

// answered are the ids and identifiers of an answer, and others its entries of other names.
func answered(t *testing.T, a probe.Answer) (ids, identifiers []string) {
	t.Helper()
	var p struct {
		ResourceType string `json:"resourceType"`
		Parameter    []struct {
			Name       string `json:"name"`
			Identifier struct {
				Value string `json:"value"`
			} `json:"valueIdentifier"`
			Reference struct {
				Reference string `json:"reference"`
			} `json:"valueReference"`
		} `json:"parameter"`
	}
	if err := json.Unmarshal(a.Body, &p); err != nil || a.Status != 200 || p.ResourceType != "Parameters" {
		t.Fatalf("%d %s (%v)", a.Status, a.Body, err)
	}
	for _, one := range p.Parameter {
		switch one.Name {
		case "targetId":
			ids = append(ids, one.Reference.Reference)
		case "targetIdentifier":
			identifiers = append(identifiers, one.Identifier.Value)
		}
	}
	return ids, identifiers
}

func TestIndexGivesEveryRecordOfThePerson(t *testing.T) {
	r := start(t)
	for name, c := range map[string]struct {
		source, value, target string
		records               int
		identifiers           []string
	}{
		"one":             {nhsSystem, number(t, "silas"), nhsSystem, 1, []string{number(t, "silas")}},
		"local target":    {nhsSystem, number(t, "silas"), localSystem, 1, []string{"SW-100231"}},
		"local source":    {localSystem, "SW-100231", nhsSystem, 1, []string{number(t, "silas")}},
		"linked":          {nhsSystem, number(t, "gwen"), nhsSystem, 2, []string{number(t, "gwen")}},
		"of the archived": {localSystem, "PV-0009", nhsSystem, 2, []string{number(t, "gwen")}},
	} {
		ids, identifiers := answered(t, r.ask(c.source, c.value, c.target))
		if len(ids) != c.records || !slices.Equal(identifiers, c.identifiers) {
			t.Errorf("%s: %v and %v", name, ids, identifiers)
		}
	}
	if n := r.Counts()["pix"]; n != 5 {
		t.Errorf("%d questions were counted, want 5", n)
	}
}

func TestIndexRefusesAsTheProfileHasIt(t *testing.T) {
	r := start(t)
	silas := number(t, "silas")
	for name, c := range map[string]struct {
		source, value, target string
		status                int
		code                  string
	}{
		"no source":      {"", "", nhsSystem, 400, "required"},
		"no value":       {nhsSystem, "", nhsSystem, 400, "required"},
		"no target":      {nhsSystem, silas, "", 400, "required"},
		"unknown source": {"urn:oid:2.999.1", "1", nhsSystem, 400, "code-invalid"},
		"unknown target": {nhsSystem, silas, "urn:oid:2.999.1", 403, "code-invalid"},
		"nobody":         {nhsSystem, number(t, "lola"), nhsSystem, 404, "not-found"},
	} {
		got := r.ask(c.source, c.value, c.target)
		if got.Status != c.status || !strings.Contains(string(got.Body), `"code":"`+c.code+`"`) {
			t.Errorf("%s: %d %s", name, got.Status, got.Body)
		}
	}
}

func TestNobodyIsFoundByNumberButThroughTheIndex(t *testing.T) {
	r := start(t)
	form := url.Values{"identifier": {nhsSystem + "|" + number(t, "silas")}}
	req := r.identify(probe.Request(t, http.MethodPost, r.access.BaseURL+"/Patient/_search", form))
	if got := probe.Must(t, r.client, req); got.Status != 400 {
		t.Errorf("search by number: %d %s", got.Status, got.Body)
	}
	inURL := url.Values{"sourceIdentifier": {nhsSystem + "|" + number(t, "silas")}, "targetSystem": {nhsSystem}}
	req = r.identify(probe.Request(t, http.MethodGet, r.access.BaseURL+"/Patient/$ihe-pix?"+inURL.Encode(), nil))
	if got := probe.Must(t, r.client, req); got.Status != 400 {
		t.Errorf("number in a URL: %d %s", got.Status, got.Body)
	}
	local := url.Values{"sourceIdentifier": {localSystem + "|SW-100231"}, "targetSystem": {nhsSystem}}
	req = r.identify(probe.Request(t, http.MethodGet, r.access.BaseURL+"/Patient/$ihe-pix?"+local.Encode(), nil))
	ids, _ := answered(t, probe.Must(t, r.client, req))
	if len(ids) != 1 {
		t.Fatalf("records %v", ids)
	}
	form = url.Values{"patient": {ids[0]}}
	req = r.identify(probe.Request(t, http.MethodPost, r.access.BaseURL+"/AllergyIntolerance/_search", form))
	if got := probe.ReadBundle(t, probe.Must(t, r.client, req).Body).Total; got != 1 {
		t.Errorf("%d allergies by id", got)
	}
}

func TestFaultsBefallTheIndex(t *testing.T) {
	r := start(t)
	silas := number(t, "silas")
	right, _ := answered(t, r.ask(nhsSystem, silas, nhsSystem))
	r.Fault(fault.Fault{Kind: fault.WrongPatient, NHSNumber: silas, Times: 1})
	if wrong, _ := answered(t, r.ask(nhsSystem, silas, nhsSystem)); slices.Equal(right, wrong) || len(wrong) == 0 {
		t.Errorf("wrong patient: %v", wrong)
	}
	for kind, want := range map[fault.Kind]string{fault.ErrorIn200: "OperationOutcome", fault.Garbage: "<html>", fault.ServerError: "exception"} {
		r.Fault(fault.Fault{Kind: kind, NHSNumber: silas, Times: 1})
		if got := r.ask(nhsSystem, silas, nhsSystem); !strings.Contains(string(got.Body), want) {
			t.Errorf("%s: %d %s", kind, got.Status, got.Body)
		}
	}
}

func withBody(r *http.Request, body string) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}
