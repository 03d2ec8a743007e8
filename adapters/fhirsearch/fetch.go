package fhirsearch

import (
	"context"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Fetch gets the asked sections of one patient. What the region did not give is an outcome;
// the error is INVALID_ARGUMENT for a request that asks nothing or brings a foreign handle,
// and CANCELLED or DEADLINE_EXCEEDED when the caller's own context ended.
func (r *Region) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	number := req.GetPatient().GetNhsNumber()
	if number == "" || len(req.GetSections()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "name a patient and at least one section")
	}
	ids, err := r.handles.Open(number, req.GetHandle())
	if err != nil {
		return nil, err
	}
	f := r.newFetch(req)
	inner, cancel := r.deadline(ctx)
	defer cancel()
	res := f.run(inner, ids)
	if ctx.Err() != nil {
		return nil, transport.Failure(ctx, ctx.Err())
	}
	return res, nil
}

// deadline ends the searches at the region's own limit and, if sooner, a little before the caller's deadline.
func (r *Region) deadline(ctx context.Context) (context.Context, context.CancelFunc) {
	return call.Deadline(ctx, r.definition.Limits.FetchTimeout)
}

// fetch is one fetch under way.
type fetch struct {
	*Region
	req     *adapterv1.FetchRequest
	plan    plan
	asked   map[lhcrv1.Section]fhir.Asked
	unasked bool // the region was not asked anything, and need not be
	who     identity
	letters bool // documents are listed that nobody reads for their entries
}

func (r *Region) newFetch(req *adapterv1.FetchRequest) *fetch {
	p := r.plan(req.GetSections())
	return &fetch{Region: r, req: req, plan: p, asked: r.asked(req.GetSections(), p, req.GetWindow())}
}

func (f *fetch) number() string { return f.req.GetPatient().GetNhsNumber() }

func (f *fetch) run(ctx context.Context, ids []string) *adapterv1.FetchResponse {
	if f.plan.empty() {
		return f.without()
	}
	s, failure := f.client.open(f.req.GetCaller(), f.req.GetPatient())
	if failure != nil {
		f.unasked = isWithheld(failure)
		return f.failed(failure)
	}
	if f.byIdentifier() {
		return f.together(ctx, s)
	}
	return f.inTurn(ctx, s, ids)
}

func (f *fetch) byIdentifier() bool { return f.definition.FHIR.Patient == "identifier" }

// together asks everything at once by NHS number.
func (f *fetch) together(ctx context.Context, s *session) *adapterv1.FetchResponse {
	value := answer.NHSNumberSystem + "|" + f.number()
	jobs := []job{{search: f.plan.patient.search, name: "identifier", value: value}}
	for _, step := range f.plan.steps {
		jobs = append(jobs, job{search: step.search, name: "patient.identifier", value: value})
	}
	all := s.run(ctx, jobs)
	return f.settle(ctx, s, all[0], all[1:])
}

// inTurn finds the patient's records first, unless a handle already names them, and asks
// for each by its id.
func (f *fetch) inTurn(ctx context.Context, s *session, ids []string) *adapterv1.FetchResponse {
	if len(ids) > 0 {
		patient, others := f.byID(ctx, s, ids, true)
		if patient.failure != nil || patient.matches > 0 && f.stillAll(patient, ids) {
			return f.settle(ctx, s, patient, others)
		}
		// Of the records that the handle names some are gone or new: look for the patient anew.
	}
	patient := f.find(ctx, s, f.plan.patient.search, f.number())
	who, failure := f.identify(patient.pages, f.number(), f.client.now())
	if failure != nil || who.mismatch != 0 || len(who.ids) == 0 {
		return f.settle(ctx, s, patient, nil)
	}
	_, others := f.byID(ctx, s, who.ids, false)
	return f.settle(ctx, s, patient, others)
}

// stillAll says whether the records of a handle are still those of the person. Whom a
// record names instead, settling the answer tells.
func (f *fetch) stillAll(patient found, ids []string) bool {
	who, failure := f.identify(patient.pages, f.number(), f.client.now())
	if failure != nil || who.mismatch != 0 {
		return true
	}
	return len(who.ids) == len(ids) && !slices.ContainsFunc(ids, func(id string) bool { return !slices.Contains(who.ids, id) })
}

// byID makes the plan's searches for each record of the patient.
func (f *fetch) byID(ctx context.Context, s *session, ids []string, patientToo bool) (patient found, others []found) {
	var jobs []job
	for _, id := range ids {
		for _, step := range f.plan.steps {
			jobs = append(jobs, job{search: step.search, name: "patient", value: patientType + "/" + id})
		}
		if patientToo {
			jobs = append(jobs, s.byIDs(f.plan.patient.search, []string{id})...)
		}
	}
	others = make([]found, len(f.plan.steps))
	each := len(jobs) / len(ids)
	for i, came := range s.run(ctx, jobs) {
		if at := i % each; at < len(others) {
			others[at].add(came)
		} else {
			patient.add(came)
		}
	}
	return patient, others
}
