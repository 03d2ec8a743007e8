package adapters_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	notHeld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	invalid     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
)

// plain is an adapter that can describe and fetch only.
type plain struct {
	id    string
	fetch func(context.Context) (*adapterv1.FetchResponse, error)
}

func (p plain) Describe() *adapterv1.DescribeResponse {
	return &adapterv1.DescribeResponse{Region: &lhcrv1.Region{
		RegionId: p.id,
		Sections: []*lhcrv1.SectionSupport{{Section: allergies, Supported: true}, {Section: medications, Reason: "never"}},
		Capabilities: []*lhcrv1.CapabilitySupport{
			{Capability: lhcrv1.Capability_CAPABILITY_LOCATE, Supported: true}, // and yet has no method for it
		},
	}}
}

func (p plain) Fetch(ctx context.Context, _ *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return p.fetch(ctx)
}

func region(t *testing.T, fetch func(context.Context) (*adapterv1.FetchResponse, error)) *adapters.Region {
	t.Helper()
	r, err := adapters.NewRegion(plain{"smallshire", fetch})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func fetchOf(t *testing.T, outcomes ...*lhcrv1.SectionOutcome) []*lhcrv1.SectionOutcome {
	t.Helper()
	r := region(t, func(context.Context) (*adapterv1.FetchResponse, error) {
		return &adapterv1.FetchResponse{Outcomes: outcomes}, nil
	})
	res, err := r.Fetch(t.Context(), &adapterv1.FetchRequest{Sections: []lhcrv1.Section{allergies, medications}})
	if err != nil {
		t.Fatal(err)
	}
	return res.GetOutcomes()
}

func TestEverySectionAskedHasOneOutcome(t *testing.T) {
	outcome := func(s lhcrv1.Section, state lhcrv1.OutcomeStatus) *lhcrv1.SectionOutcome {
		return &lhcrv1.SectionOutcome{Section: s, Status: state}
	}
	for name, c := range map[string]struct {
		sent []*lhcrv1.SectionOutcome
		want []lhcrv1.OutcomeStatus
	}{
		"in order":         {[]*lhcrv1.SectionOutcome{outcome(allergies, notHeld), outcome(medications, notHeld)}, []lhcrv1.OutcomeStatus{notHeld, notHeld}},
		"in another":       {[]*lhcrv1.SectionOutcome{outcome(medications, notHeld), outcome(allergies, notHeld)}, []lhcrv1.OutcomeStatus{notHeld, notHeld}},
		"one left out":     {[]*lhcrv1.SectionOutcome{outcome(medications, notHeld)}, []lhcrv1.OutcomeStatus{invalid, notHeld}},
		"without status":   {[]*lhcrv1.SectionOutcome{outcome(allergies, 0), outcome(medications, notHeld)}, []lhcrv1.OutcomeStatus{invalid, notHeld}},
		"twice":            {[]*lhcrv1.SectionOutcome{outcome(allergies, notHeld), outcome(allergies, invalid), outcome(medications, notHeld)}, []lhcrv1.OutcomeStatus{notHeld, notHeld}},
		"one more":         {[]*lhcrv1.SectionOutcome{outcome(allergies, notHeld), outcome(medications, notHeld), outcome(1, notHeld)}, []lhcrv1.OutcomeStatus{notHeld, notHeld}},
		"nothing said":     {nil, []lhcrv1.OutcomeStatus{invalid, invalid}},
		"a nil among them": {[]*lhcrv1.SectionOutcome{nil, outcome(allergies, notHeld), outcome(medications, notHeld)}, []lhcrv1.OutcomeStatus{notHeld, notHeld}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []lhcrv1.OutcomeStatus
			for i, o := range fetchOf(t, c.sent...) {
				got = append(got, o.GetStatus())
				if want := []lhcrv1.Section{allergies, medications}[i]; o.GetSection() != want || o.GetRegionId() != "smallshire" {
					t.Errorf("outcome %d is of %v in %q", i, o.GetSection(), o.GetRegionId())
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenAdapterBecomesAStatus(t *testing.T) {
	const number = "9990000018"
	retry := func() error {
		s, err := status.New(codes.Unavailable, "later").WithDetails(
			&errdetails.RetryInfo{RetryDelay: durationpb.New(7 * time.Second)}, &errdetails.DebugInfo{Detail: number})
		if err != nil {
			return err
		}
		return s.Err()
	}
	expired, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	for name, c := range map[string]struct {
		ctx   context.Context
		fetch func(context.Context) (*adapterv1.FetchResponse, error)
		code  codes.Code
		says  string
	}{
		"panics":          {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) { panic(number) }, codes.Internal, "panicked"},
		"answers nothing": {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) { return nil, nil }, codes.Internal, "nothing"},
		"a plain error":   {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) { return nil, errors.New(number) }, codes.Internal, "without a status"},
		"a wrapped status": {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) {
			return nil, fmt.Errorf("of %s: %w", number, status.Error(codes.NotFound, "x"))
		}, codes.NotFound, "[number]"},
		"names a number": {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) {
			return nil, status.Error(codes.DataLoss, "bad "+number)
		}, codes.DataLoss, "bad [number]"},
		"names an address": {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) {
			return nil, status.Error(codes.DataLoss, "at https://a.invalid/x?y="+number)
		}, codes.DataLoss, "at [address]"},
		"says when again":  {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) { return nil, retry() }, codes.Unavailable, "later"},
		"runs out of time": {expired, func(ctx context.Context) (*adapterv1.FetchResponse, error) { return nil, ctx.Err() }, codes.DeadlineExceeded, "in time"},
		"is cancelled":     {t.Context(), func(context.Context) (*adapterv1.FetchResponse, error) { return nil, context.Canceled }, codes.Canceled, "cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := region(t, c.fetch).Fetch(c.ctx, &adapterv1.FetchRequest{})
			s := status.Convert(err)
			if s.Code() != c.code || !strings.Contains(s.Message(), c.says) {
				t.Errorf("%v, want %v with %q", err, c.code, c.says)
			}
			if strings.Contains(fmt.Sprintf("%+v %v", err, s.Proto()), number) {
				t.Errorf("the error names the patient: %v", s.Proto())
			}
		})
	}
	_, err := region(t, func(context.Context) (*adapterv1.FetchResponse, error) { return nil, retry() }).Fetch(t.Context(), nil)
	want := []any{&errdetails.RetryInfo{RetryDelay: durationpb.New(7 * time.Second)}}
	if diff := cmp.Diff(want, status.Convert(err).Details(), protocmp.Transform()); diff != "" {
		t.Errorf("details (-want +got):\n%s", diff)
	}
}

