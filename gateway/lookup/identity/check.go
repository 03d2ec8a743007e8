package identity

import lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"

// The reasons by their short names.
const (
	match           = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_UNSPECIFIED
	differentNumber = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
	differentBirth  = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH
	noPatient       = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_PATIENT
	superseded      = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED
	noNumber        = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER
)

// urgency orders the reasons: the first that any patient of the answer gives is told.
var urgency = [...]lhcrv1.IdentityMismatchReason{superseded, differentNumber, noNumber, differentBirth}

// Verdict says whether an answer is about the person asked for.
type Verdict struct {
	// Reason is why it is not. UNSPECIFIED when it is.
	Reason lhcrv1.IdentityMismatchReason
	// Replacement is the number that replaced the one asked for. Set with SUPERSEDED
	// only, and empty there when the region did not name it.
	Replacement string
	// LeftOut counts records that the region links to the person though they carry
	// another number. Nothing of them is taken, so each is a gap.
	LeftOut uint32
}

// Mismatch says whether nothing of the answer may be delivered.
func (v Verdict) Mismatch() bool { return v.Reason != match }

// Check judges the patients of an answer that speaks of the person. At least one
// must carry the number asked for; every other must carry it too, or carry none
// and be linked by the region itself. Dates of birth are compared at the coarser
// precision when both are known.
func (a Asked) Check(people []Person) Verdict {
	var v Verdict
	var found reasons
	matched := false
	for _, p := range people {
		if p.Linked && p.Number != "" && p.Number != a.number {
			v.LeftOut++
			continue
		}
		reason := a.judge(p)
		found.add(reason)
		matched = matched || reason == match && p.Number == a.number
		if reason == superseded && len(p.Replacement) == 10 && digits(p.Replacement) {
			v.Replacement = p.Replacement
		}
	}
	v.Reason = found.first()
	if v.Reason == match && !matched {
		v.Reason = a.withoutMatch(people, v.LeftOut)
	}
	return v
}

// judge compares one patient. A replacement is told only of the very number asked
// for, and not to who has its date of birth wrong: it is somebody's number. A record that was merged into one
// of the same number is not superseded in this sense.
func (a Asked) judge(p Person) lhcrv1.IdentityMismatchReason {
	switch {
	case p.Number == "" && !p.Linked:
		return noNumber
	case p.Number != "" && p.Number != a.number:
		return differentNumber
	case p.Born.Differs(a.born):
		return differentBirth
	case p.Number == a.number && p.Superseded && p.Replacement != a.number:
		return superseded
	}
	return match
}

func (a Asked) withoutMatch(people []Person, leftOut uint32) lhcrv1.IdentityMismatchReason {
	switch {
	case len(people) == 0:
		return noPatient
	case leftOut > 0:
		return differentNumber
	}
	return noNumber
}

// reasons is a set of reasons.
type reasons uint32

func (r *reasons) add(reason lhcrv1.IdentityMismatchReason) { *r |= 1 << reason }

func (r reasons) first() lhcrv1.IdentityMismatchReason {
	for _, reason := range urgency {
		if r&(1<<reason) != 0 {
			return reason
		}
	}
	return match
}
