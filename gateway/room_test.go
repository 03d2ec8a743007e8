package gateway_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/socket"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway/config"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// talkative is a regional system whose answers are as many MiB long as a test says.
type talkative struct {
	mebibytes atomic.Int64
	requests  atomic.Int64
}

func (k *talkative) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	k.requests.Add(1)
	block := bytes.Repeat([]byte{'x'}, 1<<20)
	for range k.mebibytes.Load() {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
}

// reading is an adapter that reads an answer to its end and keeps nothing of it.
func reading(e adapters.Environment) adapters.Adapter {
	return &region{id: "dorset", fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		ask, err := http.NewRequestWithContext(ctx, http.MethodGet, e.Settings.BaseURL, nil)
		if err != nil {
			return nil, err
		}
		res, err := transport.Do(e.HTTP, ask)
		if err != nil {
			return nil, err
		}
		defer func() { _ = res.Body.Close() }()
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			return nil, transport.Failure(ctx, err)
		}
		return answers(allergic("dorset", "a1"))(ctx, req)
	}}
}

// Answers that are read side by side hold no more than their share of limits.memory.
// What is refused for that is not held against the region.
func TestAnswersForWhichThereIsNoRoomAreRefusedAndTheRegionIsNotBlamed(t *testing.T) {
	for name, adapter := range map[string]func(adapters.Environment) adapters.Adapter{
		"told as an error": reading, "told as outcomes": telling,
	} {
		t.Run(name, func(t *testing.T) { isNotBlamed(t, adapter) })
	}
}

// allergiesOf asks for the allergies of one of two patients.
func allergiesOf(number int) *lhcrv1.GetRecordRequest {
	req := allergies()
	req.Patient.NhsNumber = []string{patient, "9990000026"}[number%2]
	return req
}

// telling is an adapter that reads an answer to its end too, and tells of a failure
// as outcomes.
func telling(e adapters.Environment) adapters.Adapter {
	read := reading(e)
	return &region{id: "dorset", fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		res, err := read.Fetch(ctx, req)
		if err == nil {
			return res, nil
		}
		res = &adapterv1.FetchResponse{}
		for _, s := range req.GetSections() {
			res.Outcomes = append(res.Outcomes, &lhcrv1.SectionOutcome{
				Section: s, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
				Gaps: []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Retryable: true}},
			})
		}
		return res, nil
	}}
}

// What came of an answer before there was no room is kept.
func TestWhatThereWasRoomForIsKept(t *testing.T) {
	h, system := talking(t, func(e adapters.Environment) adapters.Adapter {
		read := reading(e)
		return &region{id: "dorset", fetch: func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			if _, err := read.Fetch(ctx, req); err == nil {
				t.Error("there was room")
			}
			return answers(allergic("dorset", "a1"))(ctx, req)
		}}
	})
	system.mebibytes.Store(130)
	res, err := h.records(t).GetRecord(h.as(t), allergies())
	if err != nil || len(res.GetRecord().GetAllergies()) != 1 || system.requests.Load() != 1 {
		t.Errorf("%v with %v after %d requests", res, err, system.requests.Load())
	}
}

// talking is a gateway before a system that says more than there is room for.
func talking(t *testing.T, adapter func(adapters.Environment) adapters.Adapter) (*house, *talkative) {
	t.Helper()
	system := &talkative{}
	ca, err := pki.NewCA("dorset", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := ca.Server()
	if err != nil {
		t.Fatal(err)
	}
	server, err := socket.Listen(socket.Options{Certificate: certificate, Now: time.Now}, system)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	h := prepare(t, &region{id: "dorset"})
	about := (&region{id: "dorset"}).Describe()
	h.opts.Registry, err = adapters.NewRegistry(adapters.Entry{ID: "dorset", Describe: func() *adapterv1.DescribeResponse { return about }, New: func(e adapters.Environment) (adapters.Adapter, error) {
		return adapter(e), nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	h.dorset(func(r *config.Region) {
		r.BaseURL, r.CAFile = server.URL(), write(t, t.TempDir(), "ca.crt", ca.CertPEM())
	})
	h.config.Limits.Memory, h.config.Limits.RegionResponseSize = 2<<30, 1<<30
	h.config.Cache.Memory = 1 << 30 // leaves (2 - 1) GiB / 8 for answers
	h.open(t)
	return h, system
}

func isNotBlamed(t *testing.T, adapter func(adapters.Environment) adapters.Adapter) {
	h, system := talking(t, adapter)
	system.mebibytes.Store(130)
	for number := range 12 { // enough to open a breaker
		res, err := h.records(t).GetRecord(h.as(t), allergiesOf(number))
		if err != nil {
			t.Fatal(err)
		}
		o := res.GetOutcomes()[0]
		if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE || !strings.Contains(o.GetMessage(), "no room for more answers") {
			t.Fatalf("outcome %v: %q", o.GetStatus(), o.GetMessage())
		}
	}
	if n := system.requests.Load(); n != 12 {
		t.Errorf("the region was asked %d times: what there is no room for is not asked again", n)
	}
	system.mebibytes.Store(1)
	res, err := h.records(t).GetRecord(h.as(t), allergies())
	if err != nil || res.GetCompleteness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
		t.Errorf("an answer for which there is room: %v, %v", res.GetCompleteness(), err)
	}
	health, err := lhcrv1.NewRegionServiceClient(h.conn(t)).ListRegionHealth(h.as(t), &lhcrv1.ListRegionHealthRequest{})
	if err != nil || health.GetHealth()[0].GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY || health.GetHealth()[0].GetBreaker() != lhcrv1.BreakerState_BREAKER_STATE_CLOSED {
		t.Errorf("health %v, %v", health.GetHealth(), err)
	}
}
