package fhirsearch

import (
	"net/http"
	"time"
	_ "time/tzdata" // a day of consent is one of London, on whatever machine

	"github.com/openlhcr/openlhcr/adapters/call"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// consented adds the headers of the caller's consent for this period of care, where the
// region asks for one. Without a consent that covers today nothing may be asked.
func (c *client) consented(caller *adapterv1.Caller, headers http.Header) *Failure {
	asks := c.definition.Consent
	if asks == nil {
		return nil
	}
	consent, why := inForce(caller.GetAccess().GetConsents(), c.definition.ID, today(c.now()))
	if consent == nil {
		return call.Withheld(why)
	}
	if !isHeaderValue(consent.GetReference()) {
		return call.Withheld("the reference of the consent cannot be passed on to the region: want printable characters of ASCII")
	}
	headers.Set(asks.Header, consent.GetReference())
	if asks.Period != "" {
		headers.Set(asks.Period, consent.GetFrom()+"/"+consent.GetUntil())
	}
	return nil
}

// The reasons for which nothing is asked, in words for a user.
const (
	noConsent     = "this region asks for a consent for each period of care, and the request names none: ask the person, and send it under access.consents"
	consentAhead  = "the consent for this period of care has not begun yet"
	consentEnded  = "the consent for this period of care has ended: ask the person again"
	consentNoDays = "the dates of the consent for this period of care cannot be read"
)

// inForce is the consent that covers a day, of several the one that began last; or why
// there is none.
func inForce(consents []*lhcrv1.PeriodOfCareConsent, region, day string) (found *lhcrv1.PeriodOfCareConsent, why string) {
	why = noConsent
	for _, c := range consents {
		if c.GetRegionId() != region {
			continue
		}
		switch {
		case !isDay(c.GetFrom()), c.GetUntil() != "" && !isDay(c.GetUntil()):
			why = consentNoDays
		case day < c.GetFrom():
			why = consentAhead
		case c.GetUntil() != "" && day > c.GetUntil():
			why = consentEnded
		case c.GetReference() == "":
		case found == nil || c.GetFrom() > found.GetFrom():
			found = c
		}
	}
	return found, why
}

func isDay(day string) bool {
	_, err := time.Parse(time.DateOnly, day)
	return err == nil
}

// today is the day in London.
func today(now time.Time) string {
	london, err := time.LoadLocation("Europe/London")
	if err != nil { // the zone is built in
		london = time.UTC
	}
	return now.In(london).Format(time.DateOnly)
}
