package sdk_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// BenchmarkDecodeRecord decodes an answer of 40 KB and walks all its sections with
// their gaps. Its floor is proto.Unmarshal of the same bytes alone, measured in turns:
// of-floor is the median of floor over ours, and allocs-of-floor how many times the
// floor's allocations ours are.
func BenchmarkDecodeRecord(b *testing.B) {
	wire, err := proto.Marshal(broadRecord())
	if err != nil {
		b.Fatal(err)
	}
	unmarshal := func() *lhcrv1.GetRecordResponse {
		answer := &lhcrv1.GetRecordResponse{}
		if err := proto.Unmarshal(wire, answer); err != nil {
			b.Fatal(err)
		}
		return answer
	}
	floor := func() { unmarshal() }
	ours := func() { walkAll(sdk.NewRecord(unmarshal(), broadSections...)) }
	var times []float64
	for b.Loop() {
		times = append(times, float64(timed(floor))/float64(timed(ours)))
	}
	slices.Sort(times)
	b.ReportMetric(times[len(times)/2], "of-floor")
	b.ReportMetric(allocations(ours)/allocations(floor), "allocs-of-floor")
	b.ReportMetric(float64(len(wire)), "wire-bytes")
	b.ReportMetric(0, "ns/op")
}

func timed(do func()) time.Duration {
	began := time.Now()
	for range 50 {
		do()
	}
	return time.Since(began)
}

func allocations(do func()) float64 {
	runtime.GC()
	return testing.AllocsPerRun(100, do)
}

var broadSections = []lhcrv1.Section{
	lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_ALERTS, lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS,
	lhcrv1.Section_SECTION_VACCINATIONS, lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS, lhcrv1.Section_SECTION_DOCUMENTS,
}

// walkAll reads each item of each section asked for, its gaps and its words.
func walkAll(r *sdk.Record) int {
	return walk(r.PersonDemographics()) + walk(r.Alerts()) + walk(r.Allergies()) + walk(r.Medications()) +
		walk(r.Vaccinations()) + walk(r.Problems()) + walk(r.InvestigationResults()) + walk(r.Documents())
}

func walk[T sdk.Item](s sdk.Section[T]) int {
	items, gaps := s.WithGaps()
	seen := len(gaps) + len(s.Words()) + len(s.Elsewhere())
	for _, item := range items {
		seen += len(item.GetHeader().GetItemId())
	}
	return seen
}

// broadRecord is an answer of some 40 KB: three regions, eight sections.
func broadRecord() *lhcrv1.GetRecordResponse {
	answer := &lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{}, Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE}
	for _, region := range []string{"dorset", "wirral", "yorkshire"} {
		for _, section := range broadSections {
			o := outcome(region, section, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)
			o.RetrievedAt = timestamppb.New(time.Unix(1_790_000_000, 0))
			answer.Outcomes = append(answer.Outcomes, o)
		}
		for n := range 6 {
			fill(answer.Record, region, n)
		}
	}
	return answer
}

func fill(r *lhcrv1.Record, region string, n int) {
	h := func(section lhcrv1.Section) *lhcrv1.ItemHeader {
		h := header(region, fmt.Sprintf("%s-%d-%d-%s", region, section, n, strings.Repeat("f", 24)), section)
		h.SourceOrganisation = &lhcrv1.Organisation{OdsCode: "A81001", Name: "A practice"}
		h.Identifiers = []*lhcrv1.Identifier{{System: "https://practice.example/id", Value: fmt.Sprint(n)}}
		h.Participants = []*lhcrv1.Participant{{Actor: &lhcrv1.Actor{Name: "Dr A. Prescriber", Role: &lhcrv1.Concept{Text: "General practitioner"}}}}
		return h
	}
	concept := func(text string) *lhcrv1.Concept {
		return &lhcrv1.Concept{Text: text, Display: text, Codings: []*lhcrv1.Coding{{System: "http://snomed.info/sct", Code: fmt.Sprint(1000 + n), Display: text}}}
	}
	if n == 0 {
		r.PersonDemographics = append(r.PersonDemographics, &lhcrv1.Person{Header: h(lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS)})
		r.Alerts = append(r.Alerts, &lhcrv1.Alert{Header: h(lhcrv1.Section_SECTION_ALERTS)})
	}
	r.Allergies = append(r.Allergies, &lhcrv1.Allergy{Header: h(lhcrv1.Section_SECTION_ALLERGIES), Code: concept("Penicillin")})
	for range 2 {
		r.Medications = append(r.Medications, &lhcrv1.Medication{
			Header: h(lhcrv1.Section_SECTION_MEDICATIONS), Product: &lhcrv1.Product{Code: concept("Amoxicillin 500mg capsules")},
			Dosages: []*lhcrv1.Dosage{{Text: "one to be taken three times a day", Timing: &lhcrv1.Timing{Period: "8", PeriodUnit: "h"}}},
		})
		r.InvestigationResults = append(r.InvestigationResults, &lhcrv1.InvestigationResult{Header: h(lhcrv1.Section_SECTION_INVESTIGATION_RESULTS), Code: concept("Serum potassium level")})
	}
	r.Vaccinations = append(r.Vaccinations, &lhcrv1.Immunisation{Header: h(lhcrv1.Section_SECTION_VACCINATIONS)})
	r.Problems = append(r.Problems, &lhcrv1.Problem{Header: h(lhcrv1.Section_SECTION_PROBLEMS), Code: concept("Asthma")})
	r.Documents = append(r.Documents, &lhcrv1.Document{Header: h(lhcrv1.Section_SECTION_DOCUMENTS), Type: concept("Discharge summary")})
}
