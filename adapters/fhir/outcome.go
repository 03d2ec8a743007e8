package fhir

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// outcomes makes one outcome for every section asked for.
func (r *reader) outcomes(t tally) []*lhcrv1.SectionOutcome {
	out := make([]*lhcrv1.SectionOutcome, 0, len(r.sections))
	for _, s := range r.sections {
		out = append(out, r.outcome(s, t.of(s)))
	}
	return out
}

func (r *reader) outcome(s lhcrv1.Section, t *sectionTally) *lhcrv1.SectionOutcome {
	asked := r.asked[s]
	o := &lhcrv1.SectionOutcome{
		RegionId: r.in.RegionID, Section: s, Message: asked.Message, Gaps: asked.Gaps,
		Truncated: asked.Truncated, Applied: asked.Applied, Narratives: r.mapped.Narratives[s],
	}
	if !r.in.Now.IsZero() {
		o.RetrievedAt = timestamppb.New(r.in.Now)
	}
	if asked.RetryAfter > 0 {
		o.RetryAfter = durationpb.New(asked.RetryAfter)
	}
	r.lists(o, s, t)
	r.cameDespite(o, t)
	o.Warnings = append(o.Warnings, r.impairments(s)...)
	o.Warnings = append(o.Warnings, r.unread(o)...)
	if s == lhcrv1.Section_SECTION_ALLERGIES {
		r.allergyStatus(o, t)
		return o
	}
	o.Status = r.status(o, t)
	return o
}

// cameDespite makes a gap of a failure to answer a section of which something came all
// the same, by way of another's search: that something must not look whole.
func (r *reader) cameDespite(o *lhcrv1.SectionOutcome, t *sectionTally) {
	if t.items == 0 && len(o.GetNarratives()) == 0 || len(o.GetGaps()) > 0 {
		return
	}
	if kind, failed := failureKinds[r.asked[o.GetSection()].Failure]; failed {
		o.Gaps = []*lhcrv1.Gap{{Kind: kind, Message: cmp.Or(o.GetMessage(), "a part of the answer is missing")}}
	}
}

// failureKinds is read only. NOT_HELD and NOT_SUPPORTED leave no gap.
var failureKinds = map[lhcrv1.OutcomeStatus]lhcrv1.GapKind{
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:     lhcrv1.GapKind_GAP_KIND_REFUSED,
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD:    lhcrv1.GapKind_GAP_KIND_WITHHELD,
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED,
	lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:     lhcrv1.GapKind_GAP_KIND_MALFORMED,
}

// status is what became of a section (contract rule 2).
func (r *reader) status(o *lhcrv1.SectionOutcome, t *sectionTally) lhcrv1.OutcomeStatus {
	failure := r.asked[o.GetSection()].Failure
	switch {
	case t.items > 0:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED
	case len(o.GetNarratives()) > 0:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT
	case failure != lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED:
		return failure
	case len(o.GetGaps()) > 0:
		return nothingBut(o.GetGaps())
	case o.GetTruncated():
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	case !r.answered(o.GetSection()):
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	case r.onlyNotFound():
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD
	case o.GetEmptyReason() != nil && isWithheld(o.GetEmptyReason()):
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	}
	return lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
}

// isWithheld reports an empty list whose source says that it took everything out
// (FHIR list-empty-reason).
func isWithheld(reason *lhcrv1.Concept) bool {
	return slices.ContainsFunc(reason.GetCodings(), func(c *lhcrv1.Coding) bool { return c.GetCode() == "withheld" })
}

// nothingBut is the status of a section of which only gaps came: withheld or refused
// when all of them are, else an answer that is not whole.
func nothingBut(gaps []*lhcrv1.Gap) lhcrv1.OutcomeStatus {
	withheld, refused := 0, 0
	for _, g := range gaps {
		switch g.GetKind() {
		case lhcrv1.GapKind_GAP_KIND_WITHHELD:
			withheld++
		case lhcrv1.GapKind_GAP_KIND_REFUSED:
			refused++
		default:
		}
	}
	switch len(gaps) {
	case withheld:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	case refused:
		return lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	}
	return lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
}

// allergyStatus is the status of the allergies, which has rules of its own: a
// partial list is INVALID however much came (contract rule 5), and an assertion of
// none counts only when it stands alone in a whole list without warning (rule 3).
func (r *reader) allergyStatus(o *lhcrv1.SectionOutcome, t *sectionTally) {
	assertions, entries := countAssertions(r.mapped.Record.GetAllergies())
	elsewhere := t.items - len(r.mapped.Record.GetAllergies()) // an alert that is about an allergy, say
	if assertions > 0 && entries+elsewhere > 0 {
		o.Warnings = append(o.Warnings, &lhcrv1.Warning{
			Code: lhcrv1.WarningCode_WARNING_CODE_ASSERTION_CONTRADICTED,
			Text: "an assertion that no allergy is known stands beside a recorded allergy",
		})
	}
	partial := len(o.GetGaps()) > 0 || o.GetTruncated() || o.GetCounts().GetUnresolved() > 0
	o.Status = r.status(o, t)
	switch {
	case partial && o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED,
		partial && o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT:
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
		if o.GetMessage() == "" {
			o.Message = "the allergy list is not whole: what is shown is not all of it"
		}
	case o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED && t.items == assertions && len(o.GetWarnings()) == 0:
		o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE
	}
}

