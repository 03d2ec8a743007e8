package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/proto"
)

// reading is a record and how long reading it took.
type reading struct {
	record *sdk.Record
	took   time.Duration
}

// readAgain reads the record once more and tells what came from the gateway's cache.
func readAgain(ctx context.Context, c *console.Console, running *demo.Demo, patient sdk.Patient, first reading) error {
	second, err := read(ctx, running, patient)
	if err != nil {
		return err
	}
	c.Progress(compared(first, second)...)
	return nil
}

// compared are the words about a second reading.
func compared(first, second reading) []string {
	same := "the same record"
	if !proto.Equal(first.record.Unguarded().GetRecord(), second.record.Unguarded().GetRecord()) {
		same = "another record"
	}
	kept, oldest, asked := origins(second.record)
	lines := []string{fmt.Sprintf("asked again: %s in %s, before it took %s", same, rounded(second.took), rounded(first.took))}
	if kept > 0 {
		lines = append(lines, fmt.Sprintf("  from the cache: %d sections, %s old at most", kept, rounded(oldest)))
	}
	if len(asked) > 0 {
		lines = append(lines, "  from the region again: "+strings.Join(asked, "; ")+": what is not whole is never kept, nor what rests on a consent")
	}
	return lines
}

// origins are how many sections came from the cache and how old the oldest is, and which
// were asked for again.
func origins(record *sdk.Record) (kept int, oldest time.Duration, asked []string) {
	again := map[string][]string{}
	for _, o := range record.Outcomes() {
		switch {
		case o.GetFromCache():
			kept, oldest = kept+1, max(oldest, o.GetAge().AsDuration())
		case o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
			name := strings.ToLower(strings.TrimPrefix(o.GetSection().String(), "SECTION_"))
			again[o.GetRegionId()] = append(again[o.GetRegionId()], strings.ReplaceAll(name, "_", " "))
		}
	}
	for _, region := range slices.Sorted(maps.Keys(again)) {
		asked = append(asked, inShort(region, again[region]))
	}
	return kept, oldest, asked
}

// inShort names sections of a region, or counts them where they are many.
func inShort(region string, sections []string) string {
	if len(sections) > 3 {
		return fmt.Sprintf("%d sections of %s", len(sections), region)
	}
	return region + "'s " + strings.Join(sections, ", ")
}

// rounded keeps what can be read at a glance.
func rounded(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}
