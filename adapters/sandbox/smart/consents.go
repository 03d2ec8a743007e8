package smart

import (
	"net/http"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// The headers in which a consent for a period of care travels: a guess.
const (
	consentHeader = "X-GNCR-Consent-Reference"
	periodHeader  = "X-GNCR-Consent-Period"
	// withdrawn begins the references of consents that the person took back.
	withdrawn = "withdrawn"
	// optedOut is the code, among the tags of a Patient, of whoever objects to sharing.
	optedOut = `"opted-out"`
)

// consents lets calls through that the person has agreed to.
type consents struct {
	now      system.Now
	optedOut map[string]bool // by NHS number
}

func newConsents(region string, all []patients.Patient, now system.Now) *consents {
	c := &consents{now: now, optedOut: map[string]bool{}}
	for _, p := range all {
		if strings.Contains(string(p.Bundle(region)), optedOut) {
			c.optedOut[p.NHSNumber] = true
		}
	}
	return c
}

// guard refuses with the code suppressed (FHIR issue-type: "not shown for security or privacy reasons").
func (c *consents) guard(r *http.Request, nhsNumber string) *fhirserver.Refusal {
	why := c.missing(r.Header.Get(consentHeader), r.Header.Get(periodHeader))
	if why == "" && c.optedOut[nhsNumber] {
		why = "The person objects to sharing"
	}
	if why == "" {
		return nil
	}
	return &fhirserver.Refusal{
		Status: http.StatusForbidden, Code: "suppressed", Text: why, Diagnostics: "suppressed for patient " + nhsNumber,
	}
}

// missing says what is wrong with a consent, or nothing. Its period is "from/until", both days included; until may be empty.
func (c *consents) missing(reference, period string) string {
	from, until, found := strings.Cut(period, "/")
	today := c.now().UTC().Format(time.DateOnly)
	switch {
	case reference == "" || !found || !isDay(from) || until != "" && !isDay(until):
		return "A consent for this period of care is needed"
	case strings.HasPrefix(reference, withdrawn):
		return "The consent was withdrawn"
	case today < from:
		return "The consent has not begun"
	case until != "" && today > until:
		return "The consent has ended"
	default:
		return ""
	}
}

func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}
