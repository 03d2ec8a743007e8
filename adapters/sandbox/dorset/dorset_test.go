package dorset_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/dorset"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const nhsSystem = "https://fhir.nhs.uk/Id/nhs-number|"

// region is a running system and a client that it knows.
type region struct {
	*system.System
	t      *testing.T
	client *http.Client
	access system.Access
	all    []patients.Patient
	clock  time.Time
}

func start(t *testing.T) *region {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	r := &region{t: t, all: all, clock: time.Now()}
	if r.System, err = dorset.Start(all, func() time.Time { return r.clock }); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	r.access = r.Access()
	r.client = probe.Gateway(t, r.access)
	return r
}

func (r *region) patient(slug string) patients.Patient {
	i := slices.IndexFunc(r.all, func(p patients.Patient) bool { return p.Slug == slug })
	return r.all[i]
}

func (r *region) tokenRequest() *http.Request {
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {"system/*.read"}}
	req := probe.Request(r.t, http.MethodPost, r.access.TokenURL, form)
	req.SetBasicAuth(r.access.ClientID, r.access.ClientSecret)
	return req
}

func (r *region) token() string {
	r.t.Helper()
	answer := probe.Must(r.t, r.client, r.tokenRequest())
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(answer.Body, &reply); err != nil || reply.AccessToken == "" {
		r.t.Fatalf("no token: %d %s", answer.Status, answer.Body)
	}
	return reply.AccessToken
}

func (r *region) identify(req *http.Request, token string) *http.Request {
	for name, value := range map[string]string{
		"Authorization": "Bearer " + token, "Accept": "application/fhir+json",
		"NHSD-End-User-Organisation-ODS": "FZZ01", "NHSD-Identity-UUID": "999000000014",
		"NHSD-Session-URID": "R1290", "X-Request-ID": "0b1f3c52-6c1d-4a53-9a51-3f6f6d3b8f10",
		"NHSD-Purpose": "directcare",
	} {
		req.Header.Set(name, value)
	}
	return req
}

func (r *region) search(typ string, form url.Values) *http.Request {
	return r.identify(probe.Request(r.t, http.MethodPost, r.access.BaseURL+"/"+typ+"/_search", form), r.token())
}

func (r *region) get(address string) *http.Request {
	return r.identify(probe.Request(r.t, http.MethodGet, address, nil), r.token())
}

func (r *region) find(typ string, form url.Values) probe.Bundle {
	r.t.Helper()
	answer := probe.Must(r.t, r.client, r.search(typ, form))
	if answer.Status != http.StatusOK {
		r.t.Fatalf("search %s: %d %s", typ, answer.Status, answer.Body)
	}
	return probe.ReadBundle(r.t, answer.Body)
}

func byNumber(number string) url.Values { return url.Values{"identifier": {nhsSystem + number}} }

func about(patient string) url.Values { return url.Values{"patient": {patient}} }

func (r *region) margaret() string {
	r.t.Helper()
	return r.find("Patient", byNumber(r.patient(patients.Demo).NHSNumber)).IDs("match")[0]
}

func TestPatientIsFoundThenSearchedByOpaqueID(t *testing.T) {
	r := start(t)
	form := about(r.margaret())
	form.Set("_include", "MedicationRequest:requester")
	found := r.find("MedicationRequest", form)
	if found.Total != 7 || len(found.IDs("match")) != 7 {
		t.Errorf("total %d, matches %v, want 7", found.Total, found.IDs("match"))
	}
	want := []string{"PractitionerRole/role-gp-d", "PractitionerRole/role-con-x"}
	if got := found.IDs("include"); !slices.Equal(got, want) {
		t.Errorf("includes %v, want %v", got, want)
	}
	if got := r.LastCaller(); got.OrganisationODS != "FZZ01" || got.Role != "R1290" || got.Purpose != "directcare" {
		t.Errorf("caller %+v", got)
	}
}

