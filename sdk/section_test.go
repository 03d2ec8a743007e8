package sdk_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/types/known/durationpb"
)

const allergies = lhcrv1.Section_SECTION_ALLERGIES

func guarded(asked []lhcrv1.Section, outcomes []*lhcrv1.SectionOutcome, items ...*lhcrv1.Allergy) *sdk.Record {
	return sdk.NewRecord(&lhcrv1.GetRecordResponse{
		Record:       &lhcrv1.Record{Allergies: items},
		Outcomes:     outcomes,
		Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE,
	}, asked...)
}

func TestSectionIsCompleteOnlyWhenEveryRegionGaveAWholeAnswer(t *testing.T) {
	returned := outcome("dorset", allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)
	yorkshire := func(status lhcrv1.OutcomeStatus, change func(*lhcrv1.SectionOutcome)) *lhcrv1.SectionOutcome {
		o := outcome("yorkshire", allergies, status)
		if change != nil {
			change(o)
		}
		return o
	}
	status := func(s lhcrv1.OutcomeStatus) []*lhcrv1.SectionOutcome {
		return []*lhcrv1.SectionOutcome{returned, yorkshire(s, nil)}
	}
	with := func(change func(*lhcrv1.SectionOutcome)) []*lhcrv1.SectionOutcome {
		return []*lhcrv1.SectionOutcome{returned, yorkshire(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, change)}
	}
	tests := map[string]struct {
		asked    []lhcrv1.Section
		outcomes []*lhcrv1.SectionOutcome
		want     []sdk.Cause
	}{
		"both returned":      {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)},
		"asserted none":      {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE)},
		"nothing recorded":   {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED)},
		"one does not hold":  {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD)},
		"one never gives":    {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED)},
		"text only":          {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT), want: []sdk.Cause{sdk.CauseTextOnly}},
		"withheld":           {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD), want: []sdk.Cause{sdk.CauseOutcome}},
		"refused":            {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED), want: []sdk.Cause{sdk.CauseOutcome}},
		"unavailable":        {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE), want: []sdk.Cause{sdk.CauseOutcome}},
		"invalid":            {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID), want: []sdk.Cause{sdk.CauseOutcome}},
		"identity mismatch":  {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH), want: []sdk.Cause{sdk.CauseOutcome}},
		"unspecified":        {outcomes: status(lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED), want: []sdk.Cause{sdk.CauseOutcome}},
		"a status to come":   {outcomes: status(99), want: []sdk.Cause{sdk.CauseOutcome}},
		"gap":                {outcomes: with(func(o *lhcrv1.SectionOutcome) { o.Gaps = []*lhcrv1.Gap{{}} }), want: []sdk.Cause{sdk.CauseGap}},
		"warning":            {outcomes: with(func(o *lhcrv1.SectionOutcome) { o.Warnings = []*lhcrv1.Warning{{}} }), want: []sdk.Cause{sdk.CauseWarning}},
		"truncated":          {outcomes: with(func(o *lhcrv1.SectionOutcome) { o.Truncated = true }), want: []sdk.Cause{sdk.CauseTruncated}},
		"no region holds":    {outcomes: []*lhcrv1.SectionOutcome{yorkshire(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, nil)}, want: []sdk.Cause{sdk.CauseNoRecord}},
		"no region gives":    {outcomes: []*lhcrv1.SectionOutcome{yorkshire(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, nil)}, want: []sdk.Cause{sdk.CauseNoRecord}},
		"no outcome at all":  {want: []sdk.Cause{sdk.CauseNoOutcome}},
		"not asked for":      {asked: []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS}, want: []sdk.Cause{sdk.CauseNotAsked}},
		"one region silent":  {asked: []lhcrv1.Section{allergies}, outcomes: []*lhcrv1.SectionOutcome{returned, outcome("yorkshire", lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)}, want: []sdk.Cause{sdk.CauseNoOutcome}},
		"status and its gap": {outcomes: []*lhcrv1.SectionOutcome{yorkshire(lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, func(o *lhcrv1.SectionOutcome) { o.Gaps = []*lhcrv1.Gap{{}} })}, want: []sdk.Cause{sdk.CauseOutcome, sdk.CauseGap}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			section := guarded(test.asked, test.outcomes, allergy("dorset", "a", "Penicillin")).Allergies()
			items, err := section.Complete()
			var incomplete *sdk.IncompleteError
			errors.As(err, &incomplete)
			var got []sdk.Cause
			if incomplete != nil {
				for _, g := range incomplete.Gaps {
					got = append(got, g.Cause)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("causes (-want +got):\n%s", diff)
			}
			if wanted := 1 - min(1, len(test.want)); len(items) != wanted {
				t.Errorf("Complete gave %d items, want %d", len(items), wanted)
			}
			shown, gaps := section.WithGaps()
			if len(shown) != 1 || len(gaps) != len(test.want) {
				t.Errorf("WithGaps gave %d items and %d gaps, want 1 and %d", len(shown), len(gaps), len(test.want))
			}
		})
	}
}

