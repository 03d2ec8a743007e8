package fhirsearch

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// settle makes the answer of what was found, if it is certainly about the patient.
func (f *fetch) settle(ctx context.Context, s *session, patient found, others []found) *adapterv1.FetchResponse {
	if patient.failure != nil && len(patient.pages) == 0 {
		return f.failed(patient.failure)
	}
	who, failure := f.identify(patient.pages, f.number(), f.client.now())
	f.who = who
	switch {
	case failure != nil:
		return f.failed(failure)
	case who.mismatch != 0:
		return f.mismatched(who)
	case len(who.patients) == 0:
		return f.nobody(patient, others, who)
	}
	f.lose(f.supported(), who.left...)
	f.note(f.patientSections(), patient)
	for i, other := range others {
		f.note(f.plan.steps[i].sections, other)
	}
	return f.read(patient, others, f.coded(ctx, s, patient, others))
}

// patientSections are those that cannot be whole without the whole answer about the patient:
// where the records are found through it, all. Never empty, which would stand for every section.
func (f *fetch) patientSections() []lhcrv1.Section {
	if f.byIdentifier() {
		if len(f.plan.patient.sections) == 0 {
			return []lhcrv1.Section{lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS}
		}
		return f.plan.patient.sections
	}
	return f.supported()
}

// supported are the sections asked for that the region gives.
func (f *fetch) supported() []lhcrv1.Section {
	return slices.DeleteFunc(slices.Clone(f.req.GetSections()), func(s lhcrv1.Section) bool {
		return !f.definition.Gives(s)
	})
}

// note keeps what a search left out, for the sections that need it.
func (f *fetch) note(sections []lhcrv1.Section, came found) {
	if came.failure == nil {
		return
	}
	for _, s := range sections {
		a, ok := f.asked[s]
		if !ok {
			continue
		}
		if a.Failure == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED {
			a.Failure, a.Message = came.failure.Status, came.failure.Message
		}
		a.Gaps = append(a.Gaps, came.failure.Gap())
		a.RetryAfter = max(a.RetryAfter, came.failure.RetryAfter)
		a.Truncated = a.Truncated || came.cut
		f.asked[s] = a
	}
}

// lose adds gaps to sections asked for.
func (f *fetch) lose(sections []lhcrv1.Section, gaps ...*lhcrv1.Gap) {
	for _, s := range sections {
		a := f.asked[s]
		a.Gaps = append(a.Gaps, gaps...)
		f.asked[s] = a
	}
}

func (f *fetch) read(patient found, others []found, coded []fhir.Payload) *adapterv1.FetchResponse {
	in := f.input(f.number(), f.req.GetSections())
	in.Asked, in.IncludeSource = f.asked, f.req.GetIncludeSource()
	in.Payloads = payloads(patient.pages, f.patientSections())
	for i, other := range others {
		in.Payloads = append(in.Payloads, payloads(other.pages, f.plan.steps[i].sections)...)
	}
	in.Payloads = append(f.who.withoutStrangers(in.Payloads), coded...)
	reading, err := fhir.Read(in)
	if err != nil {
		return f.failed(malformed("the region's answer cannot be read"))
	}
	reading.Response.Patients = f.who.people(reading.Response.GetPatients())
	if f.letters {
		documents.NoteLetters(reading.Response.GetOutcomes(), f.definition.ReadFromDocuments(f.supported()))
	}
	return f.combined(f.finish(reading.Response))
}

// failed is the answer when nothing came that could be used.
func (f *fetch) failed(failure *Failure) *adapterv1.FetchResponse {
	f.note(f.supported(), found{failure: failure})
	return f.without()
}

// nobody is the answer when no patient came: the region knows none of this number, or
// providers failed who might, or items came without the patient whom they are about.
func (f *fetch) nobody(patient found, others []found, who identity) *adapterv1.FetchResponse {
	for _, other := range others {
		if other.matches > 0 {
			who.mismatch = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
			return f.mismatched(who)
		}
	}
	f.note(f.supported(), patient)
	f.lose(f.supported(), who.gaps...)
	state := lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	message := "the region could not say whether it has a record"
	if patient.failure == nil && len(who.gaps) == 0 {
		state, message = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, "no record available"
	}
	f.all(state, message)
	return f.without()
}

// mismatched is the answer when what came is not certainly about the patient: nothing of
// it, but who came.
func (f *fetch) mismatched(who identity) *adapterv1.FetchResponse {
	f.all(lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH, "the region's answer is not certainly about this person")
	res := f.without()
	res.Patients = who.patients
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
			o.IdentityMismatchReason, o.SupersededBy = who.mismatch, who.superseded
		}
	}
	return res
}

// all gives every section that the region supports a status, unless a failure gave it one.
func (f *fetch) all(state lhcrv1.OutcomeStatus, message string) {
	for s, a := range f.asked {
		a.Failure = cmp.Or(a.Failure, state)
		a.Message = cmp.Or(a.Message, message)
		f.asked[s] = a
	}
}

// without is an answer of outcomes only.
func (f *fetch) without() *adapterv1.FetchResponse {
	in := f.input(f.number(), f.req.GetSections())
	in.Asked = f.asked
	reading, err := fhir.Read(in)
	if err != nil { // there is nothing that could not be read
		return &adapterv1.FetchResponse{}
	}
	return f.finish(reading.Response)
}

// finish says how far the region lags, where something of it came, and takes back when it
// came where nothing did.
func (f *fetch) finish(res *adapterv1.FetchResponse) *adapterv1.FetchResponse {
	for _, o := range res.GetOutcomes() {
		switch o.GetStatus() {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
			lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:
			o.RetrievedAt = nil
		default:
			o.SourceLag = f.definition.SourceLag
		}
		if f.unasked {
			o.RetrievedAt, o.Applied, o.SourceLag = nil, nil, ""
		}
	}
	return res
}

// combined says that several records of the person were put together, where the region's
// word for it is all that ties them.
func (f *fetch) combined(res *adapterv1.FetchResponse) *adapterv1.FetchResponse {
	n := len(f.who.ids)
	if f.who.kin == nil || n < 2 || f.byIdentifier() {
		return res
	}
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED {
			o.Notes = append(o.Notes, &lhcrv1.Note{
				Text: fmt.Sprintf("The region holds %d records that it links as one person's: all were asked and are shown together.", n),
			})
		}
	}
	return res
}
