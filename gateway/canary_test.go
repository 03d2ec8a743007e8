package gateway_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
)

// canaries are what the patient of these tests is known by, in every spelling sent.
func canaries() []string {
	return []string{patient, "999 000 0018", "999-000-0018", "Quillfeather", "Canary Row", "1931-02-03"}
}

const secrets = patient + " 999 000 0018 999-000-0018 Zebedee Quillfeather, 1 Canary Row, 1931-02-03"

// spanBook keeps spans past the shutdown of tracing.
type spanBook struct {
	mu    sync.Mutex
	spans []sdktrace.ReadOnlySpan
}

func (b *spanBook) ExportSpans(_ context.Context, spans []sdktrace.ReadOnlySpan) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spans = append(b.spans, spans...)
	return nil
}

func (*spanBook) Shutdown(context.Context) error { return nil }

func (b *spanBook) text(t *testing.T) string {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	out, err := json.Marshal(tracetest.SpanStubsFromReadOnlySpans(b.spans))
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// telltales are regions that give away everything they can, each in its own way. The
// words of a status reach the caller, and only what is a number, a date or an
// address can be taken out of them: that they name nobody is the adapter's promise.
func telltales() []*region {
	record := allergic("tells", "a1")
	record.Allergies[0].Code.Text = secrets
	return []*region{
		{id: "tells", fetch: answers(record)},
		{id: "says-why", fetch: fails(codes.Unavailable, "no answer for "+patient+", born 1931-02-03, from https://fhir.example/Quillfeather/"+patient)},
		{id: "says-where", fetch: func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return nil, &url.Error{Op: "Get", URL: "https://fhir.example/Patient?identifier=" + patient, Err: errors.New(secrets)}
		}},
		{id: "panics", fetch: func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { panic(secrets) }},
		{id: "mistakes", fetch: answers(record, func(res *adapterv1.FetchResponse) {
			res.Patients[0].NhsNumber, res.Patients[0].SourceId = "9990000026", secrets
		})},
	}
}

// attempt is a REST request that goes wrong.
type attempt struct {
	verb, path, body string
	header           map[string]string
}

func attempts(good string) map[string]attempt {
	wrong := strings.Replace(good, patient, "9990000018 ", 1)
	return map[string]attempt{
		"wrong number":       {"POST", "/v1/record:get", wrong, nil},
		"number, not text":   {"POST", "/v1/record:get", `{"patient": {"nhsNumber": ` + patient + `}}`, nil},
		"broken JSON":        {"POST", "/v1/record:get", `{"patient": {"nhsNumber": "` + patient + `", "dateOfBirth": "1931-02-03"`, nil},
		"unknown field":      {"POST", "/v1/record:get", `{"patient": {"nhsNumber": "` + patient + `", "surname": "` + secrets + `"}}`, nil},
		"number as a field":  {"POST", "/v1/record:get", `{"` + patient + `": 1}`, nil},
		"no date":            {"POST", "/v1/record:get", strings.Replace(good, `"nhsNumber"`, `"dateOfBirth": "`+secrets+`", "nhsNumber"`, 1), nil},
		"unknown basis":      {"POST", "/v1/record:get", `{"access": {"basis": "` + secrets + `"}}`, nil},
		"number in the path": {"GET", "/v1/regions/" + patient, "", nil},
		"name in the path":   {"GET", "/v1/Quillfeather", "", nil},
		"unknown region":     {"GET", "/v1/regions/quillfeather-1931-02-03", "", nil},
		"number in a query":  {"GET", "/v1/regions:resolve?odsCode=" + patient, "", nil},
		"name in a query":    {"GET", "/v1/regions:resolve?surname=Quillfeather", "", nil},
		"number as an id":    {"POST", "/v1/record:get", good, map[string]string{"X-Request-Id": patient}},
		"number as a token":  {"POST", "/v1/record:get", good, map[string]string{"Authorization": "Bearer " + patient}},
		"number in a header": {"POST", "/v1/record:get", good, map[string]string{"Grpc-Metadata-Patient": secrets, "Grpc-Timeout": patient}},
		"too large":          {"POST", "/v1/record:get", good + strings.Repeat(secrets, 10_000), nil},
	}
}