func TestIncompleteErrorNamesRegionsAndSaysWhatHappened(t *testing.T) {
	failed := outcome("yorkshire", allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)
	failed.Gaps = []*lhcrv1.Gap{{
		Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, ProviderOdsCode: "RXX", ProviderName: "Moorside Hospital",
		RetryAfter: durationpb.New(30 * time.Second), Message: "did not answer",
	}}
	down := outcome("dorset", allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE)
	down.Message, down.RetryAfter = "timed out", durationpb.New(time.Minute)
	_, err := guarded(nil, []*lhcrv1.SectionOutcome{failed, down}).Allergies().Complete()
	want := "allergies is incomplete: yorkshire: Moorside Hospital (RXX): did not answer; dorset: the region gave no usable answer (timed out)"
	if err == nil || err.Error() != want {
		t.Errorf("error\n got %v\nwant %s", err, want)
	}
	var incomplete *sdk.IncompleteError
	if !errors.As(err, &incomplete) {
		t.Fatal("not an IncompleteError")
	}
	if diff := cmp.Diff([]string{"dorset", "yorkshire"}, incomplete.Regions()); diff != "" {
		t.Errorf("regions (-want +got):\n%s", diff)
	}
	if got := []time.Duration{incomplete.Gaps[0].RetryAfter, incomplete.Gaps[1].RetryAfter}; got[0] != 30*time.Second || got[1] != time.Minute {
		t.Errorf("retry after: %v", got)
	}
}

func TestRetractedItemsAreNeverAmongTheItems(t *testing.T) {
	wrong := allergy("dorset", "b", "Latex")
	wrong.Header.Retracted = true
	section := guarded(nil, []*lhcrv1.SectionOutcome{outcome("dorset", allergies, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED)},
		allergy("dorset", "a", "Penicillin"), wrong).Allergies()
	items, err := section.Complete()
	if err != nil || len(items) != 1 || items[0].GetHeader().GetItemId() != "a" {
		t.Errorf("items: %d, error: %v", len(items), err)
	}
	if retracted := section.Retracted(); len(retracted) != 1 || retracted[0] != wrong {
		t.Errorf("retracted: %d", len(retracted))
	}
}

func TestItemsOfOtherHeadingsAreFoundElsewhere(t *testing.T) {
	alert := &lhcrv1.Alert{Header: header("dorset", "f", lhcrv1.Section_SECTION_ALERTS)}
	alert.Header.AlsoUnder = []lhcrv1.Section{allergies}
	withdrawn := &lhcrv1.Alert{Header: header("dorset", "g", lhcrv1.Section_SECTION_ALERTS)}
	withdrawn.Header.AlsoUnder, withdrawn.Header.Retracted = []lhcrv1.Section{allergies}, true
	record := sdk.NewRecord(&lhcrv1.GetRecordResponse{Record: &lhcrv1.Record{Alerts: []*lhcrv1.Alert{withdrawn, alert}}})
	if got := record.Allergies().Elsewhere(); len(got) != 1 || got[0] != sdk.Item(alert) {
		t.Errorf("elsewhere: %d items", len(got))
	}
	if got := record.Problems().Elsewhere(); got != nil {
		t.Errorf("elsewhere of problems: %d items", len(got))
	}
}

func TestWordsNeverSayNone(t *testing.T) {
	of := func(statuses ...lhcrv1.OutcomeStatus) []*lhcrv1.SectionOutcome {
		var outcomes []*lhcrv1.SectionOutcome
		for i, s := range statuses {
			outcomes = append(outcomes, outcome([]string{"dorset", "yorkshire"}[i], allergies, s))
		}
		return outcomes
	}
	tests := map[string]struct {
		outcomes []*lhcrv1.SectionOutcome
		items    []*lhcrv1.Allergy
		asked    []lhcrv1.Section
		want     string
	}{
		"items":            {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED), items: []*lhcrv1.Allergy{allergy("dorset", "a", "x")}, want: ""},
		"nothing recorded": {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED), want: "nothing recorded"},
		"not held":         {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD), want: "no record available"},
		"not supported":    {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED), want: "no region asked gives this section"},
		"unavailable":      {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE), want: "incomplete: something is missing"},
		"text only":        {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD), want: "no structured entries: read the text"},
		"text and nothing": {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE), want: "incomplete: something is missing"},
		"text and items":   {outcomes: of(lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED), items: []*lhcrv1.Allergy{allergy("dorset", "a", "x")}, want: "incomplete: something is missing"},
		"not asked":        {asked: []lhcrv1.Section{lhcrv1.Section_SECTION_PROBLEMS}, want: "not asked for"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := guarded(test.asked, test.outcomes, test.items...).Allergies().Words(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
