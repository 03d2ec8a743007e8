package lookup_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
)

func TestEachCallToARegionIsObserved(t *testing.T) {
	found := &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD}
	some := fetched(nil, outcome(problems, nothing), outcome(alerts, unavailable))
	tests := map[string]struct {
		region adapters.Adapter
		want   []lookup.Observation
	}{
		"an answer": {answering("dorset", fetched(nil, outcome(problems, nothing), outcome(alerts, nothing))),
			[]lookup.Observation{{Method: lookup.MethodFetch, Outcomes: map[lhcrv1.OutcomeStatus]int{nothing: 2}}}},
		"half an answer": {answering("dorset", some),
			[]lookup.Observation{{Method: lookup.MethodFetch, Outcomes: map[lhcrv1.OutcomeStatus]int{nothing: 1, unavailable: 1}}}},
		"every section unavailable": {answering("dorset", fetched(nil, outcome(problems, unavailable), outcome(alerts, unavailable))),
			[]lookup.Observation{{Method: lookup.MethodFetch, Code: codes.Unavailable, Outcomes: map[lhcrv1.OutcomeStatus]int{unavailable: 2}}}},
		"every section refused": {answering("dorset", fetched(nil, outcome(problems, refused), outcome(alerts, refused))),
			[]lookup.Observation{{Method: lookup.MethodFetch, Code: codes.PermissionDenied, Outcomes: map[lhcrv1.OutcomeStatus]int{refused: 2}}}},
		"every section garbled": {answering("dorset", fetched(nil, outcome(problems, invalid), outcome(alerts, invalid))),
			[]lookup.Observation{{Method: lookup.MethodFetch, Code: codes.DataLoss, Outcomes: map[lhcrv1.OutcomeStatus]int{invalid: 2}}}},
		"a partial allergy list": {answering("dorset", partialAllergies()),
			[]lookup.Observation{{Method: lookup.MethodFetch, Outcomes: map[lhcrv1.OutcomeStatus]int{invalid: 1}}}},
		"every section failed in its way": {answering("dorset", fetched(nil, outcome(problems, refused), outcome(alerts, invalid))),
			[]lookup.Observation{{Method: lookup.MethodFetch, Code: codes.Unavailable, Outcomes: map[lhcrv1.OutcomeStatus]int{refused: 1, invalid: 1}}}},
		"somebody else": {answering("dorset", rich()),
			[]lookup.Observation{{Method: lookup.MethodFetch, Outcomes: map[lhcrv1.OutcomeStatus]int{mismatch: 2}}}},
		"an error": {failing("dorset", status.Error(codes.Unauthenticated, "")), []lookup.Observation{{Method: lookup.MethodFetch, Code: codes.Unauthenticated}}},
		"located first": {locating("dorset", found, nil, some),
			[]lookup.Observation{{Method: lookup.MethodLocate}, {Method: lookup.MethodFetch, Outcomes: map[lhcrv1.OutcomeStatus]int{nothing: 1, unavailable: 1}}}},
		"not located":           {locating("dorset", nil, status.Error(codes.Unavailable, ""), some), []lookup.Observation{{Method: lookup.MethodLocate, Code: codes.Unavailable}}},
		"nothing to ask it for": {&fetchFunc{describe("dorset", documents), nil}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var seen observations
			asked := []lhcrv1.Section{problems, alerts}
			if name == "a partial allergy list" {
				asked = []lhcrv1.Section{allergies}
			}
			get(t, newLookup(t, lookup.Options{Observe: seen.observe, Now: fixedClock}, test.region), request(asked...))
			for n := range test.want {
				test.want[n].RegionID = "dorset"
			}
			if diff := cmp.Diff(test.want, seen.all()); diff != "" {
				t.Errorf("observations (-want +got):\n%s", diff)
			}
		})
	}
}

func partialAllergies() *adapterv1.FetchResponse {
	o := outcome(allergies, returned)
	o.Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED}}
	return fetched(&lhcrv1.Record{Allergies: []*lhcrv1.Allergy{allergy("a1")}}, o)
}

func TestAnObservationSaysHowLongTheRegionTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen observations
		get(t, newLookup(t, lookup.Options{Observe: seen.observe}, slow(describe("dorset"), 3*time.Second)), request(problems))
		if got := seen.all()[0].Duration; got != 3*time.Second {
			t.Errorf("it took %v, want 3 s", got)
		}
	})
}

