package python_test

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/adaptertest"
)

func testTime() time.Time { return time.Now() }

var held = adaptertest.Patient{NHSNumber: "9990001006", DateOfBirth: "1948-03-07"}

// records are what the region holds. The last answers a number with somebody else.
func records() map[string]string {
	return map[string]string{
		held.NHSNumber: `{"patient": {"id": "p1", "nhsNumber": "9990001006", "dateOfBirth": "1948-03-07", "name": "Margaret Ashdown"},
  "allergies": [{"id": "a1", "name": "Penicillin", "snomed": "91936005", "status": "active", "recorded": "1999-03"}],
  "medicines": [{"id": "m1", "name": "Digoxin 62.5 microgram tablets", "dose": "1 daily", "status": "active", "recorded": "2026-10-30"}],
  "incomplete": []}`,
		"9990001685": `{"patient": {"id": "p2", "nhsNumber": "9990001685", "dateOfBirth": "1975-08-08"}, "allergies": [], "medicines": [], "incomplete": []}`,
		"9990001251": `{"patient": {"id": "p3", "nhsNumber": "9990001413"}, "allergies": [{"name": "Latex"}], "medicines": [], "incomplete": []}`,
	}
}

// region is a regional system with a protocol of its own.
type region struct {
	server *httptest.Server
	secret string
	stop   chan struct{}

	mu    sync.Mutex
	fault string
}

func newRegion(t *testing.T) *region {
	t.Helper()
	r := &region{secret: "made for this test", stop: make(chan struct{})}
	r.server = httptest.NewTLSServer(r)
	t.Cleanup(func() { close(r.stop); r.server.Close() })
	return r
}

func (r *region) ca() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.server.Certificate().Raw}))
}

// fail switches a fault on until the test ends.
func (r *region) fail(t *testing.T, e adaptertest.Expectation) {
	r.set(e.Name)
	t.Cleanup(func() { r.set("") })
}

func (r *region) set(fault string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = fault
}

func (r *region) failing() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.fault
}

// ServeHTTP answers.
func (r *region) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var question struct {
		NHSNumber    string `json:"nhsNumber"`
		Organisation string `json:"organisation"`
		Person       string `json:"person"`
		Role         string `json:"role"`
	}
	err := json.NewDecoder(req.Body).Decode(&question)
	switch {
	case req.Header.Get("Authorization") != "Bearer "+r.secret:
		w.WriteHeader(http.StatusUnauthorized)
	case err != nil || req.Method != http.MethodPost || req.URL.Path != "/record" || req.URL.RawQuery != "":
		w.WriteHeader(http.StatusBadRequest)
	case question.Organisation == "" || question.Person == "" || question.Role == "":
		w.WriteHeader(http.StatusForbidden) // no gateway acts as itself
	default:
		r.answer(w, req, records()[question.NHSNumber])
	}
}

func (r *region) answer(w http.ResponseWriter, req *http.Request, record string) {
	fault := r.failing()
	if code, err := strconv.Atoi(fault); err == nil {
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(code)
		return
	}
	switch fault {
	case adaptertest.Hang:
		r.wait(req, time.Minute)
	case "slow-drip":
		w.Header().Set("Content-Length", strconv.Itoa(len(record)))
		for i := 0; i < len(record) && r.wait(req, 100*time.Millisecond); i++ {
			_, _ = w.Write([]byte(record[i : i+1]))
			w.(http.Flusher).Flush()
		}
	case "reset":
		panic(http.ErrAbortHandler)
	default:
		whole(w, altered(fault, record))
	}
}

// wait waits, unless the caller or the test is gone first.
func (r *region) wait(req *http.Request, long time.Duration) bool {
	timer := time.NewTimer(long)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-req.Context().Done():
	case <-r.stop:
	}
	return false
}

// altered is a record as a fault changes it.
func altered(fault, record string) string {
	switch fault {
	case "garbage":
		return "<html>" + record
	case "giant-body":
		return strings.Repeat(" ", 17<<20) + record
	case "truncated":
		return record[:len(record)/2]
	case "partial-in-200":
		return strings.Replace(record, `"incomplete": []`, `"incomplete": ["allergies"]`, 1)
	case "unreadable-entry":
		return strings.Replace(record, `"allergies": [`, `"allergies": [7, `, 1)
	case "no-list":
		return strings.Replace(record, `"allergies"`, `"allergy"`, 1)
	}
	return record
}

func whole(w http.ResponseWriter, record string) {
	if record == "" {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = fmt.Fprint(w, record) // a client that is gone is no fault of the region
}
