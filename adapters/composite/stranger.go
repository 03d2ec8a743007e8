package composite

import (
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// strangerAmong is the outcome of all sections if a system answered about somebody else, or
// about nobody in particular; nil if none did (contract rule 7). Each system must vouch for
// its own answer: that another one names the right patient says nothing of this one.
func strangerAmong(patient *lhcrv1.PatientQuery, questions []*question) *lhcrv1.SectionOutcome {
	for _, q := range questions {
		if claimed := q.claimed(); claimed != nil {
			return claimed
		}
	}
	for _, q := range questions {
		if reason := q.stranger(digits(patient.GetNhsNumber())); reason != 0 {
			return &lhcrv1.SectionOutcome{
				Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH, IdentityMismatchReason: reason,
				Message: "one of the region's systems did not answer about this patient: nothing of the region is shown",
			}
		}
	}
	return nil
}

// claimed is a mismatch that the system itself noticed, without anything of one section.
func (q *question) claimed() *lhcrv1.SectionOutcome {
	for _, o := range q.res.GetOutcomes() {
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
			return &lhcrv1.SectionOutcome{
				Status: o.GetStatus(), IdentityMismatchReason: o.GetIdentityMismatchReason(), SupersededBy: o.GetSupersededBy(),
				Message: about{name: q.system.name}.label(": ", o.GetMessage()), RetrievedAt: o.GetRetrievedAt(),
			}
		}
	}
	return nil
}

// stranger is why an answer that tells something is not certainly about the person. An answer
// that says only that nothing is recorded may leave the patient unnamed if the handle did.
func (q *question) stranger(number string) lhcrv1.IdentityMismatchReason {
	told := q.tells()
	people := q.res.GetPatients()
	switch {
	case told == silence, told == emptiness && len(people) == 0 && len(q.request.GetHandle()) > 0:
		return 0
	case len(people) == 0:
		return lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
	}
	return nobodyOf(number, people)
}

// nobodyOf is why none of the people is the one with this number.
func nobodyOf(number string, people []*adapterv1.MatchedPatient) lhcrv1.IdentityMismatchReason {
	reason := lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER
	for _, p := range people {
		switch digits(p.GetNhsNumber()) {
		case number:
			return 0
		case "":
		default:
			reason = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
		}
	}
	return reason
}

func digits(number string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
}

// tale is how much an answer tells of a person.
type tale int

const (
	silence   tale = iota // only why nothing came
	emptiness             // that nothing is recorded, and no more
	content               // items, words or assertions
)

func (q *question) tells() tale {
	if len(q.res.GetSources()) > 0 || hasItems(q.res.GetRecord()) {
		return content
	}
	told := silence
	for _, o := range q.res.GetOutcomes() {
		told = max(told, outcomeTells(o))
	}
	return told
}

func outcomeTells(o *lhcrv1.SectionOutcome) tale {
	if len(o.GetNarratives())+len(o.GetNotes()) > 0 || o.GetCounts().GetListed() > 0 {
		return content
	}
	switch o.GetStatus() {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE:
		return content
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED:
		return emptiness
	}
	return silence
}

func hasItems(record *lhcrv1.Record) bool {
	found := false
	record.ProtoReflect().Range(func(protoreflect.FieldDescriptor, protoreflect.Value) bool {
		found = true
		return false
	})
	return found
}