// refusalsOverGRPC are the errors of calls that go wrong there.
func (h *house) refusalsOverGRPC(t *testing.T) []error {
	t.Helper()
	conn := h.conn(t)
	records := lhcrv1.NewRecordServiceClient(conn)
	wrong := asking()
	wrong.Patient = &lhcrv1.PatientQuery{NhsNumber: "999 000 0018", DateOfBirth: secrets}
	wrong.Access.OverrideReason = strings.Repeat(secrets, 100)
	_, invalid := records.GetRecord(h.as(t), wrong)
	garbled := conn.Invoke(h.as(t), "/lhcr.v1.RecordService/GetRecord", &lhcrv1.NetworkEndpoint{Host: secrets, RegionId: secrets}, &emptypb.Empty{})
	unknown := conn.Invoke(h.as(t), "/lhcr.v1.RecordService/"+patient, asking(), &emptypb.Empty{})
	named := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+patient, "x-request-id", patient, "x-patient", secrets)
	_, token := records.GetRecord(named, asking())
	var document error
	if stream, err := records.GetDocument(h.as(t), &lhcrv1.GetDocumentRequest{
		Patient: asking().GetPatient(), Access: asking().GetAccess(), RegionId: "tells", ItemId: patient, ContentId: secrets,
	}); err == nil {
		_, document = stream.Recv()
	}
	return []error{invalid, garbled, unknown, token, document}
}

func TestNothingTellsWhoThePatientIs(t *testing.T) {
	h := prepare(t, telltales()...)
	book := &spanBook{}
	h.opts.TraceExporter = book
	h.open(t)
	told := map[string]string{}

	req := asking(lhcrv1.Section_SECTION_ALLERGIES)
	var header, trailer metadata.MD
	res, err := h.records(t).GetRecord(h.as(t), req, grpc.Header(&header), grpc.Trailer(&trailer))
	if err != nil || !strings.Contains(res.GetRecord().GetAllergies()[0].GetCode().GetText(), "Quillfeather") {
		t.Fatalf("the record did not arrive: %v", err)
	}
	for _, o := range res.GetOutcomes() { // an outcome is ours but for what it quotes of the source
		told["message of the outcome of "+o.GetRegionId()] = o.GetMessage()
		for _, gap := range o.GetGaps() {
			told["gap of "+o.GetRegionId()] += gap.GetMessage()
		}
	}
	for i, err := range h.refusalsOverGRPC(t) {
		if err == nil {
			t.Errorf("call %d over gRPC was not refused", i)
		}
		for _, d := range status.Convert(err).Proto().GetDetails() {
			told["detail of an error over gRPC"] += string(d.GetValue())
		}
		told["error over gRPC"] += " " + err.Error()
	}
	for name, a := range attempts(body(t, req)) {
		reply := h.rest(t, a.verb, a.path, a.body, a.header)
		if reply.status < 400 && name != "number as an id" {
			t.Errorf("%s: status %d", name, reply.status)
		}
		if reply.status >= 400 {
			told["REST: "+name] = string(reply.body)
		}
		for key, values := range reply.header {
			told["REST header: "+name] += key + strings.Join(values, " ")
		}
	}
	for key, values := range metadata.Join(header, trailer) {
		told["metadata"] += key + strings.Join(values, " ")
	}
	told["metrics"] = h.metrics(t)
	h.stop()
	if err := h.wait(); err != nil {
		t.Fatal(err)
	}
	told["log"], told["traces"] = h.log.String(), book.text(t)
	searchAll(t, told)
	for what, want := range map[string]string{
		"log": "audit call", "traces": "lhcr.v1.RecordService/GetRecord", "metrics": `lhcr_region_calls_total{method="Fetch",outcome="healthy",region="tells"}`,
	} {
		if !strings.Contains(told[what], want) {
			t.Errorf("%s does not have %q, so the search of it shows nothing:\n%.2000s", what, want, told[what])
		}
	}
}

func searchAll(t *testing.T, told map[string]string) {
	t.Helper()
	for what, text := range told {
		for _, canary := range canaries() {
			if at := strings.Index(strings.ToLower(text), strings.ToLower(canary)); at >= 0 {
				t.Errorf("%s tells %q: …%s…", what, canary, text[max(0, at-100):min(len(text), at+100)])
			}
		}
	}
}

func (h *house) metrics(t *testing.T) string {
	t.Helper()
	res, err := http.Get("http://" + h.MetricsAddr().String() + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	whole, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(whole)
}
