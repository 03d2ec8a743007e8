package answer

import (
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Gap is a failure or refusal that came inside the answer as an
// OperationOutcome: "200 is not success".
type Gap struct {
	Entry     *Entry
	Kind      lhcrv1.GapKind
	Retryable bool
	// NotFound says that a provider only said that it does not know the patient
	// or has no record: whether that is a gap is the region's to decide.
	NotFound bool
	// Provider is who failed, as far as the source said.
	Provider Provenance
	// Severity and Code are those of the first issue, Detail the first coded
	// detail ("NO_PATIENT_CONSENT"): codes, free of identifiers.
	Severity, Code, Detail string
	// Text is the source's own words for users (OperationOutcome.issue.details, not
	// the diagnostics, which are its engineers'). It may hold anything: never log it.
	Text string
}

// Gaps are the failures inside the answer. Outcomes that only inform are none.
func (a *Answer) Gaps() []Gap { return a.gaps }

func (a *Answer) readGaps() {
	for e, r := range Each[model.OperationOutcome](a) {
		if g, ok := gap(e, r); ok {
			a.gaps = append(a.gaps, g)
		}
	}
}

// gap reads the first issue that is more than information.
func gap(e *Entry, r *model.OperationOutcome) (Gap, bool) {
	for i := range r.Issue {
		issue := &r.Issue[i]
		if issue.Severity == "information" || issue.Severity == "success" {
			continue
		}
		g := Gap{Entry: e, Severity: issue.Severity, Code: issue.Code, Detail: issue.Details.Code(), Provider: e.Provenance()}
		g.Text = issue.Details.Show()
		g.Kind, g.Retryable, g.NotFound = meaning(g.Code, g.Detail)
		return g, true
	}
	return Gap{}, false
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

// meaning reads an issue's type and coded detail; the detail, where known, says
// more (Spine-ErrorOrWarningCode).
func meaning(code, detail string) (kind lhcrv1.GapKind, retryable, notFound bool) {
	switch detail {
	case "NO_PATIENT_CONSENT", "NO_ORGANISATION_CONSENT":
		return lhcrv1.GapKind_GAP_KIND_WITHHELD, false, false
	case "ACCESS_DENIED", "NO_RELATIONSHIP":
		return lhcrv1.GapKind_GAP_KIND_REFUSED, false, false
	case "NO_RECORD_FOUND", "PATIENT_NOT_FOUND", "RESOURCE_NOT_FOUND":
		return lhcrv1.GapKind_GAP_KIND_UNSPECIFIED, false, true
	}
	if code == "not-found" {
		return lhcrv1.GapKind_GAP_KIND_UNSPECIFIED, false, true
	}
	if k, ok := issueKinds[code]; ok {
		return k.kind, k.retryable, false
	}
	return lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, false, false
}
