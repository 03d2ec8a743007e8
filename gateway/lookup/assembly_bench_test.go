package lookup_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// BenchmarkAssembly puts an answer of 30 KB together from parts and encodes it for
// the wire. Its floor is the way without parts: marshalling the live messages. The
// two are measured in turns; of-floor is the median of how many times faster it is.
func BenchmarkAssembly(b *testing.B) {
	live := liveRecord()
	regions := partsOf(live)
	assemble := func() {
		selections := make([]*assembly.Selection, 0, len(regions))
		for _, r := range regions {
			selections = append(selections, assembly.Select(r))
		}
		answer, err := assembly.Record(selections, "", fixedClock())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := proto.Marshal(answer.Message()); err != nil {
			b.Fatal(err)
		}
	}
	marshal := func() {
		if _, err := proto.Marshal(live); err != nil {
			b.Fatal(err)
		}
	}
	var ratios []float64
	for b.Loop() {
		floor, mine := timed(marshal), timed(assemble)
		ratios = append(ratios, float64(floor)/float64(mine))
	}
	b.ReportMetric(median(ratios), "of-floor")
	b.ReportMetric(0, "ns/op")
}

// timed is how long a hundred runs take.
func timed(do func()) time.Duration {
	began := time.Now()
	for range 100 {
		do()
	}
	return time.Since(began)
}

// liveRecord is an answer of 30 KB from two regions, as messages.
func liveRecord() *lhcrv1.GetRecordResponse {
	res := &lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{}, Completeness: complete}
	for n := range 60 {
		m := medication(fmt.Sprint("m", n))
		m.Header.RegionId = []string{"dorset", "yorkshire"}[n%2]
		m.Header.SourceOrganisation = &lhcrv1.Organisation{OdsCode: "A81001", Name: "A practice"}
		m.Header.Identifiers = []*lhcrv1.Identifier{{System: "https://practice.example/id", Value: fmt.Sprint(n)}}
		m.Header.Recorded = born("2024-03-01")
		m.Header.Participants = []*lhcrv1.Participant{{Actor: &lhcrv1.Actor{Name: "Dr A. Prescriber", Role: &lhcrv1.Concept{Text: "General practitioner"}}}}
		m.Product = &lhcrv1.Product{Code: &lhcrv1.Concept{Text: "Amoxicillin 500mg capsules", Codings: []*lhcrv1.Coding{{System: "http://snomed.info/sct", Code: fmt.Sprint(n)}}}}
		m.Dosages = []*lhcrv1.Dosage{{Text: "one to be taken three times a day", Timing: &lhcrv1.Timing{Period: "8", PeriodUnit: "h"}}}
		m.Header.Notes = []*lhcrv1.Note{{Text: strings.Repeat("a note. ", 20)}}
		res.Record.Medications = append(res.Record.Medications, m)
	}
	return res
}

// partsOf is the same as parts.
func partsOf(live *lhcrv1.GetRecordResponse) []assembly.Region {
	var regions []assembly.Region
	for n, id := range []string{"dorset", "yorkshire"} {
		record := &lhcrv1.Record{}
		for i, m := range live.GetRecord().GetMedications() {
			if i%2 == n {
				record.Medications = append(record.Medications, m)
			}
		}
		parts := part.Encode(part.Answer{Region: id, Sections: []lhcrv1.Section{medications}, Retrieved: fixedClock(), Response: &adapterv1.FetchResponse{
			Record: record, Outcomes: []*lhcrv1.SectionOutcome{outcome(medications, returned)},
		}})
		regions = append(regions, assembly.Region{ID: id, Parts: parts})
	}
	return regions
}
