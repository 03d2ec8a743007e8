package lookup_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
)

// The person asked for, somebody else, and the canaries that must show up nowhere.
const (
	nhsNumber   = "9990000018"
	otherNumber = "9990000026"
	birthDate   = "1951-04-17"
)

// The sections by short names.
const (
	allergies   = lhcrv1.Section_SECTION_ALLERGIES
	medications = lhcrv1.Section_SECTION_MEDICATIONS
	problems    = lhcrv1.Section_SECTION_PROBLEMS
	alerts      = lhcrv1.Section_SECTION_ALERTS
	documents   = lhcrv1.Section_SECTION_DOCUMENTS
)

// The statuses by short names.
const (
	returned       = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	asText         = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	assertedNone   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	notSupported   = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
	withheld       = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	refused        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	unavailable    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	invalid        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	mismatch       = lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH
	complete       = lhcrv1.Completeness_COMPLETENESS_COMPLETE
	noRecordFound  = lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND
	noneAvailable  = lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE
	partialAnswer  = lhcrv1.Completeness_COMPLETENESS_PARTIAL
	subjectMatches = lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH
)

// fetchFunc is an adapter that only fetches.
type fetchFunc struct {
	about *adapterv1.DescribeResponse
	fetch fetchMethod
}

type fetchMethod func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)

var _ adapters.Adapter = (*fetchFunc)(nil)

func (f *fetchFunc) Describe() *adapterv1.DescribeResponse { return f.about }

func (f *fetchFunc) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return f.fetch(ctx, req)
}

// fullAdapter also locates and fetches documents.
type fullAdapter struct {
	fetchFunc
	locate   func(context.Context, *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error)
	document func(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error)
}

func (f *fullAdapter) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	return f.locate(ctx, req)
}

func (f *fullAdapter) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	return f.document(ctx, req)
}

// describe is a region that gives the named sections, or every one.
func describe(id string, given ...lhcrv1.Section) *adapterv1.DescribeResponse {
	region := &lhcrv1.Region{RegionId: id, Name: "Region " + id, Notes: []string{"leaves out some topics"}}
	for n := lhcrv1.Section(1); n <= 38; n++ {
		support := &lhcrv1.SectionSupport{Section: n, Supported: len(given) == 0 || slices.Contains(given, n)}
		if !support.Supported {
			support.Reason = "this region has none"
		}
		region.Sections = append(region.Sections, support)
	}
	return &adapterv1.DescribeResponse{Region: region}
}

// timeout sets how long the definition lets a fetch take.
func timeout(about *adapterv1.DescribeResponse, d time.Duration) *adapterv1.DescribeResponse {
	about.FetchTimeout = durationpb.New(d)
	return about
}

// answering is a region that gives copies of one answer.
func answering(id string, res *adapterv1.FetchResponse) adapters.Adapter {
	return &fetchFunc{describe(id), func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return proto.CloneOf(res), nil
	}}
}

// failing is a region whose Fetch fails.
func failing(id string, err error) adapters.Adapter {
	return &fetchFunc{describe(id), func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return nil, err
	}}
}

// locating is a region that locates, and then gives copies of one answer.
func locating(id string, located *adapterv1.LocateResponse, err error, res *adapterv1.FetchResponse) *fullAdapter {
	about := describe(id)
	about.Region.Capabilities = []*lhcrv1.CapabilitySupport{{Capability: lhcrv1.Capability_CAPABILITY_LOCATE, Supported: true}}
	return &fullAdapter{
		fetchFunc: fetchFunc{about, answering(id, res).Fetch},
		locate: func(context.Context, *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
			return proto.CloneOf(located), err
		},
	}
}

// noteFetch notes the request of a Fetch.
func noteFetch(noted **adapterv1.FetchRequest, fetch fetchMethod) fetchMethod {
	return func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		*noted = req
		return fetch(ctx, req)
	}
}

// patient is the person asked for, as a region matches them.
func patient() *adapterv1.MatchedPatient {
	return &adapterv1.MatchedPatient{NhsNumber: nhsNumber, BirthDate: born(birthDate)}
}

func born(original string) *lhcrv1.When {
	precision := map[int]lhcrv1.DatePrecision{
		4:  lhcrv1.DatePrecision_DATE_PRECISION_YEAR,
		7:  lhcrv1.DatePrecision_DATE_PRECISION_MONTH,
		10: lhcrv1.DatePrecision_DATE_PRECISION_DAY,
	}[len(original)]
	return &lhcrv1.When{Original: original, Precision: precision}
}

