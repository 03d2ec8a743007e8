package adaptertest_test

import (
	"bytes"
	"context"
	"sync"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	documents   = lhcrv1.Section_SECTION_DOCUMENTS
)

var (
	held    = adaptertest.Patient{NHSNumber: "9990000018", DateOfBirth: "1950-01-02"}
	another = adaptertest.Patient{NHSNumber: "9990000026", DateOfBirth: "1960-03-04"}
	nobody  = adaptertest.Patient{NHSNumber: "9990000034", DateOfBirth: "1970-05-06"}
	strange = adaptertest.Patient{NHSNumber: "9990000042", DateOfBirth: "1980-07-08"} // is answered with another's record
)

// faults are those that are switched on.
type faults struct {
	mu sync.Mutex
	on map[string]bool
}

func (f *faults) has(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.on[name]
}

func (f *faults) set(name string, on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on[name] = on
}

// sound is an adapter over nothing but memory that keeps every promise.
type sound struct{ faults *faults }

func (sound) Describe() *adapterv1.DescribeResponse {
	region := &lhcrv1.Region{RegionId: "smallshire", VariesBy: []lhcrv1.VariesBy{lhcrv1.VariesBy_VARIES_BY_PERSON}}
	for n := range lhcrv1.Section_name {
		if s := lhcrv1.Section(n); n != 0 {
			given := s == allergies || s == medications || s == documents
			support := &lhcrv1.SectionSupport{Section: s, Supported: given}
			if !given {
				support.Reason = "not here"
			}
			region.Sections = append(region.Sections, support)
		}
	}
	for n := range lhcrv1.Capability_name {
		if c := lhcrv1.Capability(n); n != 0 {
			support := &lhcrv1.CapabilitySupport{Capability: c, Supported: n == 1 || n == 2 || n == 4}
			if !support.GetSupported() {
				support.Reason = "not here"
			}
			region.Capabilities = append(region.Capabilities, support)
		}
	}
	// maps have no order; a description has one
	sortBy(region.Sections, func(s *lhcrv1.SectionSupport) int32 { return int32(s.GetSection()) })
	sortBy(region.Capabilities, func(c *lhcrv1.CapabilitySupport) int32 { return int32(c.GetCapability()) })
	return &adapterv1.DescribeResponse{
		Region: region, ReaderVersion: "1", Configuration: "3f2a", Endpoints: []*lhcrv1.NetworkEndpoint{{Host: "record.smallshire.invalid"}},
	}
}

func (a sound) wait(ctx context.Context) error {
	if a.faults.has("hang") {
		<-ctx.Done()
	}
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	return nil
}

func (a sound) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	if err := a.wait(ctx); err != nil || number == nobody.NHSNumber {
		return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_NOT_HELD}, err
	}
	return &adapterv1.LocateResponse{
		Holding: adapterv1.Holding_HOLDING_HELD, Handle: []byte("handle of " + number),
		Patients: []*adapterv1.MatchedPatient{{NhsNumber: number}},
	}, nil
}

func (a sound) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	if len(req.GetSections()) == 0 || len(req.GetHandle()) > 0 && !bytes.Equal(req.GetHandle(), []byte("handle of "+number)) {
		return nil, status.Error(codes.InvalidArgument, "no section, or a foreign handle")
	}
	if err := a.wait(ctx); err != nil {
		return nil, err
	}
	res := &adapterv1.FetchResponse{Record: &lhcrv1.Record{}}
	if number != nobody.NHSNumber {
		res.Patients = []*adapterv1.MatchedPatient{{NhsNumber: number}}
	}
	for _, s := range req.GetSections() {
		o := &lhcrv1.SectionOutcome{RegionId: "smallshire", Section: s}
		res.Outcomes = append(res.Outcomes, o)
		a.fill(number, o, res)
	}
	return res, nil
}

func (a sound) fill(number string, o *lhcrv1.SectionOutcome, res *adapterv1.FetchResponse) {
	switch {
	case o.GetSection() != allergies && o.GetSection() != medications && o.GetSection() != documents:
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
	case number == nobody.NHSNumber:
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	case number == strange.NHSNumber:
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
		res.Patients[0].NhsNumber = another.NHSNumber
	case o.GetSection() == allergies && a.faults.has("500"):
		o.Status, o.Message = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, "it failed"
		o.Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Message: "it failed"}}
	default:
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
		add(o.GetSection(), number, res.GetRecord())
	}
}

func add(s lhcrv1.Section, number string, record *lhcrv1.Record) {
	h := &lhcrv1.ItemHeader{
		ItemId: s.String() + "-" + number[8:], RegionId: "smallshire", Section: s, SourceType: "Thing",
		SubjectCheck: lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH,
	}
	switch s {
	case allergies:
		record.Allergies = append(record.Allergies, &lhcrv1.Allergy{Header: h})
	case medications:
		record.Medications = append(record.Medications, &lhcrv1.Medication{Header: h})
	default:
		record.Documents = append(record.Documents, &lhcrv1.Document{Header: h, Contents: []*lhcrv1.Attachment{{ContentId: "c1"}}})
	}
}

func (a sound) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	if err := a.wait(ctx); err != nil {
		return nil, err
	}
	number := req.GetPatient().GetNhsNumber()
	if req.GetItemId() != documents.String()+"-"+number[8:] || req.GetContentId() != "c1" {
		return nil, status.Error(codes.NotFound, "no such document")
	}
	return &adapterv1.FetchDocumentResponse{
		Content: []byte("words"), MediaType: "text/plain", Patients: []*adapterv1.MatchedPatient{{NhsNumber: number}},
	}, nil
}

func (a sound) Check(ctx context.Context, _ *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	return &adapterv1.CheckResponse{
		Status: lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY, Steps: []*adapterv1.CheckStep{{Name: "memory", Ok: true}},
	}, a.wait(ctx)
}

// subject is the subject of an adapter made of the sound one.
func subject(change func(sound) adapters.Adapter) adaptertest.Subject {
	f := &faults{on: map[string]bool{}}
	return adaptertest.Subject{
		New:    func(*testing.T) adapters.Adapter { return change(sound{f}) },
		Caller: &adapterv1.Caller{OrganisationOdsCode: "FA001"},
		Held:   held, Another: another, NotHeld: nobody, Mismatched: []adaptertest.Patient{strange},
		Sections: []lhcrv1.Section{allergies, medications, documents, lhcrv1.Section_SECTION_GOALS}, Broken: allergies,
		Fault: func(t *testing.T, e adaptertest.Expectation) {
			f.set(e.Name, true)
			t.Cleanup(func() { f.set(e.Name, false) })
		},
		Faults: []adaptertest.Expectation{
			{Name: "500", Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, Gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
		},
		Document: &adaptertest.Document{Patient: held, MediaType: "text/plain", Content: []byte("words")},
	}
}
