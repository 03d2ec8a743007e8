package adaptertest

import (
	"context"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// fetched asks and fails the test on an error.
func fetched(ctx context.Context, t *testing.T, s Subject, p Patient) *adapterv1.FetchResponse {
	t.Helper()
	res, err := s.New(t).Fetch(ctx, s.fetch(p))
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	return res
}

// outcomes are the outcomes by section, of which each must have exactly one with a status.
func outcomes(t *testing.T, asked []lhcrv1.Section, res *adapterv1.FetchResponse) map[lhcrv1.Section]*lhcrv1.SectionOutcome {
	t.Helper()
	out := map[lhcrv1.Section]*lhcrv1.SectionOutcome{}
	for _, o := range res.GetOutcomes() {
		if out[o.GetSection()] != nil {
			t.Errorf("%v has two outcomes, want one", o.GetSection())
		}
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED {
			t.Errorf("%v has no status, want one of OutcomeStatus", o.GetSection())
		}
		out[o.GetSection()] = o
	}
	for _, s := range asked {
		if out[s] == nil {
			t.Errorf("%v was asked for and has no outcome, want one for every section asked for", s)
			out[s] = &lhcrv1.SectionOutcome{Section: s}
		}
	}
	if len(out) != len(asked) {
		t.Errorf("%d outcomes for %d sections", len(out), len(asked))
	}
	return out
}

func oneOutcomeEach(ctx context.Context, t *testing.T, s Subject) {
	res := fetched(ctx, t, s, s.Held)
	returned := false
	for _, o := range outcomes(t, s.Sections, res) {
		returned = returned || o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	}
	if !returned {
		t.Error("no section of the patient who is held was returned: want items of Subject.Held in one of Subject.Sections")
	}
	for _, p := range res.GetPatients() {
		if p.GetNhsNumber() == s.Held.NHSNumber {
			return
		}
	}
	t.Error("the patient asked for is not among the patients who matched: want every patient of the answer in patients")
}

// item is any item of the record.
type item interface {
	proto.Message
	GetHeader() *lhcrv1.ItemHeader
}

// items are all items of a record.
func items(record *lhcrv1.Record) []item {
	var out []item
	record.ProtoReflect().Range(func(_ protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		for i := range v.List().Len() {
			if it, ok := v.List().Get(i).Message().Interface().(item); ok {
				out = append(out, it)
			}
		}
		return true
	})
	return out
}

func itemsHaveHeaders(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	id := adapter.Describe().GetRegion().GetRegionId()
	res, err := adapter.Fetch(ctx, s.fetch(s.Held))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, it := range items(res.GetRecord()) {
		h := it.GetHeader()
		switch {
		case h.GetItemId() == "" || h.GetRegionId() != id || h.GetSection() == lhcrv1.Section_SECTION_UNSPECIFIED:
			t.Errorf("a header without item_id, region_id %q or section: %v %v", id, h.GetRegionId(), h.GetSection())
		case h.GetSubjectCheck() == lhcrv1.SubjectCheck_SUBJECT_CHECK_UNSPECIFIED:
			t.Errorf("the subject of a %s was not checked: want MATCH or UNRESOLVED in its header", h.GetSourceType())
		case seen[h.GetItemId()]:
			t.Errorf("two items have one item_id, a %s among them", h.GetSourceType())
		}
		seen[h.GetItemId()] = true
	}
	if len(seen) == 0 {
		t.Error("no item came")
	}
}

// supportIsAsDescribed asks for every section of the contract.
func supportIsAsDescribed(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	req := s.fetch(s.Held)
	req.Sections = nil
	about := adapter.Describe().GetRegion().GetSections()
	for _, support := range about {
		req.Sections = append(req.Sections, support.GetSection())
	}
	res, err := adapter.Fetch(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	got := outcomes(t, req.GetSections(), res)
	for _, support := range about {
		o := got[support.GetSection()]
		never := o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
		if support.GetSupported() && never {
			t.Errorf("%v is described as given and is NOT_SUPPORTED: want the description and the outcome to agree", support.GetSection())
		}
		if !support.GetSupported() && !never && o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED {
			t.Errorf("%v is described as never given and is %v, want NOT_SUPPORTED", support.GetSection(), o.GetStatus())
		}
	}
}

// onlyWhatIsAsked asks for one section at a time.
func onlyWhatIsAsked(ctx context.Context, t *testing.T, s Subject) {
	adapter := s.New(t)
	for _, section := range s.Sections {
		req := s.fetch(s.Held)
		req.Sections = []lhcrv1.Section{section}
		res, err := adapter.Fetch(ctx, req)
		if err != nil {
			t.Fatalf("%v: %v", section, err)
		}
		outcomes(t, req.GetSections(), res)
		for _, it := range items(res.GetRecord()) {
			if !belongs(it.GetHeader(), section) {
				t.Errorf("%v was asked for and an item of %v came: want only items under it or also under it", section, it.GetHeader().GetSection())
			}
		}
	}
}

func belongs(h *lhcrv1.ItemHeader, section lhcrv1.Section) bool {
	if h.GetSection() == section {
		return true
	}
	for _, also := range h.GetAlsoUnder() {
		if also == section {
			return true
		}
	}
	return false
}

func notHeldIsAnOutcome(ctx context.Context, t *testing.T, s Subject) {
	res := fetched(ctx, t, s, s.NotHeld)
	for section, o := range outcomes(t, s.Sections, res) {
		switch o.GetStatus() {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
		default:
			t.Errorf("%v of a patient who is not held is %v, want NOT_HELD (or NOT_SUPPORTED where it is never given)", section, o.GetStatus())
		}
	}
	if n := len(items(res.GetRecord())) + len(res.GetPatients()); n > 0 {
		t.Errorf("%d items and patients came of a patient who is not held, want none", n)
	}
}

func mismatchIsNotDelivered(ctx context.Context, t *testing.T, s Subject) {
	for _, p := range s.Mismatched {
		res := fetched(ctx, t, s, p)
		if n := len(items(res.GetRecord())); n > 0 {
			t.Errorf("%d items of somebody else were delivered, want none", n)
		}
		if len(res.GetPatients()) == 0 {
			t.Error("who matched is not said: want the patients who came, for the identity check")
		}
		for section, o := range outcomes(t, s.Sections, res) {
			if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED || o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE {
				t.Errorf("%v of somebody else is %v, want IDENTITY_MISMATCH or another status that delivers nothing", section, o.GetStatus())
			}
		}
	}
}