// outcome is that of a section as an adapter gives it.
func outcome(section lhcrv1.Section, status lhcrv1.OutcomeStatus) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{Section: section, Status: status}
}

// fetched is an answer about the person with one outcome for each section named.
func fetched(record *lhcrv1.Record, outcomes ...*lhcrv1.SectionOutcome) *adapterv1.FetchResponse {
	return &adapterv1.FetchResponse{Record: record, Outcomes: outcomes, Patients: []*adapterv1.MatchedPatient{patient()}}
}

// header is that of an item which was found to be about the person.
func header(id string, section lhcrv1.Section, also ...lhcrv1.Section) *lhcrv1.ItemHeader {
	return &lhcrv1.ItemHeader{ItemId: id, Section: section, AlsoUnder: also, SubjectCheck: subjectMatches}
}

func allergy(id string) *lhcrv1.Allergy { return &lhcrv1.Allergy{Header: header(id, allergies)} }

func problem(id string, also ...lhcrv1.Section) *lhcrv1.Problem {
	return &lhcrv1.Problem{Header: header(id, problems, also...)}
}

func medication(id string) *lhcrv1.Medication {
	return &lhcrv1.Medication{Header: header(id, medications)}
}

// directory is a directory of named regions.
type directory struct {
	own, all []string
	names    map[string][]string
}

var _ lookup.Directory = directory{}

func (d directory) Expand(ids []string) ([]string, error) {
	var expanded []string
	for _, id := range ids {
		switch {
		case d.names[id] != nil:
			expanded = append(expanded, d.names[id]...)
		case slices.Contains(d.all, id):
			expanded = append(expanded, id)
		default:
			return nil, errors.New("no region is called " + id)
		}
	}
	return expanded, nil
}

func (d directory) RegionsOf(*adapterv1.Caller) []string { return d.own }
func (d directory) All() []string                        { return d.all }

// observations gathers what a lookup observed.
type observations struct {
	mu   sync.Mutex
	seen []lookup.Observation
}

func (o *observations) observe(seen lookup.Observation) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.seen = append(o.seen, seen)
}

func (o *observations) all() []lookup.Observation {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.seen)
}

// newLookup makes a lookup over adapters, all of which are the caller's own regions.
func newLookup(tb testing.TB, opts lookup.Options, list ...adapters.Adapter) *lookup.Lookup {
	tb.Helper()
	var regions []lookup.Fetcher
	var ids []string
	for _, a := range list {
		r, err := adapters.NewRegion(a)
		if err != nil {
			tb.Fatal(err)
		}
		regions = append(regions, r)
		ids = append(ids, r.ID())
	}
	if opts.Directory == nil {
		opts.Directory = directory{own: ids, all: ids}
	}
	return lookup.New(regions, opts)
}

func caller() *adapterv1.Caller {
	return &adapterv1.Caller{
		OrganisationOdsCode: "FXX01", PersonId: "p1", RoleCode: "R1290", SupplierId: "pmr", RequestId: "00000000-0000-4000-8000-000000000001",
	}
}

// request asks for the person with the date of birth.
func request(sections ...lhcrv1.Section) *lhcrv1.GetRecordRequest {
	return &lhcrv1.GetRecordRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: nhsNumber, DateOfBirth: birthDate},
		Access: &lhcrv1.AccessContext{
			Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP,
		},
		Sections: sections,
	}
}

// onWire is what a client reads of an answer.
func onWire[M proto.Message](tb testing.TB, sent M) M {
	tb.Helper()
	encoded, err := proto.Marshal(sent)
	if err != nil {
		tb.Fatal(err)
	}
	read := sent.ProtoReflect().New().Interface().(M)
	if err := proto.Unmarshal(encoded, read); err != nil {
		tb.Fatal(err)
	}
	return read
}

// get reads an answer as a client does.
func get(tb testing.TB, l *lookup.Lookup, req *lhcrv1.GetRecordRequest) *lhcrv1.GetRecordResponse {
	tb.Helper()
	res, err := l.Get(tb.Context(), caller(), req)
	if err != nil {
		tb.Fatal(err)
	}
	return onWire(tb, res)
}

// outcomeOf finds an outcome of an answer.
func outcomeOf(tb testing.TB, outcomes []*lhcrv1.SectionOutcome, region string, section lhcrv1.Section) *lhcrv1.SectionOutcome {
	tb.Helper()
	for _, o := range outcomes {
		if o.GetRegionId() == region && o.GetSection() == section {
			return o
		}
	}
	tb.Fatalf("no outcome of %s for %s", region, section)
	return nil
}

func fixedClock() time.Time { return time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC) }
