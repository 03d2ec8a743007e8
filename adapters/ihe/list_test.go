package ihe_test

import (
	"strings"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Two entries are one only where they say wholly the same: one that is dropped can name the
// allergy that kills.
func TestOnlyEntriesThatAreTheSameCountOnce(t *testing.T) {
	one, two := cda("11", number, "Penicillin: rash"), cda("12", number, "Latex: wheals")
	without := func(l listed) string { return strings.Replace(l.entry(), `id="urn:uuid:`+l.id+`" `, "", 1) }
	nameless := func(l listed) string { return strings.Replace(without(l), `value="1.2.`+l.id+`"`, `value=""`, 1) }
	for name, c := range map[string]struct {
		list string
		want int
	}{
		"the same twice":               {one.entry() + one.entry(), 1},
		"without ids":                  {without(one) + without(two), 2},
		"of one id":                    {one.entry() + strings.Replace(two.entry(), "urn:uuid:12", "urn:uuid:11", 1), 2},
		"of one id of the document":    {one.entry() + strings.Replace(two.entry(), `"1.2.12"`, `"1.2.11"`, 1), 2},
		"that name themselves nowhere": {nameless(one) + nameless(two), 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := (&service{t: t}).on(find, found("Success", c.list)).on(retrieve, came("Success", one.retrieved()+two.retrieved()))
			res := fetch(t, region(t, byNumber, s), request(documents, allergies))
			if n := len(res.GetRecord().GetDocuments()); n != c.want {
				t.Errorf("%d documents, want %d: %s", n, c.want, outcome(t, res, documents))
			}
			if got := outcome(t, res, allergies); len(textsOf(res)) != c.want && !strings.HasPrefix(got, "INVALID") {
				t.Errorf("%s: %v", got, textsOf(res))
			}
		})
	}
}

func textsOf(res *adapterv1.FetchResponse) []string {
	var out []string
	for _, o := range res.GetOutcomes() {
		for _, n := range o.GetNarratives() {
			if o.GetSection() == allergies {
				out = append(out, n.GetText())
			}
		}
	}
	return out
}

func TestWarningsStandWhereNothingIsHeld(t *testing.T) {
	o := warned(t, "XDSExtraMetadataNotSaved")
	if w := o.GetWarnings(); len(w) != 1 || w[0].GetSourceCode() != "XDSExtraMetadataNotSaved" || len(o.GetGaps()) != 0 {
		t.Errorf("warnings %v, gaps %v", w, o.GetGaps())
	}
}

// An empty list beside a community that was not reached is not "nothing", whatever severity the
// registry gives that.
func TestAWarningThatNamesWhatIsMissingIsAGap(t *testing.T) {
	for code, want := range map[string]lhcrv1.OutcomeStatus{
		"XDSUnavailableCommunity":  lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
		"AuthorizationException":   lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED,
		"XDSPatientIdDoesNotMatch": lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID,
	} {
		if o := warned(t, code); o.GetStatus() != want || len(o.GetGaps()) != 1 {
			t.Errorf("%s: %v with gaps %v", code, o.GetStatus(), o.GetGaps())
		}
	}
}

// warned is the outcome of an empty list of success that came with a warning.
func warned(t *testing.T, code string) *lhcrv1.SectionOutcome {
	list := strings.Replace(found("Success", "", code), "urn:x:Error", "urn:x:Warning", 1)
	return fetch(t, region(t, byNumber, (&service{t: t}).on(find, list)), request(documents)).GetOutcomes()[0]
}
