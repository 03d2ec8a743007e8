package rest_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/rest"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/gen/openapi"
	"google.golang.org/grpc/test/bufconn"
)

func empty(context.Context, *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	return &lhcrv1.GetRecordResponse{}, nil
}

func TestTheRequestIDIsOursUnlessTheCallersIsAUUID(t *testing.T) {
	const theirs = "7F1C7B0E-6f4e-4f0e-9a55-0d1b7a6d7a11"
	tests := map[string]struct {
		sent string
		kept bool
	}{
		"none":                   {"", false},
		"a UUID":                 {theirs, true},
		"a patient's number":     {"9990000018", false},
		"a UUID and more":        {theirs + "-9990000018", false},
		"a UUID in another form": {"{" + theirs + "}", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := &backend{get: empty}
			s := start(t, b, nil)
			for path, body := range map[string]string{"/v1/record:get": asked, "/v1/nothing": asked, "/healthz": ""} {
				verb := http.MethodPost
				if body == "" {
					verb = http.MethodGet
				}
				res := s.do(t, verb, path, body, map[string]string{"X-Request-Id": tt.sent})
				got := res.Header.Get("X-Request-Id")
				if len(got) != 36 || (got == strings.ToLower(tt.sent)) != tt.kept {
					t.Errorf("%s: answered under %q", path, got)
				}
				if seen := b.metadata().Get("x-request-id"); path == "/v1/record:get" && !slices.Equal(seen, []string{got}) {
					t.Errorf("gRPC saw the ids %q, the caller %q", seen, got)
				}
			}
		})
	}
}

func TestOnlyAuthorizationAndRequestIDGoOnToGRPC(t *testing.T) {
	b := &backend{get: empty}
	s := start(t, b, nil)
	s.do(t, http.MethodPost, "/v1/record:get", asked, map[string]string{
		"Authorization": "Bearer token", "Cookie": "a=b", "X-Forwarded-For": "192.0.2.1", "X-Patient": "9990000018",
		"Grpc-Metadata-X-Patient": "9990000018", "Grpc-Metadata-Authorization": "Bearer other", "Traceparent": "x", "Te": "trailers",
	})
	var got []string
	for key := range b.metadata() {
		got = append(got, key)
	}
	slices.Sort(got)
	want := []string{":authority", "authorization", "content-type", "user-agent", "x-request-id"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("metadata (-want +got):\n%s", diff)
	}
	if got := b.metadata().Get("authorization"); !slices.Equal(got, []string{"Bearer token"}) {
		t.Errorf("authorization %q", got)
	}
	if agent := b.metadata().Get("user-agent"); strings.Contains(strings.Join(agent, ""), "Go-http-client") {
		t.Errorf("user-agent %q is the caller's", agent)
	}
}

func TestEveryAnswerIsProtected(t *testing.T) {
	s := start(t, &backend{get: empty}, func() bool { return true })
	answers := map[string]answer{
		"record":  s.post(t, "/v1/record:get", asked),
		"regions": s.do(t, http.MethodGet, "/v1/regions", "", nil),
		"nothing": s.do(t, http.MethodGet, "/nothing", "", nil),
		"docs":    s.do(t, http.MethodGet, "/docs", "", nil),
		"openapi": s.do(t, http.MethodGet, "/openapi.json", "", nil),
		"probe":   s.do(t, http.MethodGet, "/readyz", "", nil),
	}
	for name, res := range answers {
		for header, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'", "Referrer-Policy": "no-referrer",
		} {
			if got := res.Header.Get(header); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q, want %q", name, header, got, want)
			}
		}
		for header := range res.Header {
			if strings.HasPrefix(header, "Grpc-") || header == "Access-Control-Allow-Origin" {
				t.Errorf("%s: the header %s left", name, header)
			}
		}
	}
}

func TestProbesSayWhetherTheGatewayTakesCalls(t *testing.T) {
	var ready atomic.Bool
	s := start(t, &backend{}, ready.Load)
	for _, tt := range []struct {
		ready  bool
		path   string
		status int
	}{
		{false, "/healthz", 200}, {false, "/readyz", 503}, {true, "/healthz", 200}, {true, "/readyz", 200},
	} {
		ready.Store(tt.ready)
		if res := s.do(t, http.MethodGet, tt.path, "", nil); res.StatusCode != tt.status {
			t.Errorf("%s while ready is %t: status %d, want %d", tt.path, tt.ready, res.StatusCode, tt.status)
		}
	}
}

func TestTheContractIsServed(t *testing.T) {
	s := start(t, &backend{}, nil)
	if res := s.do(t, http.MethodGet, "/openapi.json", "", nil); string(res.body) != string(openapi.JSON) || res.Header.Get("Content-Type") != "application/json" {
		t.Errorf("/openapi.json is not the document, or of type %q", res.Header.Get("Content-Type"))
	}
	if res := s.do(t, http.MethodGet, "/docs", "", nil); !strings.Contains(string(res.body), "RecordService_GetRecord") {
		t.Error("/docs lacks GetRecord")
	}
	if res := s.do(t, http.MethodGet, "/", "", nil); res.Header.Get("Location") != "/docs" {
		t.Errorf("/ leads to %q", res.Header.Get("Location"))
	}
}

// Every operation of the document answers: none is 404 or 405.
func TestEveryOperationOfTheDocumentAnswers(t *testing.T) {
	var document struct {
		Paths map[string]map[string]any `json:"paths"`
	}
	if err := json.Unmarshal(openapi.JSON, &document); err != nil {
		t.Fatal(err)
	}
	s := start(t, &backend{}, nil)
	for path, methods := range document.Paths {
		for method := range methods {
			res := s.do(t, strings.ToUpper(method), strings.ReplaceAll(path, "{regionId}", "dorset"), "", nil)
			if res.StatusCode == 404 || res.StatusCode == 405 {
				t.Errorf("%s %s: status %d", method, path, res.StatusCode)
			}
		}
	}
}

func TestAQuestionInTheQueryIsUnderstood(t *testing.T) {
	s := start(t, &backend{}, nil)
	for _, query := range []string{"odsCode=FA123", "ods_code=fa123", "pharmaceuticalCommittee=Community+Pharmacy+Dorset"} {
		got := &lhcrv1.ResolveRegionsResponse{}
		s.do(t, http.MethodGet, "/v1/regions:resolve?"+query, "", nil).into(t, got)
		if diff := cmp.Diff([]string{"dorset"}, got.GetRegionIds()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

// A panic's value reaches nobody, and no answer looks whole that is not.
func TestAPanicCutsTheConnectionOff(t *testing.T) {
	memory := bufconn.Listen(1024)
	told := 0
	handler, err := rest.New(rest.Options{
		Dial: memory.DialContext, Random: rand.Reader, Panicked: func() { told++ },
		Ready: func() bool { panic("Zebedee") },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = handler.Close() }()
	defer func() {
		if p := recover(); p != http.ErrAbortHandler || told != 1 {
			t.Errorf("panicked with %v and told %d times, want ErrAbortHandler, once", p, told)
		}
	}()
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/readyz", nil))
	t.Error("the panic was swallowed")
}
