package composite

import (
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	returned     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	asText       = lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	assertedNone = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	nothing      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
	notHeld      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	notSupported = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
	withheld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	refused      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	unavailable  = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	invalid      = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
)

// failures are the statuses of a system that did not give its part, with the gap that each
// leaves in what others gave. It is read only.
var failures = map[lhcrv1.OutcomeStatus]lhcrv1.GapKind{
	withheld:    lhcrv1.GapKind_GAP_KIND_WITHHELD,
	refused:     lhcrv1.GapKind_GAP_KIND_REFUSED,
	unavailable: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED,
	invalid:     lhcrv1.GapKind_GAP_KIND_MALFORMED,
}

// statusOf is the status of a section by what came of it from all systems (contract rule 2),
// before the rules of allergies:
//   - items are RETURNED, words alone RETURNED_AS_TEXT, whatever else failed: the gaps say it;
//   - without either, a failure of any system is the status, for the answer is not whole: what
//     is not understood before what did not come, what was refused, what is withheld;
//   - an assertion of none counts beside systems that hold nothing, and is an item beside
//     anything else;
//   - NOTHING_RECORDED, NOT_HELD and NOT_SUPPORTED only if nobody says more.
func statusOf(said []saying) lhcrv1.OutcomeStatus {
	has := func(status lhcrv1.OutcomeStatus) bool {
		return slices.ContainsFunc(said, func(s saying) bool { return s.outcome.GetStatus() == status })
	}
	items := has(returned) || slices.ContainsFunc(said, func(s saying) bool { return s.items && s.outcome.GetStatus() != assertedNone })
	failure := firstOf(has, invalid, unavailable, refused, withheld)
	switch {
	case items, has(assertedNone) && (has(asText) || failure != 0):
		return returned
	case failure != 0 && !has(asText):
		return failure
	}
	return firstOf(has, asText, assertedNone, nothing, notHeld, notSupported)
}

func firstOf(has func(lhcrv1.OutcomeStatus) bool, order ...lhcrv1.OutcomeStatus) lhcrv1.OutcomeStatus {
	for _, status := range order {
		if has(status) {
			return status
		}
	}
	return 0
}

// standsAlone says that nothing stands beside an assertion of none (contract rule 3).
func standsAlone(o *lhcrv1.SectionOutcome) bool {
	return len(o.GetWarnings())+len(o.GetGaps())+len(o.GetNarratives()) == 0 && !isPartial(o)
}

func isPartial(o *lhcrv1.SectionOutcome) bool {
	return len(o.GetGaps()) > 0 || o.GetTruncated() || o.GetCounts().GetUnresolved() > 0
}

// allergies applies the rules of their own: an assertion of none that another system
// contradicts is warned of (rule 3), and a partial list is INVALID however much came (rule 5).
func allergies(o *lhcrv1.SectionOutcome, said []saying) {
	asserted := slices.ContainsFunc(said, func(s saying) bool { return s.outcome.GetStatus() == assertedNone })
	if asserted && slices.ContainsFunc(said, func(s saying) bool { return s.allergy }) {
		o.Warnings = append(o.Warnings, &lhcrv1.Warning{
			Code: lhcrv1.WarningCode_WARNING_CODE_ASSERTION_CONTRADICTED,
			Text: "one of the region's systems asserts that no allergy is known, another has a recorded allergy",
		})
	}
	if isPartial(o) && (o.GetStatus() == returned || o.GetStatus() == asText) {
		o.Status, o.Message = invalid, "the allergy list is not whole: what is shown is not all of it"
	}
}

// item is any item of a record.
type item interface{ GetHeader() *lhcrv1.ItemHeader }

// countOf says whether a record has items of a section, and a live allergy among them.
func countOf(record *lhcrv1.Record, section lhcrv1.Section) (items, allergy bool) {
	record.ProtoReflect().Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		for i := range v.List().Len() {
			it, ok := v.List().Get(i).Message().Interface().(item)
			if !ok || it.GetHeader().GetSection() != section && !slices.Contains(it.GetHeader().GetAlsoUnder(), section) {
				continue
			}
			items = true
			allergy = allergy || isAllergy(it)
		}
		return true
	})
	return items, allergy
}

// isAllergy says that an item names an allergy, as far as nothing in it says otherwise. An item
// of another kind that stands under the allergies may do so too.
func isAllergy(it item) bool {
	if it.GetHeader().GetRetracted() || it.GetHeader().GetNegated() {
		return false
	}
	a, ok := it.(*lhcrv1.Allergy)
	return !ok || a.GetAbsence() == lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_UNSPECIFIED && a.GetEnded() == nil
}
