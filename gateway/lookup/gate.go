package lookup

import (
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// gate says whether an answer is about the person asked for (contract rule 7).
//
// An answer that tells anything of the person must name the patient it tells it of.
// That nothing is recorded tells something too: read of the wrong patient it would
// reassure falsely. There, and only there, the patient whom Locate found in the same
// lookup will do, because an empty answer carries nothing else. Answers that tell
// only why nothing came (refused, unavailable, not held …) need no patient, but one
// that they do name is still compared.
func gate(asked identity.Asked, located []identity.Person, res *adapterv1.FetchResponse) (identity.Verdict, []identity.Person) {
	if claimed := claimedMismatch(res.GetOutcomes()); claimed != nil {
		return *claimed, nil
	}
	people := identity.People(res.GetPatients())
	if len(people) > 0 {
		return asked.Check(people), people
	}
	switch telling(res) {
	case silence:
		return identity.Verdict{}, nil
	case emptiness:
		people = located
	}
	return asked.Check(people), people
}

// tale is how much an answer tells of a person.
type tale int

const (
	silence   tale = iota // only why nothing came
	emptiness             // that nothing is recorded, and no more
	content               // items, words or assertions
)

func telling(res *adapterv1.FetchResponse) tale {
	if part.HasItems(res.GetRecord()) || len(res.GetSources()) > 0 {
		return content
	}
	told := silence
	for _, o := range res.GetOutcomes() {
		told = max(told, tells(o))
	}
	return told
}

func tells(o *lhcrv1.SectionOutcome) tale {
	if len(o.GetNarratives()) > 0 || len(o.GetNotes()) > 0 || o.GetCounts().GetListed() > 0 {
		return content
	}
	switch o.GetStatus() {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT,
		lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE:
		return content
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED:
		return emptiness
	}
	return silence
}

// claimedMismatch is the mismatch that the adapter itself noticed. One section of
// somebody else is reason enough to take none.
func claimedMismatch(outcomes []*lhcrv1.SectionOutcome) *identity.Verdict {
	for _, o := range outcomes {
		if o.GetStatus() != lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH {
			continue
		}
		v := identity.Verdict{Reason: o.GetIdentityMismatchReason()}
		if !v.Mismatch() {
			v.Reason = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
		}
		if v.Reason == lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED {
			v.Replacement = o.GetSupersededBy()
		}
		return &v
	}
	return nil
}

// mismatchWords tells a user what each reason means.
var mismatchWords = map[lhcrv1.IdentityMismatchReason]string{
	lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER:    "the region answered about another NHS number: nothing of it is shown",
	lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH: "the region has another date of birth for this NHS number: check both with the patient; nothing of it is shown",
	lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT:              "the region's answer did not say whom it is about: nothing of it is shown",
	lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED:              "this NHS number was replaced by another: trace the patient and ask again with the number in use",
	lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER:           "the region answered about a patient without an NHS number: nothing of it is shown",
}

// mismatchOutcome is the outcome of one section of an answer about somebody else.
func mismatchOutcome(region string, section lhcrv1.Section, v identity.Verdict) *lhcrv1.SectionOutcome {
	return &lhcrv1.SectionOutcome{
		RegionId: region, Section: section, Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH,
		IdentityMismatchReason: v.Reason, SupersededBy: v.Replacement, Message: mismatchWords[v.Reason],
	}
}
