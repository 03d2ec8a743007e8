package sandbox_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
)

// caller is a client of Dorset with a token.
type caller struct {
	t      *testing.T
	client *http.Client
	access sandbox.Access
	token  string
}

func dorsetCaller(t *testing.T) caller {
	t.Helper()
	c := caller{t: t, access: started(t).System("dorset").Access()}
	c.client = probe.Gateway(t, c.access)
	req := probe.Request(t, http.MethodPost, c.access.TokenURL, url.Values{"grant_type": {"client_credentials"}, "scope": {"system/*.read"}})
	req.SetBasicAuth(c.access.ClientID, c.access.ClientSecret)
	var reply struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(probe.Must(t, c.client, req).Body, &reply); err != nil {
		t.Fatal(err)
	}
	c.token = reply.AccessToken
	return c
}

func (c caller) call(req *http.Request) probe.Bundle {
	c.t.Helper()
	for name, value := range map[string]string{
		"Authorization": "Bearer " + c.token, "NHSD-End-User-Organisation-ODS": "FZZ01", "NHSD-Identity-UUID": "1",
		"NHSD-Session-URID": "R1290", "X-Request-ID": "0b1f3c52-6c1d-4a53-9a51-3f6f6d3b8f10", "NHSD-Purpose": "directcare",
	} {
		req.Header.Set(name, value)
	}
	return probe.ReadBundle(c.t, probe.Must(c.t, c.client, req).Body)
}

func (c caller) search(typ string, form url.Values) probe.Bundle {
	c.t.Helper()
	return c.call(probe.Request(c.t, http.MethodPost, c.access.BaseURL+"/"+typ+"/_search", form))
}

func numbered(number string) string { return "https://fhir.nhs.uk/Id/nhs-number|" + number }

func listed(t *testing.T) []sandbox.Patient {
	t.Helper()
	all, err := sandbox.Patients()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func patientOf(t *testing.T, slug string) sandbox.Patient {
	t.Helper()
	all := listed(t)
	return all[slices.IndexFunc(all, func(p sandbox.Patient) bool { return p.Slug == slug })]
}

func TestEveryPatientIsFoundExactlyWhereHeld(t *testing.T) {
	c := dorsetCaller(t)
	for _, p := range listed(t) {
		held := slices.Contains(p.Regions(), "dorset")
		if got := c.search("Patient", url.Values{"identifier": {numbered(p.NHSNumber)}}).Total > 0; got != held {
			t.Errorf("%s: found %v, want %v", p.Slug, got, held)
		}
	}
}

func TestLargeRecordComesWholeThroughItsPages(t *testing.T) {
	c := dorsetCaller(t)
	form := url.Values{"patient.identifier": {numbered(patientOf(t, "tomasz").NHSNumber)}, "_count": {"200"}}
	page := c.search("Observation", form)
	seen := map[string]bool{}
	for pages := 1; ; pages++ {
		for _, id := range page.IDs("match") {
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
		}
		next := page.Rel("next")
		if next == "" || pages > 100 {
			break
		}
		page = c.call(probe.Request(t, http.MethodGet, next, nil))
	}
	if len(seen) != page.Total || page.Total != 4500 {
		t.Errorf("%d of %d", len(seen), page.Total)
	}
}

func TestStrangersComeAlongsideUnasked(t *testing.T) {
	c := dorsetCaller(t)
	found := c.search("MedicationRequest", url.Values{"patient.identifier": {numbered(patientOf(t, "una").NHSNumber)}})
	if got := found.IDs("include"); len(got) != 1 || !strings.HasPrefix(got[0], "MedicationUsage/") {
		t.Errorf("alongside: %v", got)
	}
}

func TestLinkedRecordIsSearchedOnItsOwn(t *testing.T) {
	c := dorsetCaller(t)
	number := numbered(patientOf(t, "gwen").NHSNumber)
	found := c.search("Patient", url.Values{"identifier": {number}, "_include": {"Patient:link"}})
	if len(found.IDs("match")) != 2 {
		t.Fatalf("patients %v", found.IDs("match"))
	}
	if got := c.search("Condition", url.Values{"patient": {found.IDs("match")[0]}}).Total; got != 0 {
		t.Errorf("%d conditions of the archived record under the live one", got)
	}
	if got := c.search("Condition", url.Values{"patient": {found.IDs("match")[1]}}).Total; got != 1 {
		t.Errorf("%d conditions under the archived record, want 1", got)
	}
}

func TestWronglyFiledItemsAreServed(t *testing.T) {
	c := dorsetCaller(t)
	found := c.search("MedicationRequest", url.Values{"patient.identifier": {numbered(patientOf(t, "farida").NHSNumber)}})
	subjects := map[any]bool{}
	for _, e := range found.Entry {
		subjects[e.Resource["subject"].(map[string]any)["reference"]] = true
	}
	if found.Total != 2 || len(subjects) != 2 {
		t.Errorf("%d items of %d subjects, want 2 of 2", found.Total, len(subjects))
	}
}

func TestReadmeListsEveryPatientAndHazard(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range listed(t) {
		row := "| `" + p.Slug + "` | " + p.NHSNumber + " | " + p.DateOfBirth + " | " + strings.Join(p.Regions(), ", ") + " | " +
			strings.Join(p.DocumentRegions(), ", ") + " |"
		if !strings.Contains(string(readme), row) {
			t.Errorf("README.md has no row %s", row)
		}
	}
	for _, h := range patients.Hazards() {
		if !strings.Contains(string(readme), string(h)) {
			t.Errorf("README.md does not name %s", h)
		}
	}
}
