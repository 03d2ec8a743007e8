package ihe_test

import (
	"crypto/rand"
	"crypto/sha1" // as XDS has it
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/ihe"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

//go:embed testdata/number.yaml
var byNumber string

const (
	number = "9990001006"
	other  = "9990001847"
	nhs    = "2.16.840.1.113883.2.1.4.1"
	own    = number + "^^^&amp;" + nhs + "&amp;ISO"
)

// reply is what a service answers: a body of 200, unless a case has it otherwise.
type reply struct {
	status int
	body   string
}

// service answers questions by what they hold, in the order that they are given in.
type service struct {
	t *testing.T

	mu      sync.Mutex
	answers []answering
	asked   []string
}

type answering struct {
	holds string
	reply reply
}

// on has questions that hold a text answered so. What is said later counts first.
func (s *service) on(holds, body string) *service { return s.onStatus(holds, 200, body) }

func (s *service) onStatus(holds string, status int, body string) *service {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append([]answering{{holds, reply{status, body}}}, s.answers...)
	return s
}

func (s *service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, string(body))
	for _, a := range s.answers {
		if strings.Contains(string(body), a.holds) {
			w.Header().Set("Content-Type", "application/soap+xml")
			w.WriteHeader(a.reply.status)
			_, _ = io.WriteString(w, a.reply.body)
			return
		}
	}
	s.t.Errorf("an unexpected question: %s", body)
}

// count is how many questions held a text.
func (s *service) count(holds string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, q := range s.asked {
		if strings.Contains(q, holds) {
			n++
		}
	}
	return n
}

// region is the adapter of a definition with the service behind it.
func region(t *testing.T, source string, s *service) adapters.Adapter {
	t.Helper()
	a, err := newRegion(t, source, s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newRegion(t *testing.T, source string, s *service) (adapters.Adapter, error) {
	t.Helper()
	server := httptest.NewTLSServer(s)
	t.Cleanup(server.Close)
	return ihe.Entry([]byte(source)).New(adapters.Environment{
		HTTP: server.Client(), Now: time.Now, Random: rand.Reader,
		Settings: adapters.Settings{BaseURL: server.URL, ClientID: "us", Addresses: indexes(source, server.URL)},
	})
}

// indexes are the addresses of the patient indexes that a definition speaks of.
func indexes(source, url string) map[string]string {
	out := map[string]string{}
	for _, purpose := range []string{"pix", "xcpd"} {
		if strings.Contains(source, "{purpose: "+purpose+",") {
			out[purpose] = url
		}
	}
	return out
}

func request(sections ...lhcrv1.Section) *adapterv1.FetchRequest {
	return &adapterv1.FetchRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: number, DateOfBirth: "1948-03-07"}, Sections: sections}
}

const (
	documents   = lhcrv1.Section_SECTION_DOCUMENTS
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
)

func fetch(t *testing.T, a adapters.Adapter, req *adapterv1.FetchRequest) *adapterv1.FetchResponse {
	t.Helper()
	res, err := a.Fetch(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// outcome is a section's outcome in a line: status and kinds of gaps.
func outcome(t *testing.T, res *adapterv1.FetchResponse, s lhcrv1.Section) string {
	t.Helper()
	for _, o := range res.GetOutcomes() {
		if o.GetSection() != s {
			continue
		}
		line := short(o.GetStatus().String())
		for _, g := range o.GetGaps() {
			line += fmt.Sprintf(" %s:%d", short(g.GetKind().String()), g.GetCount())
		}
		if o.GetTruncated() {
			line += " truncated"
		}
		return line
	}
	t.Fatalf("no outcome of %v", s)
	return ""
}

func short(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "OUTCOME_STATUS_"), "GAP_KIND_")
}

