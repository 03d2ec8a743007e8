package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	"github.com/openlhcr/openlhcr/gateway/config"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"
)

// seen is what a fault must look like in the allergies of the region that it befalls.
type seen struct {
	status lhcrv1.OutcomeStatus
	// gap is the kind of gap that says what happened; zero where the status says it all.
	gap lhcrv1.GapKind
	// retry says that the region told when to ask again.
	retry bool
	// delivered says that items came beside the failure.
	delivered bool
}

// faults has a line for every fault of the sandbox.
var faults = map[fault.Kind]seen{
	fault.Hang:              {status: unavailable, gap: lhcrv1.GapKind_GAP_KIND_TIMED_OUT},
	fault.SlowDrip:          {status: unavailable, gap: lhcrv1.GapKind_GAP_KIND_TIMED_OUT},
	fault.Reset:             {status: unavailable, gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
	fault.Unauthorized:      {status: refused, gap: lhcrv1.GapKind_GAP_KIND_REFUSED},
	fault.Forbidden:         {status: refused, gap: lhcrv1.GapKind_GAP_KIND_REFUSED},
	fault.TooManyRequests:   {status: refused, gap: lhcrv1.GapKind_GAP_KIND_REFUSED, retry: true},
	fault.ServerError:       {status: unavailable, gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
	fault.Unavailable:       {status: unavailable, gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, retry: true},
	fault.Truncated:         {status: invalid, gap: lhcrv1.GapKind_GAP_KIND_MALFORMED},
	fault.BrokenJSON:        {status: invalid, gap: lhcrv1.GapKind_GAP_KIND_MALFORMED},
	fault.GiantBody:         {status: invalid},
	fault.Garbage:           {status: invalid, gap: lhcrv1.GapKind_GAP_KIND_MALFORMED},
	fault.Redirect:          {status: unavailable, gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
	fault.WrongPatient:      {status: mismatch},
	fault.ErrorIn200:        {status: invalid, gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
	fault.PartialIn200:      {status: invalid, gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, delivered: true},
	fault.EndlessPaging:     {status: invalid, gap: lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, delivered: true},
	fault.TokenUnauthorized: {status: refused, gap: lhcrv1.GapKind_GAP_KIND_REFUSED},
	fault.TokenGarbage:      {status: invalid, gap: lhcrv1.GapKind_GAP_KIND_MALFORMED},
	fault.TokenHang:         {status: unavailable, gap: lhcrv1.GapKind_GAP_KIND_TIMED_OUT},
	// A token that does not say when it expires is a token.
	fault.TokenNoExpiry: {status: returned, delivered: true},
}

func TestAFaultChangesItsRegionsOutcomesAndNoOthers(t *testing.T) {
	query := everything(patient(t, "margaret"))
	for broken, other := range map[string]string{"dorset": "yorkshire", "yorkshire": "dorset"} {
		patience := map[bool]*demo.Demo{
			false: house(t, live(leisurely())),
			// The other region takes the time that it needs on a busy machine.
			true: house(t, live(demo.Options{CallTimeout: time.Minute, RegionTimeouts: map[string]time.Duration{broken: time.Second, other: time.Minute}})),
		}
		whole := map[*demo.Demo]*sdk.Record{}
		for _, d := range patience {
			whole[d] = mustLookup(t, supplier(t, d), query)
		}
		for _, kind := range fault.Kinds() {
			t.Run(fmt.Sprintf("%s %s", broken, kind), func(t *testing.T) {
				want, ok := faults[kind]
				if !ok {
					t.Fatal("nothing says what this fault must look like: add a line to faults")
				}
				d := patience[want.gap == lhcrv1.GapKind_GAP_KIND_TIMED_OUT]
				record := underFault(t, d, supplier(t, d), query, broken, kind)
				mustEqual(t, other, of(whole[d], other), of(record, other))
				judgeFault(t, record, broken, want)
			})
		}
	}
}

// leisurely is a house in which nothing is cut off because the machine is busy.
func leisurely() demo.Options {
	return demo.Options{CallTimeout: 2 * time.Minute, RegionTimeouts: map[string]time.Duration{"dorset": time.Minute, "yorkshire": time.Minute}}
}

// live has every call reach its region once, however the last ones went: nothing is
// kept, asked again, or left alone.
func live(opts demo.Options) demo.Options {
	opts.Configure = func(c *config.Config) error {
		c.Cache.Enabled, c.Guards.Attempts, c.Guards.Breaker.Calls = false, 1, 10_000
		return nil
	}
	return opts
}

// mustEqual compares two messages, and looks for the difference only when there is one.
func mustEqual(t *testing.T, what string, want, got proto.Message) {
	t.Helper()
	if !proto.Equal(want, got) {
		t.Errorf("%s differs (-want +got):\n%s", what, cmp.Diff(want, got, protocmp.Transform()))
	}
}

// underFault reads a record while one region fails. The region's tokens are spent, so
// that faults of the token service bite too.
func underFault(t *testing.T, d *demo.Demo, client *sdk.Client, query sdk.Query, region string, kind fault.Kind) *sdk.Record {
	t.Helper()
	system := d.Sandbox.System(region)
	system.RevokeTokens()
	system.Fault(sandbox.Fault{Kind: kind, NHSNumber: query.Patient.NHSNumber})
	defer system.ClearFaults()
	return mustLookup(t, client, query)
}

func judgeFault(t *testing.T, record *sdk.Record, region string, want seen) {
	t.Helper()
	if want.status != returned && record.Completeness() != partial {
		t.Errorf("completeness %v, want %v", record.Completeness(), partial)
	}
	for _, o := range record.Outcomes() {
		if o.GetRegionId() != region || o.GetSection() != lhcrv1.Section_SECTION_ALLERGIES {
			continue
		}
		if o.GetStatus() != want.status {
			t.Errorf("status %v, want %v", o.GetStatus(), want.status)
		}
		if want.status != returned && o.GetMessage() == "" {
			t.Error("it does not say what happened")
		}
		if want.gap != 0 && !hasGap(o, want.gap) {
			t.Errorf("no gap of kind %v among %d", want.gap, len(o.GetGaps()))
		}
		if want.retry && o.GetRetryAfter().AsDuration() == 0 {
			t.Error("it does not say when to ask again")
		}
	}
	if got := len(of(record, region).GetRecord().GetAllergies()); (got > 0) != want.delivered {
		t.Errorf("%d allergies were delivered", got)
	}
}

func hasGap(o *lhcrv1.SectionOutcome, kind lhcrv1.GapKind) bool {
	for _, g := range o.GetGaps() {
		if g.GetKind() == kind {
			return true
		}
	}
	return false
}

// of is what one region has in an answer.
func of(r *sdk.Record, region string) *lhcrv1.GetRecordResponse {
	all := timeless(r.Unguarded())
	part := &lhcrv1.GetRecordResponse{Record: all.GetRecord()}
	keep(part.GetRecord(), region)
	for _, o := range all.GetOutcomes() {
		if o.GetRegionId() == region {
			part.Outcomes = append(part.Outcomes, o)
		}
	}
	for _, l := range all.GetLinks() {
		if l.GetRegionId() == region {
			part.Links = append(part.Links, l)
		}
	}
	return part
}

// keep leaves in a record what one region sent.
func keep(record *lhcrv1.Record, region string) {
	record.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		kept := 0
		list := v.List()
		for i := range list.Len() {
			if regionOf(list.Get(i).Message().Interface()) == region {
				list.Set(kept, list.Get(i))
				kept++
			}
		}
		list.Truncate(kept)
		return true
	})
}

func regionOf(item any) string {
	switch i := item.(type) {
	case sdk.Item:
		return i.GetHeader().GetRegionId()
	case *lhcrv1.MedicationCourse:
		return i.GetRegionId()
	}
	return ""
}

func TestStreamDeliversOneRegionWhileTheOtherHangs(t *testing.T) {
	for hanging, good := range map[string]string{"dorset": "yorkshire", "yorkshire": "dorset"} {
		t.Run(hanging, func(t *testing.T) {
			d := house(t, leisurely())
			query := everything(patient(t, "margaret"))
			d.Sandbox.System(hanging).Fault(sandbox.Fault{Kind: fault.Hang})
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			for region, err := range supplier(t, d).StreamRecord(ctx, query).Regions() {
				if err != nil {
					t.Fatalf("nothing landed before the deadline: %v", err)
				}
				for _, o := range region.Outcomes() {
					if o.GetRegionId() != good {
						t.Fatalf("%s landed first", o.GetRegionId())
					}
				}
				if allergies, _ := region.Allergies().WithGaps(); len(allergies) == 0 {
					t.Error("it landed without its items")
				}
				return // the other still hangs
			}
			t.Error("nothing landed")
		})
	}
}

// GetRecord answers in time, with what there is.
func TestGetRecordDoesNotWaitForARegionThatHangs(t *testing.T) {
	d := house(t, leisurely())
	query := everything(patient(t, "margaret"))
	d.Sandbox.System("yorkshire").Fault(sandbox.Fault{Kind: fault.Hang})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	record, err := supplier(t, d).GetRecord(ctx, query)
	if err != nil {
		t.Fatal(err)
	}
	if got := outcomeAt(record, yorkshireAllergies); got != unavailable {
		t.Errorf("the region that hangs: %v", got)
	}
	if got := outcomeAt(record, dorsetAllergies); got != returned {
		t.Errorf("the other region: %v", got)
	}
}

// The page says what happened, in words that a user can act on.
func TestAFaultIsToldInWords(t *testing.T) {
	d := house(t, demo.Options{})
	query := everything(patient(t, "margaret"))
	record := underFault(t, d, supplier(t, d), query, "yorkshire", fault.TooManyRequests)
	said := strings.ToLower(pageOf(record))
	mustSay(t, said, "the region refused the request", "ask again in 30s")
}
