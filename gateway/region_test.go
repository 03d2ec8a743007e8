package gateway_test

import (
	"context"
	"maps"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// patient is synthetic, like everybody here.
const patient = "9990000018"

// region is a fake regional system that answers as a test says.
type region struct {
	id    string
	fetch func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error)
	// about changes its description. May be nil.
	about func(*adapterv1.DescribeResponse)
	// lent is what the gateway lent to it.
	lent adapters.Environment
	// refuses makes New fail with it.
	refuses error
}

var _ adapters.Adapter = (*region)(nil)

func (r *region) Describe() *adapterv1.DescribeResponse {
	described := &adapterv1.DescribeResponse{
		Region:        &lhcrv1.Region{RegionId: r.id, Name: "The region " + r.id, Sections: sections()},
		Endpoints:     []*lhcrv1.NetworkEndpoint{{Host: "record." + r.id + ".invalid", Port: 443, Protocol: "https", Network: "HSCN", Purpose: "record"}},
		ReaderVersion: "reader-7",
	}
	if r.about != nil {
		r.about(described)
	}
	return described
}

func (r *region) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return r.fetch(ctx, req)
}

func entries(regions []*region) []adapters.Entry {
	var out []adapters.Entry
	for _, r := range regions {
		out = append(out, adapters.Entry{ID: r.id, Describe: r.Describe, New: func(e adapters.Environment) (adapters.Adapter, error) {
			r.lent = e
			return r, r.refuses
		}})
	}
	return out
}

// sections are all of them, always in the same order: what is kept is kept of one description.
func sections() []*lhcrv1.SectionSupport {
	var out []*lhcrv1.SectionSupport
	for _, number := range slices.Sorted(maps.Keys(lhcrv1.Section_name)) {
		if number != 0 {
			out = append(out, &lhcrv1.SectionSupport{Section: lhcrv1.Section(number), Supported: true})
		}
	}
	return out
}

// answers is a whole answer about the patient, with these items.
func answers(record *lhcrv1.Record, change ...func(*adapterv1.FetchResponse)) func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		res := &adapterv1.FetchResponse{Record: record, Patients: []*adapterv1.MatchedPatient{{NhsNumber: patient}}}
		for _, section := range req.GetSections() {
			status := lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
			if section == lhcrv1.Section_SECTION_ALLERGIES && len(record.GetAllergies()) > 0 {
				status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
			}
			res.Outcomes = append(res.Outcomes, &lhcrv1.SectionOutcome{Section: section, Status: status})
		}
		for _, c := range change {
			c(res)
		}
		return res, nil
	}
}

func allergic(region, id string) *lhcrv1.Record {
	return &lhcrv1.Record{Allergies: []*lhcrv1.Allergy{{
		Header: &lhcrv1.ItemHeader{RegionId: region, ItemId: id, SubjectCheck: lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH},
		Code:   &lhcrv1.Concept{Text: "Penicillin", Display: "Penicillin"},
	}}}
}

func fails(code codes.Code, message string) func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	return func(context.Context, *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		return nil, status.Error(code, message)
	}
}

func asking(sections ...lhcrv1.Section) *lhcrv1.GetRecordRequest {
	return &lhcrv1.GetRecordRequest{
		Patient:  &lhcrv1.PatientQuery{NhsNumber: patient},
		Access:   &lhcrv1.AccessContext{Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP},
		Sections: sections,
	}
}
