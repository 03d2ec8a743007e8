package fhirsearch_test

import (
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

//go:embed testdata/region.yaml
var regionYAML string

const number = "9990000018"

// server is a FHIR service whose answers a test writes down: by resource type, page by page.
type server struct {
	url string
	// answers by resource type, in the order of pages. "{base}" stands for the address.
	pages map[string][]string

	mu    sync.Mutex
	asked []string // method, path and query
	serve http.HandlerFunc
}

func newServer(t *testing.T, pages map[string][]string) (*server, *http.Client) {
	t.Helper()
	s := &server{pages: pages}
	ts := httptest.NewTLSServer(http.HandlerFunc(s.handle))
	t.Cleanup(ts.Close)
	t.Cleanup(ts.Client().CloseIdleConnections)
	s.url = ts.URL
	return s, ts.Client()
}

func (s *server) handle(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
	s.mu.Unlock()
	if s.serve != nil {
		s.serve(w, r)
		return
	}
	kind, at := strings.Trim(strings.TrimPrefix(r.URL.Path, "/fhir"), "/"), 0
	kind = strings.TrimSuffix(kind, "/_search")
	if _, err := fmt.Sscanf(r.URL.Query().Get("page"), "%d", &at); err != nil {
		at = 0
	}
	if at >= len(s.pages[kind]) {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/fhir+json")
	_, _ = io.WriteString(w, strings.ReplaceAll(s.pages[kind][at], "{base}", s.url+"/fhir"))
}

func (s *server) calls(prefix string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, a := range s.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

// region is a region over the server, its definition changed by replacements.
func region(t *testing.T, s *server, client *http.Client, replacements ...string) *fhirsearch.Region {
	t.Helper()
	d, err := definition.Parse([]byte(strings.NewReplacer(replacements...).Replace(regionYAML)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := fhirsearch.New(d, adapters.Environment{
		HTTP: client, Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
		Random: strings.NewReader(strings.Repeat("chance", 100)), Settings: adapters.Settings{BaseURL: s.url + "/fhir"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
)

func fetch(t *testing.T, r *fhirsearch.Region, sections ...lhcrv1.Section) *adapterv1.FetchResponse {
	t.Helper()
	res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number}, Sections: sections})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// bundle is a searchset of entries and links.
func bundle(total int, links string, entries ...string) string {
	return fmt.Sprintf(`{"resourceType":"Bundle","type":"searchset","total":%d,"link":[%s],"entry":[%s]}`, total, links, strings.Join(entries, ","))
}

func link(relation, url string) string { return fmt.Sprintf(`{"relation":%q,"url":%q}`, relation, url) }

func allergy(id string) string {
	return fmt.Sprintf(`{"resource":{"resourceType":"AllergyIntolerance","id":%q,"patient":{"reference":"Patient/p1"},"code":{"text":"penicillin"}},"search":{"mode":"match"}}`, id)
}

func medicine(id string) string {
	return fmt.Sprintf(`{"resource":{"resourceType":"MedicationRequest","id":%q,"status":"active","intent":"order","subject":{"reference":"Patient/p1"},"medicationCodeableConcept":{"text":"digoxin"}}}`, id)
}

func patient(id, nhsNumber string) string {
	return fmt.Sprintf(`{"resource":{"resourceType":"Patient","id":%q,"identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":%q}],"birthDate":"1950-01-02"}}`, id, nhsNumber)
}

// held is an answer that knows the patient.
func held() []string { return []string{bundle(1, "", patient("p1", number))} }
