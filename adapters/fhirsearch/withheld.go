package fhirsearch

import (
	"net/http"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// withholds says whether a refusal means that something is kept back because of the
// patient, and not because of us: by its code, or, where the region asks for a consent, by
// a word about it. The words are looked at and never passed on.
func (c *client) withholds(httpStatus int, body []byte) bool {
	if httpStatus != http.StatusForbidden {
		return false
	}
	outcome, ok := resourceOf(body).(*model.OperationOutcome)
	return ok && slices.ContainsFunc(outcome.Issue, func(i model.Issue) bool {
		return i.Code == "suppressed" || i.Details.HasCode("NO_PATIENT_CONSENT") || i.Details.HasCode("NO_ORGANISATION_CONSENT") ||
			c.definition.Consent != nil && speaksOfConsent(i)
	})
}

func speaksOfConsent(i model.Issue) bool {
	words := []string{i.Diagnostics, i.Details.Show()}
	if i.Details != nil {
		for _, coding := range i.Details.Coding {
			words = append(words, coding.Code, coding.Display)
		}
	}
	return strings.Contains(strings.ToLower(strings.Join(words, " ")), "consent")
}
