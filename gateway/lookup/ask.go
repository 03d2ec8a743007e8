package lookup

import (
	"bytes"
	"context"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// reply is what a region answered to a Fetch.
type reply struct {
	res *adapterv1.FetchResponse
	err error
}

// guarded answers even where the work on an answer panics. The panic's value may
// hold anything of a patient: it goes nowhere.
func (f *flight) guarded(ctx context.Context) (parts []*part.Part) {
	defer func() {
		if recover() != nil {
			err := status.Error(codes.DataLoss, "the gateway failed over the region's answer")
			f.attempts.end(err)
			parts = f.withoutAnswer(err)
		}
	}()
	return f.answer(ctx)
}

// answer locates, fetches, checks whose answer it is, encodes and keeps it.
//
// With a location that was kept it fetches at once. Where the reply could come of a
// handle that is not good any more, it locates anew and, if the region now holds the
// person elsewhere, fetches anew, all within the same time.
func (f *flight) answer(ctx context.Context) []*part.Part {
	var first *reply
	if f.located != nil {
		r := f.fetch(ctx, f.located.Handle)
		if !f.stale(r) {
			return f.settle(r, location{})
		}
		first = &r
	}
	found := f.region.locate(ctx, &f.attempts, f.lookup.opts.Now, func() *adapterv1.LocateRequest {
		return &adapterv1.LocateRequest{Caller: f.callerFor(), Patient: f.patient()}
	})
	verdict := found.verdictOf(f.asked)
	switch {
	case found.err != nil:
		return f.withoutAnswer(found.err)
	case verdict.Mismatch():
		return f.mismatched(verdict)
	case found.notHeld:
		parts := f.notHeld()
		f.keep(parts, found)
		return parts
	case first != nil && found.told && bytes.Equal(found.handle, f.located.Handle):
		return f.settle(*first, found)
	}
	return f.settle(f.fetch(ctx, found.handle), found)
}

func (f *flight) fetch(ctx context.Context, handle []byte) reply {
	res, err := f.region.Fetch(f.attempts.start(ctx, MethodFetch), &adapterv1.FetchRequest{
		Caller: f.callerFor(), Patient: f.patient(), Sections: slices.Clone(f.wanted), Handle: slices.Clone(handle),
		Window: proto.CloneOf(f.request.GetWindow()), IncludeSource: f.request.GetIncludeSource(),
	})
	if err != nil {
		f.attempts.end(err)
	}
	return reply{res, err}
}

// stale says whether a reply could come of a handle that was kept for too long. So
// could an answer that names nobody: the patient whom Locate found earlier does not
// vouch for it, for a record may have been merged into another since.
func (f *flight) stale(r reply) bool {
	if r.err != nil {
		return staleHandle(r.err)
	}
	if verdict, _ := gate(f.asked, nil, r.res); verdict.Mismatch() {
		f.attempts.answered(codes.OK, nil)
		return true
	}
	if slices.ContainsFunc(r.res.GetOutcomes(), func(o *lhcrv1.SectionOutcome) bool { return o.GetStatus() != notHeld }) {
		return false
	}
	f.attempts.answered(codes.OK, nil)
	return true
}

func staleHandle(err error) bool {
	switch status.Code(err) {
	case codes.NotFound, codes.InvalidArgument, codes.FailedPrecondition, codes.DataLoss:
		return true
	}
	return false
}

// settle makes parts of a reply, and keeps what may be kept.
func (f *flight) settle(r reply, found location) []*part.Part {
	if r.err != nil {
		if !staleHandle(r.err) {
			f.keep(nil, found)
		}
		return f.withoutAnswer(r.err)
	}
	verdict, people := gate(f.asked, found.people, r.res)
	if verdict.Mismatch() {
		f.attempts.answered(codes.OK, map[lhcrv1.OutcomeStatus]int{lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH: len(f.wanted)})
		return f.mismatched(verdict)
	}
	parts := part.Encode(part.Answer{
		Region: f.region.id, Sections: f.wanted, Response: r.res, People: people,
		LinkedLeftOut: verdict.LeftOut, Lag: f.region.lag, Retrieved: f.lookup.opts.Now(),
	})
	f.attempts.answered(meaning(parts), statusesOf(parts))
	f.keep(parts, found)
	return parts
}

// each is an answer with one outcome for every section asked for, and no items.
func (f *flight) each(outcome func(lhcrv1.Section) *lhcrv1.SectionOutcome) []*part.Part {
	parts := make([]*part.Part, 0, len(f.wanted))
	for _, section := range f.wanted {
		parts = append(parts, part.OfOutcome(outcome(section)))
	}
	return parts
}

// withoutAnswer is what a failed call to the region means for its sections.
func (f *flight) withoutAnswer(err error) []*part.Part {
	return f.each(func(s lhcrv1.Section) *lhcrv1.SectionOutcome { return failedOutcome(f.region.id, s, err) })
}

func (f *flight) mismatched(v identity.Verdict) []*part.Part {
	parts := f.each(func(s lhcrv1.Section) *lhcrv1.SectionOutcome { return mismatchOutcome(f.region.id, s, v) })
	f.keep(parts, location{})
	return parts
}

func (f *flight) notHeld() []*part.Part {
	at := timestamppb.New(f.lookup.opts.Now())
	return f.each(func(s lhcrv1.Section) *lhcrv1.SectionOutcome {
		o := f.region.notHeldOutcome(s)
		o.RetrievedAt = at
		return o
	})
}

func (f *flight) callerFor() *adapterv1.Caller {
	return callerFor(f.region.id, f.caller, f.request.GetAccess())
}

// patient is a copy: no adapter can change whom the next one is asked about.
func (f *flight) patient() *lhcrv1.PatientQuery { return proto.CloneOf(f.request.GetPatient()) }
