package composite_test

import (
	"bytes"
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/composite"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	documents   = lhcrv1.Section_SECTION_DOCUMENTS

	ann = "9990000018"
	bob = "9990000026"

	returned     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	asText       = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	assertedNone = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	notSupported = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
	withheld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	refused      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	unavailable  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	invalid      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	mismatch     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
)

// fake is one system. What is not set it does as a sound system would.
type fake struct {
	sections []lhcrv1.Section
	change   func(*adapterv1.DescribeResponse)
	outcome  func(number string, o *lhcrv1.SectionOutcome) // of one section
	people   func(number string) []*adapterv1.MatchedPatient
	locate   func(context.Context, string) (*adapterv1.LocateResponse, error)
	before   func(context.Context) error // of each call but Describe
	health   lhcrv1.HealthStatus
	cannot   []lhcrv1.Capability
	touch    func(*adapterv1.FetchResponse) // the last change of an answer

	mu     sync.Mutex
	asked  []*adapterv1.FetchRequest
	handle []byte // of the last document
}

func (f *fake) Describe() *adapterv1.DescribeResponse {
	region := &lhcrv1.Region{RegionId: "smallshire", Name: "Smallshire", VariesBy: []lhcrv1.VariesBy{lhcrv1.VariesBy_VARIES_BY_PERSON}}
	for _, n := range slices.Sorted(maps.Keys(lhcrv1.Section_name))[1:] {
		s := &lhcrv1.SectionSupport{Section: lhcrv1.Section(n), Supported: slices.Contains(f.sections, lhcrv1.Section(n))}
		if !s.GetSupported() {
			s.Reason = "not here"
		}
		region.Sections = append(region.Sections, s)
	}
	for _, n := range slices.Sorted(maps.Keys(lhcrv1.Capability_name))[1:] {
		c := &lhcrv1.CapabilitySupport{Capability: lhcrv1.Capability(n), Supported: f.can(lhcrv1.Capability(n))}
		if !c.GetSupported() {
			c.Reason = "not here"
		}
		region.Capabilities = append(region.Capabilities, c)
	}
	out := &adapterv1.DescribeResponse{
		Region: region, ReaderVersion: "1", Configuration: "c", FetchTimeout: durationpb.New(4e9),
		Endpoints: []*lhcrv1.NetworkEndpoint{{Host: "record.smallshire.invalid", Purpose: "record"}},
	}
	if f.change != nil {
		f.change(out)
	}
	return out
}

func (f *fake) can(c lhcrv1.Capability) bool {
	switch c {
	case lhcrv1.Capability_CAPABILITY_LOCATE, lhcrv1.Capability_CAPABILITY_CHECK:
		return !slices.Contains(f.cannot, c)
	case lhcrv1.Capability_CAPABILITY_DOCUMENTS:
		return slices.Contains(f.sections, documents)
	}
	return false
}

func (f *fake) begin(ctx context.Context) error {
	if f.before != nil {
		if err := f.before(ctx); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	return nil
}

// knows says whom the systems hold.
func knows(number string) bool { return number != nobody.NHSNumber }

func handleOf(number string) []byte { return []byte("handle of " + number) }

func (f *fake) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	switch {
	case f.locate != nil:
		return f.locate(ctx, number)
	case !knows(number):
		return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_NOT_HELD}, nil
	}
	return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD, Handle: handleOf(number), Patients: f.matched(number)}, nil
}

func (f *fake) matched(number string) []*adapterv1.MatchedPatient {
	switch {
	case f.people != nil:
		return f.people(number)
	case !knows(number):
		return nil
	}
	return []*adapterv1.MatchedPatient{{NhsNumber: number}}
}

