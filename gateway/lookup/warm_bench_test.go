package lookup_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	"github.com/openlhcr/openlhcr/gateway/wire"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// warmSections are those of which BenchmarkWarmGet holds everything.
var warmSections = []lhcrv1.Section{allergies, medications, 10, problems, 12, 13, documents, 38}

// BenchmarkWarmGet answers from memory, in pieces: 3 regions, 8 sections each, about 40 KB. Its
// floor is to clone an answer of the same bytes. The two are measured in turns;
// of-floor is the median of the floor's time over ours.
func BenchmarkWarmGet(b *testing.B) {
	l, want := warmLookup(b)
	req, as := request(warmSections...), caller()
	ours := func() {
		var desk wire.Desk
		if _, err := desk.Settle(l.Get(wire.Expecting(b.Context(), &desk), as, req)); err != nil {
			b.Fatal(err)
		}
	}
	unread := &lhcrv1.GetRecordResponse{}
	unread.ProtoReflect().SetUnknown(want)
	floor := func() {
		if proto.CloneOf(unread) == nil {
			b.Fatal("no clone")
		}
	}
	ours()
	b.ReportAllocs()
	var ratios, own []float64
	for b.Loop() {
		f, mine := timed(floor), timed(ours)
		ratios, own = append(ratios, float64(f)/float64(mine)), append(own, float64(mine)/100)
	}
	b.ReportMetric(median(ratios), "of-floor")
	b.ReportMetric(median(own)/1e3, "µs/lookup")
	b.ReportMetric(float64(len(want)), "answer-bytes")
	b.ReportMetric(0, "ns/op")
}

// warmLookup is a lookup whose cache holds all of a record, and the answer.
func warmLookup(b *testing.B) (*lookup.Lookup, []byte) {
	b.Helper()
	kept := newCache(b, cache.Options{Memory: 64 << 20})
	var list []adapters.Adapter
	for _, id := range []string{"chie", "dorset", "yorkshire"} {
		res := warmAnswer(id)
		list = append(list, &fetchFunc{describe(id), func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
			return proto.CloneOf(res), nil
		}})
	}
	l := newLookup(b, lookup.Options{Cache: kept, Keep: lookup.Keep{Record: time.Hour, Held: time.Hour, NotHeld: time.Hour}}, list...)
	first := get(b, l, request(warmSections...))
	if first.GetCompleteness() != complete {
		b.Fatalf("the answer is %v", first.GetCompleteness())
	}
	warm, err := l.Get(b.Context(), caller(), request(warmSections...))
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range onWire(b, warm).GetOutcomes() {
		if !o.GetFromCache() {
			b.Fatalf("%s of %s is not from the cache", o.GetSection(), o.GetRegionId())
		}
	}
	return l, warm.ProtoReflect().GetUnknown()
}

// warmAnswer is about a third of 40 KB in eight sections.
func warmAnswer(region string) *adapterv1.FetchResponse {
	record := &lhcrv1.Record{}
	dress := func(h *lhcrv1.ItemHeader, n int) *lhcrv1.ItemHeader {
		h.ItemId = fmt.Sprintf("%s-%032d", region, n)
		h.SourceOrganisation = &lhcrv1.Organisation{OdsCode: "A81001", Name: "A practice"}
		h.Identifiers = []*lhcrv1.Identifier{{System: "https://practice.example/id", Value: h.GetItemId()}}
		h.Recorded = born("2024-03-01")
		h.Notes = []*lhcrv1.Note{{Text: strings.Repeat("a note of the practice. ", 5)}}
		return h
	}
	coded := func(n int) *lhcrv1.Concept {
		return &lhcrv1.Concept{Text: "A clinical term", Codings: []*lhcrv1.Coding{{System: "http://snomed.info/sct", Code: fmt.Sprint(n)}}}
	}
	for n := range 5 {
		record.Allergies = append(record.Allergies, &lhcrv1.Allergy{Header: dress(header("", allergies), 100+n), Code: coded(100 + n)})
		record.Problems = append(record.Problems, &lhcrv1.Problem{Header: dress(header("", problems), 200+n), Code: coded(200 + n)})
		record.Procedures = append(record.Procedures, &lhcrv1.Procedure{Header: dress(header("", 12), 300+n), Code: coded(300 + n)})
		record.Vaccinations = append(record.Vaccinations, &lhcrv1.Immunisation{Header: dress(header("", 10), 400+n), Vaccine: coded(400 + n)})
		record.InvestigationResults = append(record.InvestigationResults, &lhcrv1.InvestigationResult{Header: dress(header("", 13), 500+n), Code: coded(500 + n)})
		record.Documents = append(record.Documents, &lhcrv1.Document{Header: dress(header("", documents), 600+n), Description: "a letter"})
		record.ClinicalNotes = append(record.ClinicalNotes, &lhcrv1.ClinicalNote{Header: dress(header("", 38), 700+n)})
	}
	for n := range 6 {
		record.Medications = append(record.Medications, &lhcrv1.Medication{Header: dress(header("", medications), 800+n), Product: &lhcrv1.Product{Code: coded(800 + n)}})
	}
	res := fetched(record)
	for _, s := range warmSections {
		res.Outcomes = append(res.Outcomes, outcome(s, returned))
	}
	return res
}