func TestUnknownNumberMatchesNobody(t *testing.T) {
	found := start(t).find("Patient", byNumber("9990009996"))
	if found.Total != 0 || len(found.Entry) != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestChainedIdentifierFindsTheSame(t *testing.T) {
	r := start(t)
	chained := r.find("AllergyIntolerance", url.Values{
		"patient.identifier": {nhsSystem + r.patient(patients.Demo).NHSNumber}, "clinical-status": {"active"},
	})
	byID := r.find("AllergyIntolerance", about(r.margaret()))
	if len(chained.Entry) != 2 || !slices.Equal(chained.IDs("match"), byID.IDs("match")) {
		t.Errorf("chained %v, by id %v", chained.IDs("match"), byID.IDs("match"))
	}
}

func TestDatesAndTokensFilter(t *testing.T) {
	r := start(t)
	for _, c := range []struct {
		typ, name, value string
		want             int
	}{
		{"Immunization", "date", "ge2025-10-01", 1},
		{"Immunization", "date", "lt2025-10-01", 0},
		{"Condition", "onset-date", "2016", 1},
		{"Condition", "code", "http://snomed.info/sct|84114007", 1},
		{"MedicationRequest", "intent", "order", 4},
		{"MedicationRequest", "authoredon", "gt2025-10-31", 1},
		{"Observation", "_lastUpdated", "gt2026", 0},
		{"List", "code", "886921000000105", 1},
	} {
		form := about(r.margaret())
		form.Set(c.name, c.value)
		if got := r.find(c.typ, form).Total; got != c.want {
			t.Errorf("%s?%s=%s: %d, want %d", c.typ, c.name, c.value, got, c.want)
		}
	}
}

func TestPagingWalksEveryMatchOnce(t *testing.T) {
	r := start(t)
	form := about(r.margaret())
	form.Set("_count", "2")
	seen := map[string]int{}
	page := r.find("MedicationRequest", form)
	pages := 1
	for ; ; pages++ {
		for _, id := range page.IDs("match") {
			seen[id]++
		}
		next := page.Rel("next")
		if next == "" || pages > 10 {
			break
		}
		if strings.Contains(next, r.patient(patients.Demo).NHSNumber) {
			t.Fatal("a next link carries the NHS number")
		}
		page = probe.ReadBundle(t, probe.Must(t, r.client, r.get(next)).Body)
	}
	if pages != 4 || len(seen) != 7 {
		t.Errorf("%d pages, %d resources, want 4 and 7", pages, len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
}

func TestTokenExpiresAndIsRevoked(t *testing.T) {
	r := start(t)
	req := r.search("Patient", byNumber(r.patient(patients.Demo).NHSNumber))
	r.clock = r.clock.Add(301 * time.Second)
	if got := probe.Must(t, r.client, req).Status; got != http.StatusUnauthorized {
		t.Errorf("expired token: %d", got)
	}
	req = r.search("Patient", byNumber(r.patient(patients.Demo).NHSNumber))
	r.RevokeTokens()
	if got := probe.Must(t, r.client, req).Status; got != http.StatusUnauthorized {
		t.Errorf("revoked token: %d", got)
	}
}

func TestHandshakeNeedsACertificateOfTheRegion(t *testing.T) {
	r := start(t)
	for name, pair := range map[string]*pki.KeyPair{
		"none": nil, "foreign": &r.access.ForeignClient, "expired": &r.access.ExpiredClient,
	} {
		client := probe.Client(t, r.access, pair)
		for _, address := range []string{r.access.TokenURL, r.access.BaseURL + "/metadata"} {
			answer, err := probe.Do(client, probe.Request(t, http.MethodGet, address, nil))
			if err == nil || !strings.Contains(err.Error(), "tls:") {
				t.Errorf("%s certificate: answer %d, error %v, want a failed handshake", name, answer.Status, err)
			}
		}
	}
}

func TestMetadataNamesTypesAndParameters(t *testing.T) {
	r := start(t)
	body := string(probe.Must(t, r.client, probe.Request(t, http.MethodGet, r.access.BaseURL+"/metadata", nil)).Body)
	for _, want := range []string{`"fhirVersion":"4.0.1"`, `"type":"AllergyIntolerance"`, `"name":"authoredon"`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %s in the CapabilityStatement", want)
		}
	}
}
