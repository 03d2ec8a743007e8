package sdk_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// bst is British Summer Time, and plain arithmetic on any machine.
var bst = time.FixedZone("BST", 3600)

// The clock on a wall in England: 14:17 on a summer's day.
var wall = time.Date(2026, 6, 1, 14, 17, 0, 0, bst)

func aged(region string, section lhcrv1.Section, age time.Duration, cached bool) *lhcrv1.SectionOutcome {
	o := outcome(region, section, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)
	o.RetrievedAt, o.FromCache, o.Age = timestamppb.New(wall.Add(-age)), cached, durationpb.New(age)
	return o
}

func TestAgesAreThoseOfWhatWasFetched(t *testing.T) {
	live, kept := aged("dorset", allergies, 0, false), aged("yorkshire", allergies, 12*time.Minute, true)
	kept.SourceLag = "a day"
	record := sdk.NewRecord(&lhcrv1.GetRecordResponse{Outcomes: []*lhcrv1.SectionOutcome{
		live, kept, outcome("wirral", allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE), aged("dorset", lhcrv1.Section_SECTION_ALERTS, time.Hour, true),
	}}, allergies)
	want := []sdk.Age{
		{Section: allergies, RegionID: "dorset", RetrievedAt: wall.UTC()},
		{Section: allergies, RegionID: "yorkshire", RetrievedAt: wall.Add(-12 * time.Minute).UTC(), Age: 12 * time.Minute, FromCache: true, SourceLag: "a day"},
	}
	for name, got := range map[string][]sdk.Age{"the record's": record.Ages(), "the section's": record.Allergies().Ages()} {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s ages (-want +got):\n%s", name, diff)
		}
	}
	if oldest, ok := record.Oldest(); !ok || oldest.RegionID != "yorkshire" {
		t.Errorf("the oldest is of %q", oldest.RegionID)
	}
	if _, ok := record.Problems().Oldest(); ok {
		t.Error("a section of which nothing was fetched has an age")
	}
}

func TestAgesInWords(t *testing.T) {
	tests := map[string]struct {
		age  sdk.Age
		want string
	}{
		"live":            {sdk.Age{RetrievedAt: wall.UTC()}, "as of 14:17"},
		"cached":          {sdk.Age{RetrievedAt: wall.Add(-12 * time.Minute).UTC(), Age: 11 * time.Minute, FromCache: true}, "as of 14:05 (from cache, 12 minutes old)"},
		"a minute":        {sdk.Age{RetrievedAt: wall.Add(-61 * time.Second), FromCache: true}, "as of 14:15 (from cache, 1 minute old)"},
		"just now":        {sdk.Age{RetrievedAt: wall, FromCache: true}, "as of 14:17 (from cache, less than a minute old)"},
		"hours":           {sdk.Age{RetrievedAt: wall.Add(-5 * time.Hour), FromCache: true}, "as of 09:17 (from cache, 5 hours old)"},
		"yesterday":       {sdk.Age{RetrievedAt: wall.Add(-15 * time.Hour), FromCache: true}, "as of 31 May 2026 23:17 (from cache, 15 hours old)"},
		"days":            {sdk.Age{RetrievedAt: wall.AddDate(0, 0, -3), FromCache: true}, "as of 29 May 2026 14:17 (from cache, 3 days old)"},
		"a year to a day": {sdk.Age{RetrievedAt: wall.AddDate(-1, 0, 0)}, "as of 1 June 2025 14:17"},
		"our clock slow":  {sdk.Age{RetrievedAt: wall.Add(time.Minute), Age: 3 * time.Minute, FromCache: true}, "as of 14:18 (from cache, 3 minutes old)"},
		"the source lags": {sdk.Age{RetrievedAt: wall, SourceLag: "up to 24 hours"}, "as of 14:17; the region itself lags: up to 24 hours"},
	}
	for name, test := range tests {
		if got := test.age.AsOf(wall); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestWindows(t *testing.T) {
	day := func(year int, month time.Month, d int) time.Time { return time.Date(year, month, d, 0, 0, 0, 0, bst) }
	at := func(year int, month time.Month, d int) time.Time { return day(year, month, d).Add(14 * time.Hour) }
	tests := map[string]struct{ got, want sdk.Window }{
		"today only":          {sdk.LastDays(0, wall), sdk.Window{From: day(2026, 6, 1)}},
		"two days":            {sdk.LastDays(2, wall), sdk.Window{From: day(2026, 5, 30)}},
		"six months":          {sdk.LastMonths(6, wall), sdk.Window{From: day(2025, 12, 1)}},
		"a shorter month":     {sdk.LastMonths(3, at(2026, 5, 31)), sdk.Window{From: day(2026, 2, 28)}},
		"a leap year":         {sdk.LastMonths(3, at(2024, 5, 31)), sdk.Window{From: day(2024, 2, 29)}},
		"over the year's end": {sdk.LastMonths(14, at(2026, 1, 31)), sdk.Window{From: day(2024, 11, 30)}},
		"since":               {sdk.Since(wall), sdk.Window{From: wall}},
		"until":               {sdk.Until(wall), sdk.Window{To: wall}},
		"between":             {sdk.Between(day(2026, 1, 1), wall), sdk.Window{From: day(2026, 1, 1), To: wall}},
		"changed":             {sdk.ChangedSince(wall), sdk.Window{ChangedSince: wall}},
	}
	for name, test := range tests {
		if diff := cmp.Diff(test.want, test.got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Half past midnight in an English summer is still yesterday in UTC.
func TestADayBeginsWhereTheUserIs(t *testing.T) {
	late := time.Date(2026, 6, 1, 0, 30, 0, 0, bst)
	here, there := sdk.LastDays(0, late).From, sdk.LastDays(0, late.UTC()).From
	if want := time.Date(2026, 5, 31, 23, 0, 0, 0, time.UTC); !here.Equal(want) {
		t.Errorf("today begins at %v", here.UTC())
	}
	if here.Equal(there) {
		t.Error("the zone makes no difference")
	}
}