func soap(body string) string {
	return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>` + body + `</s:Body></s:Envelope>`
}

const (
	registryStatus = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:"
	find           = "14d4debf-8f97-4251-9a74-a90016b0af0d"
	get            = "5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
	retrieve       = "RetrieveDocumentSetRequest"
)

func found(status, objects string, errs ...string) string {
	list := ""
	for _, code := range errs {
		list += `<RegistryError errorCode="` + code + `" codeContext="Margaret" severity="urn:x:Error"/>`
	}
	return soap(`<AdhocQueryResponse status="` + registryStatus + status + `"><RegistryErrorList>` + list + `</RegistryErrorList><RegistryObjectList>` + objects + `</RegistryObjectList></AdhocQueryResponse>`)
}

// listed is a document as the registry lists it.
type listed struct {
	id, patient, media, content, created, more string
}

func (l listed) entry() string {
	sum := sha1.Sum([]byte(l.content))
	slot := func(name, value string) string {
		return `<Slot name="` + name + `"><ValueList><Value>` + value + `</Value></ValueList></Slot>`
	}
	return `<ExtrinsicObject id="urn:uuid:` + l.id + `" objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1" mimeType="` + l.media +
		`" status="urn:oasis:names:tc:ebxml-regrep:StatusType:Approved">` + slot("creationTime", l.created) + slot("repositoryUniqueId", "1.2") +
		slot("size", fmt.Sprint(len(l.content))) + slot("hash", hex.EncodeToString(sum[:])) + l.more +
		`<ExternalIdentifier identificationScheme="urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427" value="` + l.patient + `"/>` +
		`<ExternalIdentifier identificationScheme="urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab" value="1.2.` + l.id + `"/></ExtrinsicObject>`
}

func (l listed) retrieved() string {
	return `<DocumentResponse><RepositoryUniqueId>1.2</RepositoryUniqueId><DocumentUniqueId>1.2.` + l.id + `</DocumentUniqueId><mimeType>` + l.media +
		`</mimeType><Document>` + base64.StdEncoding.EncodeToString([]byte(l.content)) + `</Document></DocumentResponse>`
}

func came(status string, docs string, errs ...string) string {
	list := ""
	for _, code := range errs {
		list += `<RegistryError errorCode="` + code + `" severity="urn:x:Error"/>`
	}
	return soap(`<RetrieveDocumentSetResponse><RegistryResponse status="` + registryStatus + status + `"><RegistryErrorList>` + list +
		`</RegistryErrorList></RegistryResponse>` + docs + `</RetrieveDocumentSetResponse>`)
}

// cda is a document of a patient with one allergy.
func cda(id, nhsNumber, allergy string) listed {
	content := `<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><id root="1.2.` + id + `"/>` +
		`<code code="373942005" codeSystem="2.16.840.1.113883.6.96"/><effectiveTime value="20251118"/><recordTarget><patientRole><id root="` + nhs + `" extension="` + nhsNumber +
		`"/><patient><birthTime value="19480307"/></patient></patientRole></recordTarget><component><structuredBody><component><section>` +
		`<code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title><text>` + allergy + `</text></section></component></structuredBody></component></ClinicalDocument>`
	return listed{id: id, patient: own, media: "text/xml", content: content, created: "2025111" + id[len(id)-1:]}
}

var letter = listed{id: "91", patient: own, media: "text/plain", content: "Thyroid clinic letter.\n", created: "20251101"}

// unstructured is a document whose body is a text, bodyless one that has none.
func unstructured(id string) listed {
	return withBody(id, `<component><nonXMLBody><text mediaType="text/plain">Allergic to penicillin</text></nonXMLBody></component>`)
}

func bodyless(id string) listed { return withBody(id, "") }

func withBody(id, body string) listed {
	l := cda(id, number, "")
	head, _, _ := strings.Cut(l.content, "<component>")
	l.content = head + body + "</ClinicalDocument>"
	return l
}

// replacing is the tie by which a document replaces another.
func replacing(id, old string) string {
	return `<Association id="urn:uuid:as" associationType="urn:ihe:iti:2007:AssociationType:RPLC" sourceObject="urn:uuid:` + id + `" targetObject="urn:uuid:` + old + `"/>`
}
