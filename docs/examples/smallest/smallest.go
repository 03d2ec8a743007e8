// Package smallest is the smallest adapter that keeps every promise: copy it for a
// region that speaks a protocol of its own. This one's region answers a POST of the
// NHS number with one FHIR R4 bundle, or with 404.
package smallest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const never = "this region never gives it"

// given are the sections that the region gives.
var given = map[lhcrv1.Section]bool{lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS: true, lhcrv1.Section_SECTION_ALLERGIES: true}

// Adapter speaks to the region. It keeps what the deployment lent, nothing of a patient.
type Adapter struct{ env adapters.Environment }

var _ adapters.Adapter = (*Adapter)(nil)

// New makes the adapter.
func New(env adapters.Environment) (adapters.Adapter, error) { return &Adapter{env: env}, nil }

// Describe says what the region gives: every section and ability, there or not, and why not.
func (a *Adapter) Describe() *adapterv1.DescribeResponse {
	region := &lhcrv1.Region{RegionId: "smallest", Name: "The smallest region", VariesBy: []lhcrv1.VariesBy{lhcrv1.VariesBy_VARIES_BY_PERSON}}
	for n := int32(1); n < int32(len(lhcrv1.Section_name)); n++ {
		s := lhcrv1.Section(n)
		support := &lhcrv1.SectionSupport{Section: s, Supported: given[s]}
		if !given[s] {
			support.Reason = never
		}
		region.Sections = append(region.Sections, support)
	}
	for n := int32(1); n < int32(len(lhcrv1.Capability_name)); n++ {
		region.Capabilities = append(region.Capabilities, &lhcrv1.CapabilitySupport{Capability: lhcrv1.Capability(n), Reason: never})
	}
	configuration := fmt.Sprintf("%x", sha256.Sum256([]byte(a.env.Settings.BaseURL))) // what another address gave is not served for this one
	return &adapterv1.DescribeResponse{Region: region, ReaderVersion: fhir.ReaderVersion, Configuration: configuration,
		Endpoints: []*lhcrv1.NetworkEndpoint{{RegionId: "smallest", Host: "smallest.invalid", Port: 443, Protocol: "https", Network: "HSCN", Direction: "outbound", Purpose: "record"}}}
}

// Fetch asks the region once and reads what comes.
func (a *Adapter) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	in := fhir.Input{
		RegionID: "smallest", Version: fhir.R4, Sections: req.GetSections(), NHSNumber: req.GetPatient().GetNhsNumber(),
		Asked: map[lhcrv1.Section]fhir.Asked{}, Now: a.env.Now(), IncludeSource: req.GetIncludeSource(),
	}
	body, err := a.ask(ctx, in.NHSNumber)
	if err == nil {
		in.Payloads = []fhir.Payload{{Body: body}}
	} else if status.Code(err) != codes.NotFound { // that the region does not know the patient is an answer, not an error
		return nil, err
	}
	for _, s := range in.Sections {
		if !given[s] {
			in.Asked[s] = fhir.Asked{Failure: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, Message: never}
		} else if err != nil {
			in.Asked[s] = fhir.Asked{Failure: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD}
		}
	}
	reading, err := fhir.Read(in)
	if err != nil {
		return nil, status.Error(codes.DataLoss, "the region's answer could not be read")
	}
	return reading.Response, nil
}

// ask posts the number, in the body and never in the address.
func (a *Adapter) ask(ctx context.Context, number string) ([]byte, error) {
	at, question := a.env.Settings.BaseURL+"/record", strings.NewReader(`{"nhsNumber":"`+number+`"}`)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, at, question)
	if err != nil {
		return nil, status.Error(codes.FailedPrecondition, "base_url is no address")
	}
	res, err := transport.Do(a.env.HTTP, req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }() // read or given up by then
	switch res.StatusCode {
	case http.StatusOK:
		return transport.ReadAll(ctx, res.Body, 16<<20)
	case http.StatusNotFound:
		return nil, status.Error(codes.NotFound, "the region does not know the patient")
	}
	return nil, status.Errorf(codes.Unavailable, "the region answered %d", res.StatusCode)
}
