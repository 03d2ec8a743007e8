package fhir

import (
	"regexp"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// informed says what the source says of its answer: that it altered something is a
// warning in our words. Its own words, which an exchange writes for users, stand among
// the notes of the section, where the free text of sources stands; never in a message.
func (r *reader) informed(o *lhcrv1.SectionOutcome) {
	for _, e := range r.answer.Of("OperationOutcome") {
		outcome := answer.As[model.OperationOutcome](e)
		if !slices.Contains(r.sectionsOf(e.Page), o.GetSection()) {
			continue
		}
		quoted := false
		for i := range outcome.Issue {
			quoted = r.quote(o, outcome.Issue[i].Details) || quoted
		}
		if informs(outcome) {
			o.Warnings = append(o.Warnings, &lhcrv1.Warning{
				Code: lhcrv1.WarningCode_WARNING_CODE_SOURCE_IMPAIRMENT, SourceCode: codeOnly(outcome.Issue[0].Code), Text: impairment(quoted),
			})
		}
	}
}

func impairment(quoted bool) string {
	const words = "the source says that there is something to know of its answer"
	if quoted {
		return words + ": see the notes"
	}
	return words
}

// informs reports an outcome that is no failure.
func informs(o *model.OperationOutcome) bool {
	for i := range o.Issue {
		if o.Issue[i].Severity != "information" {
			return false
		}
	}
	return len(o.Issue) > 0
}

// quote keeps a source's words for users as a note, once, without what names a patient.
// It says whether there are any.
func (r *reader) quote(o *lhcrv1.SectionOutcome, details *model.Concept) bool {
	if details == nil {
		return false
	}
	words := r.nameless(details.Text)
	if words == "" {
		return false
	}
	if !slices.ContainsFunc(o.GetNotes(), func(n *lhcrv1.Note) bool { return n.GetText() == words }) {
		o.Notes = append(o.Notes, &lhcrv1.Note{Text: words})
	}
	return true
}

var (
	// codeShape is what a code looks like; longNumber is what no code of a warning does.
	codeShape  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	longNumber = regexp.MustCompile(`[0-9]{6}`)
	// spelledDate is a date with its month in words, or with strokes or stops.
	spelledDate = regexp.MustCompile(`(?i)\b\d{1,2}(st|nd|rd|th)?[ -]+(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ ,-]+\d{2,4}\b|\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b`)
)

// codeOnly is a source's code if it looks like one, else nothing: a sender can put
// anything in its place.
func codeOnly(s string) string {
	if !codeShape.MatchString(s) || longNumber.MatchString(s) {
		return ""
	}
	return s
}

// nameless takes out of a source's words what could name the patient: numbers, dates
// and addresses, and the names of the patients who came with it.
func (r *reader) nameless(words string) string {
	words = adapters.Scrub(words)
	if words == "" {
		return ""
	}
	words = spelledDate.ReplaceAllString(words, "[date]")
	for _, p := range r.answer.Patients() {
		resource := answer.As[model.Patient](p.Entry)
		for i := range resource.Name {
			words = withoutName(words, &resource.Name[i])
		}
	}
	return words
}

func withoutName(words string, n *model.HumanName) string {
	for _, part := range append([]string{n.Text, n.Family}, n.Given...) {
		if len(part) > 1 {
			words = regexp.MustCompile(`(?i)`+regexp.QuoteMeta(part)).ReplaceAllString(words, "[name]")
		}
	}
	return words
}
