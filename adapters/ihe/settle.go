package ihe

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// sorted is a listing by whose documents it lists.
type sorted struct {
	owners []owner // by the entries' places
	mine   int
	others []*xds.Entry
	born   int // of the others, those of another date of birth only
}

func (f *fetch) sort(who identity, l listing) sorted {
	var out sorted
	for _, e := range l.entries {
		o := who.ownerOf(e, f.req.GetPatient())
		out.owners = append(out.owners, o)
		switch o {
		case ownerBorn:
			out.born++
			out.others = append(out.others, e)
		case ownerOther:
			out.others = append(out.others, e)
		default:
			out.mine++
		}
	}
	return out
}

// settle makes the answer of what the registry lists, if it is certainly about the patient.
func (f *fetch) settle(ctx context.Context, s *session, who identity, l listing) *adapterv1.FetchResponse {
	by := f.sort(who, l)
	who = f.shown(who, l, by)
	switch {
	case by.mine == 0 && len(by.others) > 0:
		return f.mismatched(f.strange(who, by))
	case len(l.entries) == 0 && len(l.failures) > 0:
		return f.warned(f.failed(l.failures...), l.warnings)
	case len(l.entries) == 0 && (l.unknown || !who.known()):
		return f.warned(f.nobody(), l.warnings)
	}
	for _, failure := range l.failures {
		f.asked.Lose(f.supported(), failure.Gap())
	}
	if l.cut {
		f.asked.Truncate(f.supported())
	}
	if who.left != nil {
		f.asked.Lose(f.supported(), who.left)
	}
	return f.read(ctx, s, who, l, by)
}

// shown is the patient as the entries show: a date of birth that an index did not give and,
// where the NHS number is the id of the domain, that the region knows the person at all.
func (f *fetch) shown(who identity, l listing, by sorted) identity {
	for i, e := range l.entries {
		if by.owners[i] != ownerPatient {
			continue
		}
		if f.definition.IHE.Patient == definition.PatientNumber {
			who.number = f.req.GetPatient().GetNhsNumber()
		}
		who.born = longer(who.born, dayOf(e.SourceBirth))
	}
	return who
}

// strange says why an answer that lists other people's documents only is none.
func (f *fetch) strange(who identity, by sorted) identity {
	who.others = append(who.others, strangers(by.others)...)
	who.mismatch = reasonOf(who.others)
	if by.born == len(by.others) {
		who.mismatch = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH
	}
	return who
}

func (f *fetch) read(ctx context.Context, s *session, who identity, l listing, by sorted) *adapterv1.FetchResponse {
	bundle := (&xds.Response{Entries: l.entries, Relations: l.relations, Other: l.other}).Bundle(func(i int) *model.Reference {
		return subject(by.owners[i].subjectName())
	})
	list := referencesOf(bundle)
	patient := model.BundleEntry{Resource: model.Contained{Resource: who.patient()}}
	bundle.Entry = append([]model.BundleEntry{patient}, bundle.Entry...)
	coded := f.coded(ctx, s, mine(list, l.entries, by))
	f.strangersMissing(by)
	in := f.input()
	in.IncludeSource = f.req.GetIncludeSource()
	in.Payloads = append([]fhir.Payload{xds.Read(bundle)}, coded...)
	reading, err := fhir.Read(in)
	if err != nil {
		return f.failed(call.Malformed("the region's answer cannot be read"))
	}
	res := f.finish(reading.Response)
	res.Patients = who.patients()
	f.remark(res, l, mine(list, l.entries, by))
	return res
}

// referencesOf are the documents of a bundle, in the order of their entries.
func referencesOf(b *model.Bundle) []*model.DocumentReference {
	var out []*model.DocumentReference
	for i := range b.Entry {
		if d, ok := b.Entry[i].Resource.Resource.(*model.DocumentReference); ok {
			out = append(out, d)
		}
	}
	return out
}

// listed is a document of the patient with its entry.
type listed struct {
	reference *model.DocumentReference
	entry     *xds.Entry
}

func mine(list []*model.DocumentReference, entries []*xds.Entry, by sorted) []listed {
	var out []listed
	for i, d := range list {
		if by.owners[i] == ownerPatient || by.owners[i] == ownerUnsaid {
			out = append(out, listed{reference: d, entry: entries[i]})
		}
	}
	return out
}

// strangersMissing makes a gap of other people's documents for the sections that are read from
// documents. For the list of documents, the reader does.
func (f *fetch) strangersMissing(by sorted) {
	if n := len(by.others); n > 0 {
		f.asked.Lose(f.definition.ReadFromDocuments(f.supported()), &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, Count: uint32(n), Message: "documents about another person are listed and are not read",
		})
	}
}

// input is what the reader needs to know of the region and the question.
func (f *fetch) input() fhir.Input {
	return fhir.Input{
		RegionID: f.definition.ID, Version: fhir.R4, Sections: f.req.GetSections(), NHSNumber: f.req.GetPatient().GetNhsNumber(),
		PagesFollowed: true, Courses: mapping.CourseRuleR4, Now: f.client.now(), Asked: f.asked,
	}
}

// failed is the answer when nothing came that could be used.
func (f *fetch) failed(failures ...*call.Failure) *adapterv1.FetchResponse {
	for _, failure := range failures {
		f.asked.Fail(f.supported(), failure)
	}
	return f.without()
}

// nobody is the answer when the region knows no such patient.
func (f *fetch) nobody() *adapterv1.FetchResponse {
	f.asked.Settle(lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD, "no record available")
	return f.without()
}

// mismatched is the answer when what came is not certainly about the patient: nothing of it,
// but who came.
func (f *fetch) mismatched(who identity) *adapterv1.FetchResponse {
	f.asked.Settle(lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH, "the region's answer is not certainly about this person")
	res := f.without()
	res.Patients = who.patients()
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
			o.IdentityMismatchReason, o.SupersededBy = who.mismatch, who.superseded
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

// finish says how far the region lags, where something of it came, and takes back when it came
// where nothing did.
func (f *fetch) finish(res *adapterv1.FetchResponse) *adapterv1.FetchResponse {
	for _, o := range res.GetOutcomes() {
		switch o.GetStatus() {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
			lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:
			o.RetrievedAt = nil
		default:
			o.SourceLag = f.definition.SourceLag
		}
	}
	return res
}
