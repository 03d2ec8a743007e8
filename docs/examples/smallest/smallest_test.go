package smallest_test

import (
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/docs/examples/smallest"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const held = "9990001006"

// record is what the region answers about the one patient that it holds.
const record = `{"resourceType": "Bundle", "type": "collection", "entry": [
  {"resource": {"resourceType": "Patient", "id": "p1", "birthDate": "1948-03-07",
    "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990001006"}]}},
  {"resource": {"resourceType": "AllergyIntolerance", "id": "a1", "patient": {"reference": "Patient/p1"},
    "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "Penicillin"}}}]}`

func TestTheSmallestAdapterKeepsEveryPromise(t *testing.T) {
	region := httptest.NewTLSServer(http.HandlerFunc(answer))
	t.Cleanup(region.Close)
	adaptertest.Run(t, adaptertest.Subject{
		New:      func(t *testing.T) adapters.Adapter { return adapter(t, region) },
		Caller:   &adapterv1.Caller{OrganisationOdsCode: "FA001", PersonId: "1", RoleCode: "R1290"},
		Held:     adaptertest.Patient{NHSNumber: held, DateOfBirth: "1948-03-07"},
		NotHeld:  adaptertest.Patient{NHSNumber: "9990001413", DateOfBirth: "1962-12-02"},
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_DOCUMENTS},
	})
}

// answer is the region: it knows one patient, and nobody else.
func answer(w http.ResponseWriter, r *http.Request) {
	var question struct {
		NHSNumber string `json:"nhsNumber"`
	}
	if err := json.NewDecoder(r.Body).Decode(&question); err != nil || r.Method != http.MethodPost {
		http.Error(w, "a JSON body was due", http.StatusBadRequest)
		return
	}
	if question.NHSNumber != held {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write([]byte(record)) // a client that is gone is no fault of the region
}

func adapter(t *testing.T, region *httptest.Server) adapters.Adapter {
	t.Helper()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: region.Certificate().Raw})
	client, err := transport.NewClient(transport.Config{CAPEM: ca, AllowedHosts: []string{strings.TrimPrefix(region.URL, "https://")}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	a, err := smallest.New(adapters.Environment{
		HTTP: client, Now: time.Now, Random: rand.Reader, Settings: adapters.Settings{BaseURL: region.URL},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestTheGuideShowsThisAdapter(t *testing.T) {
	code, err := os.ReadFile("smallest.go")
	if err != nil {
		t.Fatal(err)
	}
	guide, err := os.ReadFile("../../adding-a-region.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), "```go\n"+string(code)+"```\n") {
		t.Error("docs/adding-a-region.md shows another adapter than smallest.go")
	}
	if n := strings.Count(string(code), "\n"); n >= 100 {
		t.Errorf("the smallest adapter has %d lines: it is to stay under 100", n)
	}
}