func TestOptionalMethodsLeftOutAreUnimplemented(t *testing.T) {
	r := region(t, nil)
	for name, call := range map[string]func() error{
		"Locate":        func() error { _, err := r.Locate(t.Context(), nil); return err },
		"FetchDocument": func() error { _, err := r.FetchDocument(t.Context(), nil); return err },
		"Contribute":    func() error { _, err := r.Contribute(t.Context(), nil); return err },
		"Check":         func() error { _, err := r.Check(t.Context(), nil); return err },
	} {
		if err := call(); status.Code(err) != codes.Unimplemented {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r.CanLocate() {
		t.Error("it declares to locate and cannot, and is believed")
	}
}

func TestSupportIsAsDescribed(t *testing.T) {
	r := region(t, nil)
	if ok, why := r.Supports(allergies); !ok || why != "" {
		t.Errorf("allergies: %v, %q", ok, why)
	}
	if ok, why := r.Supports(medications); ok || why != "never" {
		t.Errorf("medications: %v, %q", ok, why)
	}
	if ok, why := r.Supports(lhcrv1.Section_SECTION_GOALS); ok || why == "" {
		t.Errorf("a section that is not named: %v, %q", ok, why)
	}
}

func TestRegionIDs(t *testing.T) {
	for id, ok := range map[string]bool{"smallshire": true, "small-shire-2": true, "": false, "Small": false, "s": false, "small shire": false} {
		if _, err := adapters.NewRegion(plain{id: id}); (err == nil) != ok {
			t.Errorf("region id %q: %v", id, err)
		}
		if _, err := adapters.NewRegistry(adapters.Entry{ID: id}); (err == nil) != ok {
			t.Errorf("registry with id %q: %v", id, err)
		}
	}
}

func TestRegistryFindsItsEntriesInOrder(t *testing.T) {
	r, err := adapters.NewRegistry(adapters.Entry{ID: "yorkshire"}, adapters.Entry{ID: "dorset"})
	if err != nil {
		t.Fatal(err)
	}
	if e := r.Entries(); len(e) != 2 || e[0].ID != "dorset" || e[1].ID != "yorkshire" {
		t.Errorf("entries %v", e)
	}
	if _, ok := r.Entry("dorset"); !ok {
		t.Error("dorset is not found")
	}
	if _, ok := r.Entry("atlantis"); ok {
		t.Error("atlantis is found")
	}
	if _, err := adapters.NewRegistry(adapters.Entry{ID: "dorset"}, adapters.Entry{ID: "dorset"}); err == nil {
		t.Error("one id twice is taken")
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	settings := adapters.Settings{ClientID: "id", ClientSecret: "hidden"}
	if printed := fmt.Sprintf("%v %+v %#v %s", settings, settings, settings, settings.ClientSecret); strings.Contains(printed, "hidden") {
		t.Errorf("printed %s", printed)
	}
	if settings.ClientSecret.Reveal() != "hidden" {
		t.Error("the secret is lost")
	}
}

func TestScrubLeavesUUIDs(t *testing.T) {
	for range 5000 {
		if id := "call " + uuid.NewString() + " failed"; adapters.Scrub(id) != id {
			t.Fatalf("%q became %q", id, adapters.Scrub(id))
		}
	}
}

func TestScrub(t *testing.T) {
	for in, want := range map[string]string{
		"999 000 0018 is away":          "[number] is away",
		"born 1950-01-02":               "born [date]",
		"see https://a.invalid/b?c=d.":  "see [address]",
		"error 500 after 12 tries":      "error 500 after 12 tries",
		"9990000018":                    "[number]",
		"999-000-0018, 999–000–0018":    "[number], [number]",
		"999\u00a0000\u00a00018":        "[number]",
		"99 90 00 00 18":                "[number]",
		"id 123456789":                  "id [number]",
		"at 2026-01-02 of 999 000 0018": "at [date] of [number]",
		"2026-01-02 12:30":              "[date] 12:30",
		"12 - 34 - 56 - 78":             "12 - 34 - 56 - 78",
		"of 12 c4430ba5-1234-4321-8765-123456789012 and 9990000018": "of 12 c4430ba5-1234-4321-8765-123456789012 and [number]",
		"7 12345678-1234-1234-1234-123456789012":                    "7 12345678-1234-1234-1234-123456789012",
		"x12345678-1234-1234-1234-123456789012":                     "x[number]",
	} {
		if got := adapters.Scrub(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
