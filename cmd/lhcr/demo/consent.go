package demo

import (
	"time"

	"github.com/openlhcr/openlhcr/sdk"
)

// One region asks for a consent for each period of care. The demo's pharmacist asked the
// patient this morning.
const (
	consentRegion    = "great-north"
	consentReference = "demo-period-of-care"
)

// today is a day of the wall clock, as the simulated regions have it.
func today() string { return time.Now().UTC().Format(time.DateOnly) }

// Consented adds the consent that the demo's pharmacist keeps.
func Consented(a sdk.Access) sdk.Access {
	return a.WithConsent(consentRegion, consentReference, today(), "")
}
