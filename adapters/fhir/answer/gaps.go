package answer

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Gap is a failure or refusal that came inside the answer as an issue of an
// OperationOutcome: "200 is not success".
type Gap struct {
	Entry     *Entry
	Page      int // the page it came with
	Kind      lhcrv1.GapKind
	Retryable bool
	// NotFound says that a provider said, by a code of its own for that, that it does
	// not know the patient or has no record: whether that is a gap is the region's to
	// decide. That something was not found is not yet that.
	NotFound bool
	// Provider is who failed, as far as the source said.
	Provider Provenance
	// Severity and Code are those of the issue, Detail its coded detail
	// ("NO_PATIENT_CONSENT"), as sent.
	Severity, Code, Detail string
	// Text is the source's own words for users (OperationOutcome.issue.details, not
	// the diagnostics, which are its engineers'). It may hold anything: never log it.
	Text string
}

// Gaps are the failures inside the answer, one for each issue that is more than
// information. An OperationOutcome that says nothing at all is one too.
func (a *Answer) Gaps() []Gap { return a.gaps }

func (a *Answer) readGaps() {
	for e, r := range Each[model.OperationOutcome](a) {
		a.gaps = append(a.gaps, gapsOf(e, r)...)
	}
}

// gapsOf reads the issues that are more than information; those that say the same count
// once.
func gapsOf(e *Entry, r *model.OperationOutcome) []Gap {
	if len(r.Issue) == 0 {
		return []Gap{gap(e, &model.Issue{})}
	}
	var out []Gap
	for i := range r.Issue {
		if s := r.Issue[i].Severity; s == "information" || s == "success" {
			continue
		}
		if g := gap(e, &r.Issue[i]); !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

func gap(e *Entry, issue *model.Issue) Gap {
	g := Gap{Entry: e, Page: e.Page, Severity: issue.Severity, Code: issue.Code, Provider: e.Provenance()}
	g.Detail, g.Text = detailOf(issue.Details), issue.Details.Show()
	g.Kind, g.Retryable, g.NotFound = meaning(g.Code, g.Detail)
	return g
}

// issueKinds are FHIR's issue types (http://hl7.org/fhir/issue-type) as gaps.
// What is not here is a provider that failed, and asking again may not help.
var issueKinds = map[string]struct {
	kind      lhcrv1.GapKind
	retryable bool
}{
	"timeout":       {lhcrv1.GapKind_GAP_KIND_TIMED_OUT, true},
	"transient":     {lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, true},
	"exception":     {lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, true},
	"lock-error":    {lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, true},
	"no-store":      {lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, true},
	"incomplete":    {lhcrv1.GapKind_GAP_KIND_PAGE_MISSING, true},
	"throttled":     {lhcrv1.GapKind_GAP_KIND_REFUSED, true},
	"security":      {lhcrv1.GapKind_GAP_KIND_REFUSED, false},
	"login":         {lhcrv1.GapKind_GAP_KIND_REFUSED, false},
	"expired":       {lhcrv1.GapKind_GAP_KIND_REFUSED, true},
	"forbidden":     {lhcrv1.GapKind_GAP_KIND_REFUSED, false},
	"not-supported": {lhcrv1.GapKind_GAP_KIND_REFUSED, false},
	"suppressed":    {lhcrv1.GapKind_GAP_KIND_WITHHELD, false},
	"too-costly":    {lhcrv1.GapKind_GAP_KIND_TOO_LARGE, false},
	"too-long":      {lhcrv1.GapKind_GAP_KIND_TOO_LARGE, false},
	"structure":     {lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE, false},
	"required":      {lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE, false},
	"value":         {lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE, false},
	"invariant":     {lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE, false},
	"invalid":       {lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE, false},
	"code-invalid":  {lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE, false},
	"extension":     {lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE, false},
}

// details are the coded details that say more than an issue's type
// (Spine-ErrorOrWarningCode), those that weigh most first.
var details = []struct {
	code string
	kind lhcrv1.GapKind
}{
	{"NO_PATIENT_CONSENT", lhcrv1.GapKind_GAP_KIND_WITHHELD},
	{"NO_ORGANISATION_CONSENT", lhcrv1.GapKind_GAP_KIND_WITHHELD},
	{"ACCESS_DENIED", lhcrv1.GapKind_GAP_KIND_REFUSED},
	{"NO_RELATIONSHIP", lhcrv1.GapKind_GAP_KIND_REFUSED},
	{"NO_RECORD_FOUND", lhcrv1.GapKind_GAP_KIND_UNSPECIFIED},
	{"PATIENT_NOT_FOUND", lhcrv1.GapKind_GAP_KIND_UNSPECIFIED},
}

// detailOf is the known detail that weighs most, else the first.
func detailOf(c *model.Concept) string {
	for _, d := range details {
		if c.HasCode(d.code) {
			return d.code
		}
	}
	return c.Code()
}

// meaning reads an issue's type and coded detail; the detail, where known, says more.
func meaning(code, detail string) (kind lhcrv1.GapKind, retryable, notFound bool) {
	k, typed := issueKinds[code]
	// Of a request that failed for another reason, a detail that the patient is not known
	// is no answer.
	answered := !typed || k.kind == lhcrv1.GapKind_GAP_KIND_ITEM_REJECTED_AT_SOURCE
	for _, d := range details {
		if unknown := d.kind == lhcrv1.GapKind_GAP_KIND_UNSPECIFIED; d.code == detail && (answered || !unknown) {
			return d.kind, false, unknown
		}
	}
	if typed {
		return k.kind, k.retryable, false
	}
	return lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, false, false
}