func (f *fake) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	f.mu.Lock()
	f.asked = append(f.asked, req)
	f.mu.Unlock()
	number := req.GetPatient().GetNhsNumber()
	if len(req.GetHandle()) > 0 && !bytes.Equal(req.GetHandle(), handleOf(number)) {
		return nil, status.Error(codes.InvalidArgument, "a foreign handle")
	}
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	res := &adapterv1.FetchResponse{Record: &lhcrv1.Record{}, Patients: f.matched(number)}
	for _, s := range req.GetSections() {
		o := &lhcrv1.SectionOutcome{RegionId: "smallshire", Section: s, Status: returned}
		switch {
		case f.outcome != nil:
			f.outcome(number, o)
		case !knows(number):
			o.Status = notHeld
		}
		res.Outcomes = append(res.Outcomes, o)
		if o.GetStatus() == returned || o.GetStatus() == assertedNone {
			add(o, number, res.GetRecord())
		}
	}
	if f.touch != nil {
		f.touch(res)
	}
	return res, nil
}

func add(o *lhcrv1.SectionOutcome, number string, record *lhcrv1.Record) {
	h := &lhcrv1.ItemHeader{
		ItemId: o.GetSection().String() + "-" + number[8:], RegionId: "smallshire", Section: o.GetSection(), SourceType: "Thing",
		SubjectCheck: lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH,
	}
	switch o.GetSection() {
	case allergies:
		a := &lhcrv1.Allergy{Header: h}
		if o.GetStatus() == assertedNone {
			a.Absence = lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY
		}
		record.Allergies = append(record.Allergies, a)
	case medications:
		record.Medications = append(record.Medications, &lhcrv1.Medication{Header: h})
	default:
		record.Documents = append(record.Documents, &lhcrv1.Document{Header: h, Contents: []*lhcrv1.Attachment{{ContentId: "c1"}}})
	}
}

func (f *fake) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.handle = req.GetHandle()
	f.mu.Unlock()
	if req.GetItemId() != documents.String()+"-"+number[8:] || req.GetContentId() != "c1" {
		return nil, status.Error(codes.NotFound, "no such document")
	}
	return &adapterv1.FetchDocumentResponse{Content: []byte("words"), MediaType: "text/plain", Patients: f.matched(number)}, nil
}

func (f *fake) Check(ctx context.Context, _ *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	if err := f.begin(ctx); err != nil {
		return nil, err
	}
	health := max(f.health, lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY)
	return &adapterv1.CheckResponse{Status: health, Steps: []*adapterv1.CheckStep{{Name: "memory", Ok: health == lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY}}}, nil
}

func (f *fake) entry() adapters.Entry {
	return adapters.Entry{ID: "smallshire", Describe: f.Describe, New: func(adapters.Environment) (adapters.Adapter, error) { return f, nil }}
}

// entryOf is a composite of a main system and one called documents.
func entryOf(main, further *fake) adapters.Entry {
	return composite.Entry(composite.Part{Entry: main.entry()}, composite.Part{Name: "documents", Entry: further.entry()})
}

func connected() adapters.Environment {
	return adapters.Environment{Parts: map[string]adapters.Environment{"documents": {HTTP: http.DefaultClient}}}
}

// leftOut is a deployment that leaves the further system out.
func leftOut() adapters.Environment {
	return adapters.Environment{Parts: map[string]adapters.Environment{"documents": {}}}
}

type region interface {
	adapters.Adapter
	adapters.Locator
	adapters.DocumentFetcher
	adapters.Checker
}

// part is a composite.Part in short.
type part struct {
	name  string
	entry adapters.Entry
}

func entryFor(parts []part) adapters.Entry {
	var out []composite.Part
	for _, p := range parts {
		out = append(out, composite.Part{Name: p.name, Entry: p.entry})
	}
	return composite.Entry(out...)
}

// entryWith makes a composite of a main system and any other adapter.
func entryWith(t *testing.T, main *fake, further adapters.Adapter) region {
	t.Helper()
	adapter, err := entryFor([]part{{"", main.entry()}, {"documents", adapters.Entry{
		ID: "smallshire", Describe: further.Describe, New: func(adapters.Environment) (adapters.Adapter, error) { return further, nil },
	}}}).New(connected())
	if err != nil {
		t.Fatal(err)
	}
	return adapter.(region)
}
