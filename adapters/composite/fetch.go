package composite

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Fetch asks each system for the sections that it gives, side by side, and makes one answer
// of theirs. A system that fails is an outcome or a gap of its sections.
func (r *region) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	if len(req.GetSections()) == 0 {
		return nil, status.Error(codes.InvalidArgument, "no section was asked for")
	}
	questions, err := r.questions(req)
	if err != nil {
		return nil, err
	}
	asked := make([]*system, len(questions))
	for i, q := range questions {
		asked[i] = q.system
	}
	answers := together(ctx, asked, func(s *system) time.Duration { return s.limit },
		func(ctx context.Context, s *system, i int) (*adapterv1.FetchResponse, error) {
			return s.Fetch(ctx, questions[i].request)
		})
	if ctx.Err() == context.Canceled {
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	for i, a := range answers {
		if a.err != nil && questions[i].staleHandle(a.err) {
			return nil, a.err
		}
		questions[i].take(a)
	}
	res := r.answer(req, questions)
	if len(req.GetHandle()) > 0 || !nobodyHolds(questions) {
		r.heldElsewhere(res)
	}
	return res, nil
}

// nobodyHolds says that every system that was asked does not know the patient.
func nobodyHolds(questions []*question) bool {
	return !slices.ContainsFunc(questions, func(q *question) bool {
		return q.err != nil || slices.ContainsFunc(q.res.GetOutcomes(), func(o *lhcrv1.SectionOutcome) bool {
			return o.GetStatus() != notHeld && o.GetStatus() != notSupported
		})
	})
}

// heldElsewhere words what a system said that does not know a patient whom another knows, or
// may know: NOT_HELD is for a patient whom the region as a whole does not know. A handle is
// given by nobody but a system that holds the patient.
func (r *region) heldElsewhere(res *adapterv1.FetchResponse) {
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() == notHeld {
			o.Status, o.Message = nothing, "the system of this region that would have it has no record of this person"
		}
	}
}

// question is what one system is asked, and what it answered.
type question struct {
	system  *system
	request *adapterv1.FetchRequest
	res     *adapterv1.FetchResponse // never nil once it was answered
	err     error
}

// questions are those of the systems that give any of the sections asked for.
func (r *region) questions(req *adapterv1.FetchRequest) ([]*question, error) {
	handles, err := unframe(req.GetHandle(), len(r.systems))
	if err != nil {
		return nil, err
	}
	var out []*question
	for i, s := range r.systems {
		own := proto.CloneOf(req)
		own.Handle = handles[i]
		own.Sections = slices.DeleteFunc(own.GetSections(), func(section lhcrv1.Section) bool {
			given, _ := s.Supports(section)
			return !given
		})
		if len(own.GetSections()) > 0 {
			out = append(out, &question{system: s, request: own})
		}
	}
	return out, nil
}

// staleHandle says that a system did not know its handle. The whole answer fails then, so that
// the caller locates anew.
func (q *question) staleHandle(err error) bool {
	if len(q.request.GetHandle()) == 0 {
		return false
	}
	code := status.Code(err)
	return code == codes.InvalidArgument || code == codes.NotFound
}

// take keeps an answer, with the ids of a further system's items made its own.
func (q *question) take(a answered[adapterv1.FetchResponse]) {
	q.res, q.err = a.res, a.err
	if q.err != nil || q.res == nil {
		q.res = &adapterv1.FetchResponse{}
	}
	if q.system.name != "" {
		rename(q.res.ProtoReflect(), func(id string) string { return ownID(q.system.name, id) })
	}
}

func (q *question) asks(section lhcrv1.Section) bool {
	return slices.Contains(q.request.GetSections(), section)
}

// outcome is what the system says of a section that it was asked for.
func (q *question) outcome(section lhcrv1.Section) *lhcrv1.SectionOutcome {
	if q.err != nil {
		return failed(section, q.err)
	}
	for _, o := range q.res.GetOutcomes() {
		if o.GetSection() == section {
			return o
		}
	}
	return failed(section, status.Error(codes.DataLoss, "the system said nothing of this section"))
}

// answer makes one of all.
func (r *region) answer(req *adapterv1.FetchRequest, questions []*question) *adapterv1.FetchResponse {
	out := &adapterv1.FetchResponse{Record: &lhcrv1.Record{}}
	for _, q := range questions {
		out.Patients = append(out.Patients, q.res.GetPatients()...)
	}
	stranger := strangerAmong(req.GetPatient(), questions)
	for i, section := range req.GetSections() {
		if !slices.Contains(req.GetSections()[:i], section) {
			out.Outcomes = append(out.Outcomes, r.outcome(section, questions, stranger))
		}
	}
	if stranger == nil {
		deliver(out, questions)
	}
	return out
}

// outcome is that of one section.
func (r *region) outcome(section lhcrv1.Section, questions []*question, stranger *lhcrv1.SectionOutcome) *lhcrv1.SectionOutcome {
	var said []saying
	for _, q := range questions {
		if q.asks(section) {
			said = append(said, q.saying(section))
		}
	}
	out := &lhcrv1.SectionOutcome{}
	switch {
	case len(said) == 0:
		out.Status, out.Message = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, r.whyNot(section)
	case stranger != nil:
		out = proto.CloneOf(stranger)
	default:
		out = unite(section, said)
	}
	out.RegionId, out.Section = r.id(), section
	return out
}

func (r *region) whyNot(section lhcrv1.Section) string {
	for _, s := range r.about.GetRegion().GetSections() {
		if s.GetSection() == section {
			return s.GetReason()
		}
	}
	return "the region's definition does not name this section"
}

// deliver puts together what came beside the outcomes.
func deliver(out *adapterv1.FetchResponse, questions []*question) {
	for _, q := range questions {
		if q.res.GetRecord() != nil {
			proto.Merge(out.GetRecord(), q.res.GetRecord())
		}
		out.Links = append(out.Links, q.res.GetLinks()...)
		out.Sources = append(out.Sources, q.res.GetSources()...)
		out.Reported = append(out.Reported, q.res.GetReported()...)
	}
}
