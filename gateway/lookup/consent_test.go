package lookup_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// looked is a cache that notes which regions it was asked about, and of which it was
// given something.
type looked struct {
	*cache.Cache
	mu   sync.Mutex
	seen []string
}

var _ lookup.Cache = (*looked)(nil)

func (l *looked) Read(ctx context.Context, patient string, fields []cache.Field) *cache.Reading {
	for _, f := range fields {
		l.note(f.Region)
	}
	return l.Cache.Read(ctx, patient, fields)
}

func (l *looked) Fill(r *cache.Reading, kept []cache.Kept) {
	for _, k := range kept {
		l.note(k.Field.Region)
	}
	l.Cache.Fill(r, kept)
}

func (l *looked) note(region string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen = append(l.seen, region)
}

// consenting makes a region one that asks for a consent for each period of care.
func consenting(about *adapterv1.DescribeResponse) { about.Region.ConsentPerPeriodOfCare = true }

func consents(references ...string) []*lhcrv1.PeriodOfCareConsent {
	var out []*lhcrv1.PeriodOfCareConsent
	for _, r := range references {
		out = append(out, &lhcrv1.PeriodOfCareConsent{RegionId: "dorset", Reference: r, From: "2026-11-01"})
	}
	return out
}

// REG-003. Of a region that asks for a consent for each period of care nothing is kept,
// not even where it holds a patient, and nothing that was kept is served.
func TestNothingIsKeptOfARegionThatAsksForConsents(t *testing.T) {
	m := newMoving(held, "h1")
	consenting(m.about)
	m.about.Region.Capabilities = append(m.about.Region.Capabilities, &lhcrv1.CapabilitySupport{Capability: lhcrv1.Capability_CAPABILITY_DOCUMENTS, Supported: true})
	m.document = func(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
		m.calls = append(m.calls, "document")
		return &adapterv1.FetchDocumentResponse{Content: []byte("letter"), Patients: []*adapterv1.MatchedPatient{patient()}}, nil
	}
	kept := &looked{Cache: newCache(t, cache.Options{Memory: 8 << 20})}
	other := &counting{}
	l := cached(t, lookup.Options{Cache: kept}, m, other.adapter("yorkshire"))
	for name, change := range map[string]func(*lhcrv1.AccessContext){
		"without a consent":               func(*lhcrv1.AccessContext) {},
		"with one":                        func(a *lhcrv1.AccessContext) { a.Consents = consents("c1") },
		"with one of another region":      func(a *lhcrv1.AccessContext) { a.Consents = []*lhcrv1.PeriodOfCareConsent{{RegionId: "yorkshire"}} },
		"with permission to view":         func(a *lhcrv1.AccessContext) { a.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW },
		"for a consent":                   func(a *lhcrv1.AccessContext) { a.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_CONSENT_FOR_PERIOD_OF_CARE },
		"with a consent that has expired": func(a *lhcrv1.AccessContext) { a.Consents = consents("c1"); a.Consents[0].Until = "2026-11-02" },
	} {
		for range 2 {
			req := request(problems)
			change(req.Access)
			res := getAs(t, l, caller(), req)
			if o := outcomeOf(t, res.GetOutcomes(), "dorset", problems); o.GetFromCache() {
				t.Errorf("%s: served from the cache", name)
			}
			m.wantCalls(t, "locate", "fetch h1")
		}
		doc := documentRequest()
		change(doc.Access)
		if err := l.Document(t.Context(), caller(), doc, func(*lhcrv1.GetDocumentResponse) error { return nil }); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		m.wantCalls(t, "locate", "document")
	}
	m.located.Holding = heldNot
	for range 2 {
		getAs(t, l, caller(), request(problems))
		m.wantCalls(t, "locate")
	}
	if slices.Contains(kept.seen, "dorset") || !slices.Contains(kept.seen, "yorkshire") {
		t.Errorf("the cache heard of %v, and may only hear of yorkshire", slices.Compact(kept.seen))
	}
}

// What one caller's consent opens is for that caller's call alone.
func TestNobodyJoinsAQuestionUnderConsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		region := newGated()
		adapter := region.adapter("dorset").(*fetchFunc)
		consenting(adapter.about)
		var mu sync.Mutex
		var told []string
		fetch := adapter.fetch
		adapter.fetch = func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			mu.Lock()
			reference := "none"
			for _, c := range req.GetCaller().GetAccess().GetConsents() {
				reference = c.GetReference()
			}
			told = append(told, reference)
			mu.Unlock()
			return fetch(ctx, req)
		}
		l := bubble(t, lookup.Options{}, adapter)
		var answers []<-chan asked
		for _, references := range [][]string{nil, nil, {"c1"}, {"c1"}, {"c2"}} {
			req := request(problems)
			req.Access.Consents = consents(references...)
			answers = append(answers, ask(t, t.Context(), l, caller(), req))
		}
		synctest.Wait()
		close(region.gate)
		for _, a := range answers {
			if got := <-a; got.err != nil {
				t.Fatal(got.err)
			}
		}
		slices.Sort(told)
		if diff := cmp.Diff([]string{"c1", "c1", "c2", "none", "none"}, told); diff != "" {
			t.Errorf("the region heard of (-want +got):\n%s", diff)
		}
	})
}
