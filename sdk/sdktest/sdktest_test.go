package sdktest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"github.com/openlhcr/openlhcr/sdk/sdktest"
	"google.golang.org/grpc/codes"
)

const allergies, medications = lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS

func start(t *testing.T) (*sdktest.Gateway, *sdk.Client) {
	t.Helper()
	gateway := sdktest.Start()
	t.Cleanup(gateway.Close)
	client, err := gateway.Client()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return gateway, client
}

func query(slug string, sections ...lhcrv1.Section) sdk.Query {
	return sdk.Query{Patient: sdktest.ByName(slug).Asked(), Access: sdk.LegitimateRelationship(), Sections: sections}
}

// statuses are those of one section by region.
func statuses(r *sdk.Record, section lhcrv1.Section) map[string]lhcrv1.OutcomeStatus {
	all := map[string]lhcrv1.OutcomeStatus{}
	for _, o := range r.Outcomes() {
		if o.GetSection() == section {
			all[o.GetRegionId()] = o.GetStatus()
		}
	}
	return all
}

func TestARegionFailsAsTold(t *testing.T) {
	for name, test := range map[string]struct {
		fault  sdktest.Fault
		status lhcrv1.OutcomeStatus
		items  bool
	}{
		"down":         {sdktest.Down("dorset"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, false},
		"times out":    {sdktest.TimesOut("dorset"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, false},
		"refuses":      {sdktest.Refuses("dorset", time.Minute), lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, false},
		"withholds":    {sdktest.Withholds("dorset"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD, false},
		"holds nobody": {sdktest.HoldsNobody("dorset"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, false},
		"another":      {sdktest.AnswersAboutAnother("dorset"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH, false},
		"garbage":      {sdktest.AnswersGarbage("dorset"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, false},
		"in part":      {sdktest.AnswersInPart("dorset"), lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID, true},
	} {
		t.Run(name, func(t *testing.T) {
			gateway, client := start(t)
			whole, err := client.GetRecord(t.Context(), query("carol", allergies, medications))
			if err != nil || whole.Completeness() != lhcrv1.Completeness_COMPLETENESS_COMPLETE {
				t.Fatalf("before: %v, %v", whole.Completeness(), err)
			}
			off := gateway.Switch(test.fault)
			record, err := client.GetRecord(t.Context(), query("carol", allergies, medications))
			if err != nil {
				t.Fatal(err)
			}
			if got := statuses(record, allergies); got["dorset"] != test.status || got["yorkshire"] != statuses(whole, allergies)["yorkshire"] {
				t.Errorf("statuses %v, want dorset's %v and yorkshire's as before", got, test.status)
			}
			if held := ofRegion(record, "dorset") > 0; held != test.items {
				t.Errorf("items of dorset: %v, want %v", held, test.items)
			}
			if name != "holds nobody" && record.Completeness() == lhcrv1.Completeness_COMPLETENESS_COMPLETE {
				t.Error("the record looks complete")
			}
			off()
			if again, err := client.GetRecord(t.Context(), query("carol", allergies, medications)); err != nil || again.Completeness() != whole.Completeness() {
				t.Errorf("switched off: %v, %v", again.Completeness(), err)
			}
		})
	}
}

func TestAFaultOfNoRegionIsNotTaken(t *testing.T) {
	gateway, _ := start(t)
	for name, fault := range map[string]sdktest.Fault{
		"down": sdktest.Down("dorste"), "refuses": sdktest.Refuses("Dorset", time.Minute), "in part": sdktest.AnswersInPart("dorste"),
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, "dorset") || !strings.Contains(said, "yorkshire") {
					t.Errorf("it said %q", said)
				}
			}()
			gateway.Switch(sdktest.Down("dorset"), fault)
		})
	}
}

func ofRegion(r *sdk.Record, region string) (n int) {
	items, _ := r.Allergies().WithGaps()
	for _, a := range items {
		if a.GetHeader().GetRegionId() == region {
			n++
		}
	}
	return n
}

func TestCallsFailAsOftenAsTold(t *testing.T) {
	for reason, test := range map[lhcrv1.ErrorReason]struct {
		fault sdktest.Fault
		code  codes.Code
	}{
		lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED:      {sdktest.TokenExpires(1), codes.Unauthenticated},
		lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED:      {sdktest.AccessDenied(1), codes.PermissionDenied},
		lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE: {sdktest.TooLarge(1), codes.ResourceExhausted},
	} {
		t.Run(reason.String(), func(t *testing.T) {
			gateway, client := start(t)
			gateway.Switch(test.fault)
			_, err := client.GetRecord(t.Context(), query("hugh", allergies))
			var failed *sdk.Error
			if !errors.As(err, &failed) || failed.Code != test.code || failed.Reason != reason || failed.RequestID == "" {
				t.Errorf("%v", err)
			}
			if _, err := client.GetRecord(t.Context(), query("hugh", allergies)); err != nil {
				t.Errorf("the call after: %v", err)
			}
		})
	}
}

func TestASlowGatewayMeetsTheDeadline(t *testing.T) {
	gateway, client := start(t)
	gateway.Switch(sdktest.Slow(time.Hour))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := client.GetRecord(ctx, query("hugh", allergies)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestStreamsBreakOffAsTold(t *testing.T) {
	for name, fault := range map[string]sdktest.Fault{"breaks off": sdktest.BreaksOff(2), "ends early": sdktest.EndsEarly(2)} {
		t.Run(name, func(t *testing.T) {
			gateway, client := start(t)
			gateway.Switch(fault)
			record, err := client.StreamRecord(t.Context(), query("hugh", allergies)).Record()
			if err == nil || record.Completeness() != lhcrv1.Completeness_COMPLETENESS_PARTIAL {
				t.Errorf("%v, %v", record.Completeness(), err)
			}
			if _, err := record.Allergies().Complete(); err == nil {
				t.Error("the allergies look complete")
			}
		})
	}
}

func TestAStreamGivesWhatGetGives(t *testing.T) {
	_, client := start(t)
	for _, p := range sdktest.Patients() {
		q := query(p.Slug)
		streamed, err := client.StreamRecord(t.Context(), q).Record()
		if err != nil {
			t.Fatal(err)
		}
		got, err := client.GetRecord(t.Context(), q)
		if p.Slug == "tomasz" {
			if !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_RESPONSE_TOO_LARGE)) && err != nil {
				t.Errorf("%s: %v", p.Slug, err)
			}
			continue
		}
		if err != nil || got.Completeness() != streamed.Completeness() || len(got.Outcomes()) != len(streamed.Outcomes()) {
			t.Errorf("%s: %v", p.Slug, err)
		}
	}
}

func TestDocumentsAreThereAndCorruptedAsTold(t *testing.T) {
	gateway, client := start(t)
	record, err := client.GetRecord(t.Context(), query("margaret", lhcrv1.Section_SECTION_DOCUMENTS))
	if err != nil {
		t.Fatal(err)
	}
	items, _ := record.Documents().WithGaps()
	fetched := 0
	for _, d := range items {
		for _, content := range d.GetContents() {
			q := sdk.DocumentQuery{
				Patient: sdktest.ByName("margaret").Asked(), Access: sdk.LegitimateRelationship(),
				RegionID: d.GetHeader().GetRegionId(), ItemID: d.GetHeader().GetItemId(), ContentID: content.GetContentId(),
			}
			var b bytes.Buffer
			if _, err := client.GetDocument(t.Context(), q, &b); err != nil || b.Len() == 0 {
				continue
			}
			fetched++
			off := gateway.Switch(sdktest.CorruptsDocuments())
			if _, err := client.GetDocument(t.Context(), q, &b); err == nil {
				t.Error("a corrupted document came as if it were whole")
			}
			off()
		}
	}
	if fetched == 0 {
		t.Error("no document could be fetched")
	}
}

func TestWhatTheGatewayRefusesIsRefused(t *testing.T) {
	_, client := start(t)
	q := query("hugh", allergies)
	q.Regions = sdk.OnlyRegions("atlantis")
	if _, err := client.GetRecord(t.Context(), q); !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION)) {
		t.Errorf("an unknown region: %v", err)
	}
}

