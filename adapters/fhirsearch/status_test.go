package fhirsearch_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Each case is an answer to the search for allergies.
func TestErrorStatuses(t *testing.T) {
	const (
		refused     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
		unavailable = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
		failed      = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
		notUs       = lhcrv1.GapKind_GAP_KIND_REFUSED
	)
	outcome := func(code string) string {
		return `{"resourceType":"OperationOutcome","meta":{"tag":[{"system":"https://yhcr.nhs.uk/RequestId","code":"req-7"}]},` +
			`"issue":[{"severity":"error","code":"` + code + `","details":{"text":"` + number + `"},"diagnostics":"10.0.0.7 Jane"}]}`
	}
	for name, c := range map[string]struct {
		code   int
		body   string
		status lhcrv1.OutcomeStatus
		gap    lhcrv1.GapKind
		says   string
		retry  bool
	}{
		"400": {400, outcome("invalid"), unavailable, failed, "did not accept what it was asked (400, invalid)", false},
		"401": {401, outcome("login"), refused, notUs, "refused us (401, login)", false},
		"403": {403, outcome("forbidden"), refused, notUs, "refused us (403, forbidden)", false},
		"403 withheld": {
			403, outcome("suppressed"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD, lhcrv1.GapKind_GAP_KIND_WITHHELD, "withholds it (403, suppressed)", false,
		},
		"404":          {404, outcome("not-found"), unavailable, failed, "(404, not-found)", false},
		"410":          {410, "", unavailable, failed, "(410)", false},
		"429":          {429, outcome("throttled"), refused, notUs, "too often (429, throttled)", true},
		"500":          {500, outcome("Jane"), unavailable, failed, "the region failed (500)", true},
		"502 HTML":     {502, "<html>" + number + "</html>", unavailable, failed, "the region failed (502)", true},
		"503":          {503, outcome("transient"), unavailable, failed, "the region failed (503, transient)", true},
		"204":          {204, "", unavailable, failed, "(204)", false},
		"a lone 302":   {302, "", unavailable, failed, "(302)", false},
		"JSON no FHIR": {403, `{"issue":7}`, refused, notUs, "refused us (403)", false},
	} {
		t.Run(name, func(t *testing.T) {
			s, client := newServer(t, nil)
			s.serve = func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/fhir/Patient") {
					_, _ = io.WriteString(w, held()[0])
					return
				}
				w.Header().Set("Retry-After", "7")
				w.WriteHeader(c.code)
				_, _ = io.WriteString(w, c.body)
			}
			o := fetch(t, region(t, s, client), allergies).GetOutcomes()[0]
			if o.GetStatus() != c.status || !strings.Contains(o.GetMessage(), c.says) {
				t.Errorf("%v %q, want %v %q", o.GetStatus(), o.GetMessage(), c.status, c.says)
			}
			g := o.GetGaps()[0]
			if g.GetKind() != c.gap || g.GetRetryable() != c.retry || o.GetRetryAfter().AsDuration() != 7*time.Second {
				t.Errorf("gap %v, retry after %v", g, o.GetRetryAfter())
			}
			if strings.Contains(c.body, "req-7") != (g.GetSourceRequestId() == "req-7") {
				t.Errorf("source request id %q", g.GetSourceRequestId())
			}
			for _, leak := range []string{number, "Jane", "10.0.0.7"} {
				if strings.Contains(o.String(), leak) {
					t.Errorf("the outcome says %q: %v", leak, o)
				}
			}
		})
	}
}