// countAssertions counts the entries that assert that nothing is known, and the
// others. A retracted assertion asserts nothing; a retracted, ended or refuted entry
// contradicts nothing.
func countAssertions(list []*lhcrv1.Allergy) (assertions, entries int) {
	for _, a := range list {
		if a.GetHeader().GetRetracted() {
			continue
		}
		switch a.GetAbsence() {
		case lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_ALLERGY, lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NO_KNOWN_DRUG_ALLERGY:
			if asserts(a) {
				assertions++
			}
		case lhcrv1.AllergyAbsence_ALLERGY_ABSENCE_NOT_ALLERGIC_TO:
		default:
			if isPresent(a) {
				entries++
			}
		}
	}
	return assertions, entries
}

// asserts reports an assertion that holds: current, not refuted, unambiguous, and
// certainly about the person asked for.
func asserts(a *lhcrv1.Allergy) bool {
	return isPresent(a) && a.GetHeader().GetSubjectCheck() == lhcrv1.SubjectCheck_SUBJECT_CHECK_MATCH &&
		!a.GetHeader().GetNegated() && !a.GetCode().GetDegraded() && !a.GetCode().GetCodingsDisagree()
}

func isPresent(a *lhcrv1.Allergy) bool {
	return a.GetEnded() == nil && a.GetClinicalStatus() != "resolved" && a.GetClinicalStatus() != "inactive" &&
		a.GetVerification() != "refuted"
}

// lists carries over what the source's own lists of a section say: warnings, counts,
// why a list is empty, and where list and items disagree (contract rules 2 and 4).
func (r *reader) lists(o *lhcrv1.SectionOutcome, s lhcrv1.Section, t *sectionTally) {
	empty, came := true, false
	for _, l := range r.answer.ListsOf(s, answer.ListPrimary) {
		came = true
		empty = empty && l.Listed == 0
		r.list(o, l)
	}
	if !came {
		return
	}
	o.Counts.Unlisted = uint32(t.unlisted)
	switch {
	case t.unlisted > 0:
		o.Warnings = append(o.Warnings, &lhcrv1.Warning{
			Code: lhcrv1.WarningCode_WARNING_CODE_LIST_DISAGREES,
			Text: "items came that the source's own list does not name: " + strconv.Itoa(t.unlisted),
		})
	case empty && o.GetEmptyReason() == nil && t.items == 0:
		o.Warnings = append(o.Warnings, &lhcrv1.Warning{
			Code: lhcrv1.WarningCode_WARNING_CODE_EMPTY_WITHOUT_REASON,
			Text: "the source sent an empty list and did not say why it is empty",
		})
	}
}

func (r *reader) list(o *lhcrv1.SectionOutcome, l *answer.List) {
	if o.GetCounts() == nil {
		o.Counts = &lhcrv1.ListCounts{}
	}
	o.Counts.Listed += uint32(l.Listed)
	o.Counts.Present += uint32(l.Present)
	o.Counts.Unresolved += uint32(l.Unresolved)
	if c := contract.Concept(l.Resource.EmptyReason); c != nil {
		o.EmptyReason = c
	}
	for _, w := range l.Warnings {
		o.Warnings = append(o.Warnings, &lhcrv1.Warning{
			Code: warningCode(w.Code), Text: w.Text, Date: contract.When(w.Date), SourceCode: w.Code,
		})
	}
	for _, n := range l.Resource.Note {
		if n.Text != "" {
			o.Notes = append(o.Notes, &lhcrv1.Note{Text: n.Text, Written: contract.When(n.Time)})
		}
	}
}

func warningCode(code string) lhcrv1.WarningCode {
	switch strings.ToLower(code) {
	case "data-in-transit":
		return lhcrv1.WarningCode_WARNING_CODE_DATA_IN_TRANSIT
	case "confidential-items":
		return lhcrv1.WarningCode_WARNING_CODE_CONFIDENTIAL_ITEMS
	case "data-awaiting-filing":
		return lhcrv1.WarningCode_WARNING_CODE_DATA_AWAITING_FILING
	}
	return lhcrv1.WarningCode_WARNING_CODE_UNSPECIFIED
}

// unread warns of elements of the section's items that could not be read and are
// missing from what is delivered.
func (r *reader) unread(o *lhcrv1.SectionOutcome) []*lhcrv1.Warning {
	s := o.GetSection()
	var paths []string
	for _, p := range r.answer.Problems() {
		kind, _, _ := strings.Cut(p.Path, ".")
		if lost(p) && (homeOf(kind) == s || kind == "List" && o.GetCounts() != nil) {
			paths = append(paths, p.Path+" ("+strconv.Itoa(p.Count)+")")
		}
	}
	if len(paths) == 0 {
		return nil
	}
	return []*lhcrv1.Warning{{
		Code: lhcrv1.WarningCode_WARNING_CODE_ELEMENTS_UNREAD,
		Text: "some elements could not be read and are missing: " + strings.Join(paths, ", "),
	}}
}

// lost reports a problem that left something out; text kept in a number's place
// left out nothing.
func lost(p decode.Problem) bool { return p.Reason != decode.ReasonNumber }

var _ item = (*lhcrv1.Allergy)(nil)