func TestAnotherDateOfBirthIsAMismatchAndAStrangerIsNotHeld(t *testing.T) {
	_, client := start(t)
	q := query("hugh", allergies)
	q.Patient.DateOfBirth = "2001-01-01"
	record, err := client.GetRecord(t.Context(), q)
	if err != nil || statuses(record, allergies)["dorset"] != lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
		t.Errorf("another date of birth: %v", err)
	}
	q.Patient = sdk.Patient{NHSNumber: "9990000018"}
	record, err = client.GetRecord(t.Context(), q)
	if err != nil || record.Completeness() != lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND {
		t.Errorf("a stranger: %v, %v", record.Completeness(), err)
	}
}

func TestHeldAnswersSayTheirAgeAndFreshOnesAreLive(t *testing.T) {
	gateway, client := start(t)
	gateway.Switch(sdktest.Held(5 * time.Minute))
	q := query("hugh", allergies)
	for fresh, want := range map[sdk.Freshness]bool{{}: true, sdk.AtMost(time.Hour): true, sdk.AtMost(time.Minute): false, sdk.PastCache(): false} {
		q.Freshness = fresh
		record, err := client.GetRecord(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range record.Outcomes() {
			if o.GetRetrievedAt() != nil && (o.GetFromCache() != want || want && o.GetAge().AsDuration() != 5*time.Minute) {
				t.Errorf("%v: from cache %v, age %v", fresh, o.GetFromCache(), o.GetAge())
			}
		}
	}
}

func TestCallsTellWhoAskedWhat(t *testing.T) {
	gateway, client := start(t)
	if _, err := client.GetRecord(t.Context(), query("hugh", allergies)); err != nil {
		t.Fatal(err)
	}
	calls := gateway.Calls()
	last := calls[len(calls)-1]
	asked, ok := last.Request.(*lhcrv1.GetRecordRequest)
	if last.Method != lhcrv1.RecordService_GetRecord_FullMethodName || last.Token != sdktest.Token || !ok || asked.GetSections()[0] != allergies {
		t.Errorf("%s with %q", last.Method, last.Token)
	}
}

func TestWithoutATokenNothingIsAnswered(t *testing.T) {
	_, client := start(t)
	if _, err := client.As(nil).GetRecord(t.Context(), query("hugh", allergies)); !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING)) {
		t.Errorf("%v", err)
	}
}

func TestARecordOfTheTestsOwnIsAnswered(t *testing.T) {
	gateway, client := start(t)
	gateway.Put("9990000018", &lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{
			Header: &lhcrv1.ItemHeader{RegionId: "dorset", ItemId: "a1", Section: allergies}, Code: &lhcrv1.Concept{Display: "Penicillin"},
		}}},
		Outcomes: []*lhcrv1.SectionOutcome{{RegionId: "dorset", Section: allergies, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED}},
	})
	q := query("hugh", allergies)
	q.Patient, q.Regions = sdk.Patient{NHSNumber: "9990000018"}, sdk.OnlyRegions("dorset")
	record, err := client.GetRecord(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	if items, err := record.Allergies().Complete(); err != nil || len(items) != 1 || items[0].GetCode().GetDisplay() != "Penicillin" {
		t.Errorf("%v, %v", items, err)
	}
}