// canaries are what must show up in nothing but an answer.
var canaries = []string{nhsNumber, "999 000 0018", birthDate, "Canaryname", "7 Canary Street"}

// singing is a region that puts the canaries wherever it can.
func singing(method string) adapters.Adapter {
	all := strings.Join(canaries, " ")
	err := status.Error(codes.Unavailable, "GET https://region.invalid/Patient?identifier="+all)
	region := locating("dorset", &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD, Message: all, Handle: []byte(all)}, nil, nil)
	sung := outcome(problems, returned)
	sung.Message = all
	item := problem("p1")
	item.OnsetText = all
	answer := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{item}}, sung)
	region.fetch = answering("dorset", answer).(*fetchFunc).fetch
	region.document = func(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
		return nil, err
	}
	switch method {
	case "locate":
		region.locate = func(context.Context, *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) { return nil, err }
	case "fetch":
		region.fetch = failing("dorset", err).(*fetchFunc).fetch
	case "plain error":
		region.fetch = failing("dorset", errors.New(all)).(*fetchFunc).fetch
	case "panic":
		region.fetch = func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) { panic(all) }
	}
	return region
}

func TestNoIdentifierInObservationsSpansAndErrors(t *testing.T) {
	for _, method := range []string{"answer", "locate", "fetch", "plain error", "panic"} {
		t.Run(method, func(t *testing.T) {
			spans := tracetest.NewInMemoryExporter()
			tracer := trace.NewTracerProvider(trace.WithSyncer(spans)).Tracer("lookup")
			var seen observations
			l := newLookup(t, lookup.Options{Observe: seen.observe, Tracer: tracer}, singing(method))
			res := get(t, l, request(problems))
			documentErr := l.Document(t.Context(), caller(), documentRequest(), func(*lhcrv1.GetDocumentResponse) error { return nil })

			exported, err := json.Marshal(spans.GetSpans())
			if err != nil {
				t.Fatal(err)
			}
			details, err := protojson.Marshal(status.Convert(documentErr).Proto())
			if err != nil {
				t.Fatal(err)
			}
			if len(spans.GetSpans()) != len(seen.all()) || len(seen.all()) == 0 {
				t.Errorf("%d spans for %d observations", len(spans.GetSpans()), len(seen.all()))
			}
			for where, text := range map[string]string{
				"observations": fmt.Sprintf("%+v", seen.all()), "spans": string(exported), "error": string(details),
			} {
				for _, canary := range canaries {
					if strings.Contains(text, canary) {
						t.Errorf("the %s hold %q", where, canary)
					}
				}
			}
			for _, o := range res.GetOutcomes() {
				for _, canary := range []string{nhsNumber, "999 000 0018", birthDate, "https:"} {
					if strings.Contains(o.String(), canary) {
						t.Errorf("the words of an outcome hold %q", canary)
					}
				}
			}
		})
	}
}

func TestASpanNamesRegionMethodAndCode(t *testing.T) {
	spans := tracetest.NewInMemoryExporter()
	tracer := trace.NewTracerProvider(trace.WithSyncer(spans)).Tracer("lookup")
	get(t, newLookup(t, lookup.Options{Tracer: tracer}, failing("dorset", status.Error(codes.Unavailable, "words of the adapter"))), request(problems))
	if len(spans.GetSpans()) != 1 {
		t.Fatalf("%d spans, want 1", len(spans.GetSpans()))
	}
	span := spans.GetSpans()[0]
	got := map[string]string{"name": span.Name, "status": span.Status.Code.String() + span.Status.Description}
	for _, a := range span.Attributes {
		got[string(a.Key)] = a.Value.AsString()
	}
	want := map[string]string{
		"name": "region Fetch", "status": "Error", "lhcr.region": "dorset", "lhcr.method": "Fetch", "rpc.grpc.status_code": "Unavailable",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("span (-want +got):\n%s", diff)
	}
}

func TestALateRegionsSpanEndsWhenNobodyWaitsAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		spans := tracetest.NewInMemoryExporter()
		tracer := trace.NewTracerProvider(trace.WithSyncer(spans)).Tracer("lookup")
		get(t, newLookup(t, lookup.Options{Tracer: tracer}, deaf(describe("dorset"), release)), request(problems))
		if len(spans.GetSpans()) != 1 {
			t.Errorf("%d spans ended, want 1", len(spans.GetSpans()))
		}
	})
}
