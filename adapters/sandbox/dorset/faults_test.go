package dorset_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
)

// broken switches a fault on for the demo patient's allergies and searches them.
func (r *region) broken(kind fault.Kind) (probe.Answer, error) {
	r.t.Helper()
	req := r.search("AllergyIntolerance", about(r.margaret()))
	r.Fault(fault.Fault{
		Kind: kind, NHSNumber: r.patient(patients.Demo).NHSNumber, ResourceType: "AllergyIntolerance", Times: 1,
	})
	answer, err := probe.Do(r.client, req)
	if _, err := probe.Do(r.client, r.search("AllergyIntolerance", about(r.margaret()))); err != nil {
		r.t.Errorf("%s befell a second call: %v", kind, err)
	}
	return answer, err
}

func TestStatusFaults(t *testing.T) {
	r := start(t)
	for kind, want := range map[fault.Kind]int{
		fault.Unauthorized: 401, fault.Forbidden: 403, fault.TooManyRequests: 429, fault.ServerError: 500,
		fault.Unavailable: 503,
	} {
		answer, err := r.broken(kind)
		if err != nil || answer.Status != want || !strings.Contains(string(answer.Body), "OperationOutcome") {
			t.Errorf("%s: %d %v %s", kind, answer.Status, err, answer.Body)
		}
		if waits := answer.Header.Get("Retry-After") == "30"; waits != (want == 429 || want == 503) {
			t.Errorf("%s: Retry-After %q", kind, answer.Header.Get("Retry-After"))
		}
	}
}

func TestBrokenBodies(t *testing.T) {
	r := start(t)
	if answer, err := r.broken(fault.Truncated); !errors.Is(err, io.ErrUnexpectedEOF) || len(answer.Body) == 0 {
		t.Errorf("truncated: %d bytes, %v", len(answer.Body), err)
	}
	if answer, err := r.broken(fault.BrokenJSON); err != nil || json.Valid(answer.Body) || answer.Status != 200 {
		t.Errorf("broken JSON: %d, valid %v, %v", answer.Status, json.Valid(answer.Body), err)
	}
	if _, err := r.broken(fault.Reset); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("reset: %v", err)
	}
	answer, err := r.broken(fault.Garbage)
	if err != nil || answer.Status != 200 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") {
		t.Errorf("garbage: %d %v", answer.Status, err)
	}
	answer, err = r.broken(fault.GiantBody)
	if err != nil || len(answer.Body) <= 64<<20 || !json.Valid(answer.Body) {
		t.Errorf("giant: %d bytes, %v", len(answer.Body), err)
	}
}

func TestRedirectLeadsToACounter(t *testing.T) {
	r := start(t)
	answer, err := r.broken(fault.Redirect)
	if err != nil || answer.Status != http.StatusTemporaryRedirect || r.Counts()["strayed"] != 0 {
		t.Fatalf("redirect: %d %v", answer.Status, err)
	}
	probe.Must(t, r.client, probe.Request(t, http.MethodGet, answer.Header.Get("Location"), nil))
	if got := r.Counts()["strayed"]; got != 1 {
		t.Errorf("counted %d strays, want 1", got)
	}
}

func TestContentFaults(t *testing.T) {
	r := start(t)
	own := r.margaret()
	answer, _ := r.broken(fault.WrongPatient)
	for _, e := range probe.ReadBundle(t, answer.Body).Entry {
		if who := e.Resource["patient"].(map[string]any)["reference"]; who == own {
			t.Errorf("wrong patient: an allergy of the right one")
		}
	}
	answer, _ = r.broken(fault.ErrorIn200)
	if ids := probe.ReadBundle(t, answer.Body).IDs("match"); answer.Status != 200 || len(ids) != 0 {
		t.Errorf("error in 200: %d %v", answer.Status, ids)
	}
	answer, _ = r.broken(fault.PartialIn200)
	b := probe.ReadBundle(t, answer.Body)
	if len(b.IDs("match")) != 2 || len(b.IDs("outcome")) != 1 {
		t.Errorf("partial in 200: %v and %v", b.IDs("match"), b.IDs("outcome"))
	}
}

func TestWrongPatientAlsoAnswersTheNumber(t *testing.T) {
	r := start(t)
	number := r.patient(patients.Demo).NHSNumber
	r.Fault(fault.Fault{Kind: fault.WrongPatient, NHSNumber: number, ResourceType: "Patient"})
	answer := probe.Must(t, r.client, r.search("Patient", byNumber(number)))
	if len(probe.ReadBundle(t, answer.Body).Entry) != 1 || strings.Contains(string(answer.Body), `"value":"`+number) {
		t.Errorf("answer %s", answer.Body)
	}
}

func TestEndlessPagingNeverEnds(t *testing.T) {
	r := start(t)
	answer, err := r.broken(fault.EndlessPaging)
	for page := range 20 {
		next := probe.ReadBundle(t, answer.Body).Rel("next")
		if err != nil || next == "" {
			t.Fatalf("page %d is the last: %v", page, err)
		}
		answer, err = probe.Do(r.client, r.get(next))
	}
}

func TestHangAndDripEndWithTheClient(t *testing.T) {
	r := start(t)
	for _, kind := range []fault.Kind{fault.Hang, fault.SlowDrip} {
		req := r.search("AllergyIntolerance", about(r.margaret()))
		r.Fault(fault.Fault{Kind: kind, ResourceType: "AllergyIntolerance", Times: 1})
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		answer, err := probe.Do(r.client, req.WithContext(ctx))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s: %d bytes, %v", kind, len(answer.Body), err)
		}
		cancel()
	}
}

func TestCloseEndsAHang(t *testing.T) {
	r := start(t)
	req := r.search("AllergyIntolerance", about(r.margaret()))
	r.Fault(fault.Fault{Kind: fault.Hang, ResourceType: "AllergyIntolerance"})
	failed := make(chan error)
	go func() {
		_, err := probe.Do(r.client, req)
		failed <- err
	}()
	for r.Counts()["search AllergyIntolerance"] == 0 {
		if t.Context().Err() != nil {
			t.Fatal("the call never came")
		}
		runtime.Gosched()
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if err := <-failed; err == nil {
		t.Error("the hung call was answered")
	}
}

func TestTokenFaults(t *testing.T) {
	r := start(t)
	take := func(kind fault.Kind) probe.Answer {
		r.Fault(fault.Fault{Kind: kind, Times: 1})
		return probe.Must(t, r.client, r.tokenRequest())
	}
	if got := take(fault.TokenUnauthorized); got.Status != 401 {
		t.Errorf("token 401: %d", got.Status)
	}
	if got := take(fault.TokenNoExpiry); got.Status != 200 || strings.Contains(string(got.Body), "expires_in") {
		t.Errorf("no expiry: %d %s", got.Status, got.Body)
	}
	if got := take(fault.TokenGarbage); got.Status != 200 || json.Valid(got.Body) {
		t.Errorf("garbage: %d %s", got.Status, got.Body)
	}
	r.Fault(fault.Fault{Kind: fault.TokenHang, Times: 1})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := probe.Do(r.client, r.tokenRequest().WithContext(ctx)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hang: %v", err)
	}
}

func TestClearedFaultsAreOver(t *testing.T) {
	r := start(t)
	patient := r.margaret()
	for _, kind := range fault.Kinds() {
		r.Fault(fault.Fault{Kind: kind})
	}
	r.ClearFaults()
	if got := len(r.find("AllergyIntolerance", about(patient)).Entry); got != 2 {
		t.Errorf("%d allergies, want 2", got)
	}
}
