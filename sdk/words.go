package sdk

import (
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// SectionName is a section's heading in words: "allergies", "investigation results".
func SectionName(s lhcrv1.Section) string {
	if s == lhcrv1.Section_SECTION_GP_PRACTICE {
		return "GP practice"
	}
	return words(s.String(), "SECTION_")
}

// StatusWords says in words for a user what became of a section: "nothing
// recorded", never "none"; "no record available", never "has no record".
func StatusWords(s lhcrv1.OutcomeStatus) string {
	switch s {
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED:
		return "returned"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED_AS_TEXT:
		return "returned as text only: it must be read"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_ASSERTED_NONE:
		return "the source states that there is none"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED:
		return "nothing recorded"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD:
		return "no record available"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
		return "this region does not give this section"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD:
		return "withheld"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:
		return "the region refused the request"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE:
		return "the region gave no usable answer"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:
		return "the region's answer is not whole or could not be understood"
	case lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH:
		return "the answer was not certainly about this patient: nothing of it is shown"
	}
	return "the outcome is not known: treat it as missing"
}

// CompletenessWords says in words for a user how complete an answer is.
func CompletenessWords(c lhcrv1.Completeness) string {
	switch c {
	case lhcrv1.Completeness_COMPLETENESS_COMPLETE:
		return "complete: nothing is known to be missing from what was asked"
	case lhcrv1.Completeness_COMPLETENESS_NO_RECORD_FOUND:
		return "no record available from the regions asked"
	case lhcrv1.Completeness_COMPLETENESS_NONE_AVAILABLE:
		return "none available: no region asked gave a usable answer"
	}
	return "partial: something is missing"
}

// outcomeWords adds the gateway's own words to those of the status, where it sent any.
func outcomeWords(o *lhcrv1.SectionOutcome) string {
	if o.GetMessage() == "" {
		return StatusWords(o.GetStatus())
	}
	return StatusWords(o.GetStatus()) + " (" + o.GetMessage() + ")"
}

func detailWords(g *lhcrv1.Gap) string {
	said := g.GetMessage()
	if said == "" {
		said = words(g.GetKind().String(), "GAP_KIND_")
	}
	who := providerWords(g)
	switch {
	case who == "":
		return said
	case g.GetProviderName() != "" && strings.Contains(said, g.GetProviderName()):
		// The message names the provider already: its code stands behind the name.
		return strings.Replace(said, g.GetProviderName(), who, 1)
	}
	return who + ": " + said
}

func providerWords(g *lhcrv1.Gap) string {
	name, code := g.GetProviderName(), g.GetProviderOdsCode()
	if name != "" && code != "" {
		return name + " (" + code + ")"
	}
	return name + code
}

// warningWords say of what kind a warning is, and not what the source wrote.
func warningWords(w *lhcrv1.Warning) string {
	if w.GetCode() == lhcrv1.WarningCode_WARNING_CODE_UNSPECIFIED {
		return "the source gave a warning"
	}
	return "the source gave a warning: " + words(w.GetCode().String(), "WARNING_CODE_")
}

// words turns an enum's name into words.
func words(name, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", " "))
}
