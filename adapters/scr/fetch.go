package scr

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const providerFailed = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED

// Fetch reads the patient's latest record for the asked sections. What was not given is an
// outcome; the error is INVALID_ARGUMENT for a request that asks nothing or brings a handle,
// and CANCELLED or DEADLINE_EXCEEDED when the caller's own context ended.
func (a *adapter) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	switch {
	case req.GetPatient().GetNhsNumber() == "" || len(req.GetSections()) == 0:
		return nil, status.Error(codes.InvalidArgument, "name a patient and at least one section")
	case len(req.GetHandle()) > 0:
		return nil, status.Error(codes.InvalidArgument, "the handle is not one that this region gave for this patient: locate again")
	}
	f := &fetch{adapter: a, req: req, asked: a.asked(req)}
	inner, cancel := a.service.Deadline(ctx)
	defer cancel()
	res := f.run(inner)
	if ctx.Err() != nil {
		return nil, transport.Failure(ctx, ctx.Err())
	}
	return res, nil
}

// asked says what is known of each section before anything came.
func (a *adapter) asked(req *adapterv1.FetchRequest) call.Sections {
	out := call.Sections{}
	for _, s := range req.GetSections() {
		if !a.definition.Gives(s) {
			out[s] = fhir.Asked{Failure: lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, Message: a.definition.NotSupported(s)}
			continue
		}
		out[s] = fhir.Asked{Applied: &lhcrv1.AppliedQuery{
			ResolvedIncluded: true, SourceTypes: []string{"Composition"}, WindowNotApplied: req.GetWindow() != nil,
		}}
	}
	return out
}

// fetch is one under way.
type fetch struct {
	*adapter
	req   *adapterv1.FetchRequest
	asked call.Sections
}

func (f *fetch) number() string { return f.req.GetPatient().GetNhsNumber() }

func (f *fetch) supported() []lhcrv1.Section {
	var out []lhcrv1.Section
	for _, s := range f.req.GetSections() {
		if f.definition.Gives(s) {
			out = append(out, s)
		}
	}
	return out
}

func (f *fetch) run(ctx context.Context) *adapterv1.FetchResponse {
	if len(f.supported()) == 0 {
		return f.without()
	}
	t, failure := f.talk(f.req.GetCaller(), f.req.GetPatient())
	if failure != nil {
		return f.failed(failure)
	}
	found, failure := find(ctx, t, f.number())
	switch {
	case failure != nil:
		return f.failed(failure)
	case found.id == "":
		f.asked.Settle(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, "no record available")
		return f.without()
	case !carries(found.patients, f.number()):
		return f.mismatched(found.patients)
	}
	if failure = f.permitted(ctx, t, found); failure != nil {
		return f.failed(failure)
	}
	body, failure := f.latest(ctx, t, found)
	if failure != nil {
		return f.failed(failure)
	}
	return f.read(body)
}

// permitted lets the record be read only as the patient's permission has it. An override
// raises its alert before anything of the record is read.
func (f *fetch) permitted(ctx context.Context, t *fhirsearch.Talk, found summary) *call.Failure {
	basis := f.req.GetCaller().GetAccess().GetBasis()
	switch {
	case basis == lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE:
		return f.alert(ctx, t)
	case found.permission == permits:
		return nil
	case found.permission == refuses:
		return call.Withheld("the patient does not permit the Summary Care Record to be viewed")
	case basis == lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW:
		return nil
	}
	return call.Withheld("the patient must be asked for permission to view the Summary Care Record: ask, and send the basis PERMISSION_TO_VIEW")
}

// latest reads the record. Where its id went stale meanwhile, the answer is empty, and the
// record is looked for once more.
func (f *fetch) latest(ctx context.Context, t *fhirsearch.Talk, found summary) ([]byte, *call.Failure) {
	body, empty, failure := get(ctx, t, f.number(), found.id)
	if failure != nil || !empty {
		return body, failure
	}
	again, failure := find(ctx, t, f.number())
	if failure == nil && again.id != "" && again.id != found.id && again.permission == found.permission {
		if body, empty, failure = get(ctx, t, f.number(), again.id); failure == nil && !empty {
			return body, nil
		}
	}
	if failure != nil {
		return nil, failure
	}
	return nil, call.Unavailable("the service named a record and then gave nothing of it")
}

func (f *fetch) read(body []byte) *adapterv1.FetchResponse {
	in := f.input()
	in.IncludeSource = f.req.GetIncludeSource()
	in.Payloads = []fhir.Payload{{Body: body, Sections: f.supported(), FromDocument: true}}
	reading, err := fhir.Read(in)
	if err != nil {
		return f.failed(call.Malformed("the service's answer cannot be read"))
	}
	res := reading.Response
	if !carries(res.GetPatients(), f.number()) {
		return f.mismatched(res.GetPatients())
	}
	return f.finish(res)
}

func carries(patients []*adapterv1.MatchedPatient, number string) bool {
	for _, p := range patients {
		if p.GetNhsNumber() == number {
			return true
		}
	}
	return false
}

// failed is the answer when nothing came that could be used.
func (f *fetch) failed(failure *call.Failure) *adapterv1.FetchResponse {
	f.asked.Fail(f.supported(), failure)
	return f.without()
}

// mismatched is the answer when the record is not certainly about the patient: nothing of
// it, but whom it names.
func (f *fetch) mismatched(patients []*adapterv1.MatchedPatient) *adapterv1.FetchResponse {
	reason := lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
	for _, p := range patients {
		if reason = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER; p.GetNhsNumber() != "" {
			reason = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
			break
		}
	}
	f.asked.Settle(lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH, "the record is not certainly about this person")
	res := f.without()
	res.Patients = patients
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
			o.IdentityMismatchReason = reason
		}
	}
	return res
}

// without is an answer of outcomes only.
func (f *fetch) without() *adapterv1.FetchResponse {
	reading, err := fhir.Read(f.input())
	if err != nil { // there is nothing that could not be read
		return &adapterv1.FetchResponse{}
	}
	return f.finish(reading.Response)
}

func (f *fetch) input() fhir.Input {
	return fhir.Input{
		RegionID: f.definition.ID, Version: fhir.R4, Sections: f.req.GetSections(), NHSNumber: f.number(), Asked: f.asked,
		PagesFollowed: true, Courses: mapping.CourseRuleR4, Now: f.now(),
	}
}

// finish says how far the record lags, where something of it came, and takes back when it
// came where nothing did.
func (f *fetch) finish(res *adapterv1.FetchResponse) *adapterv1.FetchResponse {
	for _, o := range res.GetOutcomes() {
		switch o.GetStatus() {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
			lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD:
			o.RetrievedAt = nil
		default:
			o.SourceLag = f.definition.SourceLag
		}
	}
	return res
}
