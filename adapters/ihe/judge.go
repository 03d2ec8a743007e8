package ihe

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/ihe/hl7v3"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// judge tells which of the persons of an index's answer is the one asked for: who carries the
// number or, where the index gives ids of one domain only (PIX), who carries none in an answer
// that repeats that it is about that number.
type judge struct {
	ihe    *definition.IHE
	asked  *lhcrv1.PatientQuery
	echoed bool
	// missing counts matches that did not come, or cannot be used.
	missing int
	out     identity
}

// echoes says that an answer repeats the question for this number, and for no other.
func echoes(asked []xds.ID, number string) bool {
	if len(asked) == 0 {
		return false
	}
	return !slices.ContainsFunc(asked, func(id xds.ID) bool { return id.Value != number || !id.IsNHSNumber() })
}

func (j *judge) person(p hl7v3.Person) {
	number, born := j.numberOf(p), dayOf(p.Born)
	switch {
	case slices.ContainsFunc(p.Replaced, func(id xds.ID) bool { return id.Number() == j.asked.GetNhsNumber() }):
		j.out.mismatch, j.out.superseded = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED, number
		j.stranger(number, born)
	case number != j.asked.GetNhsNumber():
		j.stranger(number, born)
	case differs(born, j.asked.GetDateOfBirth()):
		j.out.mismatch = lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_DATE_OF_BIRTH
		j.stranger(number, born)
	case differs(born, j.out.born): // one number, two persons: the first stands, and the answer is not whole
		j.stranger(number, born)
	default:
		j.out.number = number
		j.out.born = longer(j.out.born, born)
		j.records(p)
	}
}

// numberOf is the person's NHS number: of several the one asked for.
func (j *judge) numberOf(p hl7v3.Person) string {
	own := p.Under(definition.NHSNumberOID)
	asked := j.asked.GetNhsNumber()
	switch {
	case slices.ContainsFunc(own, func(id xds.ID) bool { return id.Value == asked }):
		return asked
	case len(own) > 0:
		return own[0].Value
	case j.ihe.Patient == definition.PatientPIX && j.echoed:
		return asked
	}
	return ""
}

func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

// records keeps the ids by which the registry knows the person.
func (j *judge) records(p hl7v3.Person) {
	for _, id := range p.Under(j.ihe.AssigningAuthority) {
		r := record{id: id, home: j.ihe.HomeCommunity}
		if p.Home != "" && r.home != "" {
			r.home = p.Home
		}
		if !slices.Contains(j.out.records, r) {
			j.out.records = append(j.out.records, r)
		}
	}
}

func (j *judge) stranger(number, born string) {
	j.out.others = append(j.out.others, &adapterv1.MatchedPatient{NhsNumber: number, BirthDate: contract.When(model.When(born))})
}

// verdict is what the persons come to. A match beside strangers stands, and the strangers are
// a gap; strangers alone are a mismatch.
func (j *judge) verdict() identity {
	out := j.out
	switch {
	case out.known():
		out.mismatch, out.superseded = 0, ""
	case out.mismatch == 0:
		out.mismatch = reasonOf(out.others)
	}
	left := max(0, len(out.records)-maxRecords)
	out.records = out.records[:len(out.records)-left]
	left += j.missing
	if out.known() {
		left += len(out.others)
		out.others = nil
	}
	if left > 0 && out.known() {
		out.left = &lhcrv1.Gap{
			Kind: lhcrv1.GapKind_GAP_KIND_LINKED_RECORD, Count: uint32(left),
			Message: "the region's patient index has further records, which are not asked for",
		}
	}
	return out
}

// reasonOf says why strangers are none of whom was asked for.
func reasonOf(strangers []*adapterv1.MatchedPatient) lhcrv1.IdentityMismatchReason {
	if slices.ContainsFunc(strangers, func(p *adapterv1.MatchedPatient) bool { return p.GetNhsNumber() != "" }) {
		return lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_DIFFERENT_NHS_NUMBER
	}
	return lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_NO_NHS_NUMBER
}
