package edge

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// brokenPeriods are the periods of care that cannot be: whose days there are none, that
// end before they begin, or whose reference is the patient's number. The contract's rules see the form of a day alone, and a
// consent that no region could read aright must not be told to one.
func brokenPeriods(message proto.Message) []failure.Violation {
	path := "access.consents"
	if stream, ok := message.(*lhcrv1.StreamRecordRequest); ok {
		message, path = stream.GetQuery(), "query."+path
	}
	about, ok := message.(asking)
	if !ok {
		return nil
	}
	var broken []failure.Violation
	for i, consent := range about.GetAccess().GetConsents() {
		broken = append(broken, brokenPeriod(fmt.Sprintf("%s[%d]", path, i), consent)...)
	}
	return broken
}

func brokenPeriod(path string, consent *lhcrv1.PeriodOfCareConsent) []failure.Violation {
	var broken []failure.Violation
	blame := func(field, rule, message string) {
		broken = append(broken, failure.Violation{Field: path + "." + field, Rule: rule, Message: message})
	}
	if isIdentifier(consent.GetReference()) {
		blame("reference", "consent.reference", "must not be an identifier of the patient: give the reference under which the consent is recorded")
	}
	from, err := time.Parse(time.DateOnly, consent.GetFrom())
	if err != nil {
		blame("from", "consent.day", "must be a day that there is, YYYY-MM-DD")
	}
	if consent.GetUntil() == "" {
		return broken
	}
	until, untilErr := time.Parse(time.DateOnly, consent.GetUntil())
	switch {
	case untilErr != nil:
		blame("until", "consent.day", "must be a day that there is, YYYY-MM-DD, or empty while the period is open")
	case err == nil && until.Before(from):
		blame("until", "consent.period", "must not be before the first day of the period")
	}
	return broken
}

// isIdentifier says whether a reference is an NHS number, however it is written: a region
// gets the reference in a header, where no identifier of a patient belongs.
func isIdentifier(reference string) bool {
	return isNumber(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) {
			return -1
		}
		return r
	}, reference))
}
