package dorset

import (
	"net/http"
	"regexp"

	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// The headers that name the originating user: never the gateway itself.
const (
	headerOrganisation = "NHSD-End-User-Organisation-ODS"
	headerPerson       = "NHSD-Identity-UUID"
	headerRole         = "NHSD-Session-URID"
	headerRequestID    = "X-Request-ID"
	headerPurpose      = "NHSD-Purpose"
)

// callerOf reads the originating user, or names the first header that is missing or malformed.
func callerOf(r *http.Request) (caller system.Caller, wrong string) {
	for _, field := range []struct {
		header, pattern string
		into            *string
	}{
		{headerOrganisation, `^[A-Z0-9]{3,10}$`, &caller.OrganisationODS},
		{headerPerson, `^[0-9A-Za-z-]{1,64}$`, &caller.Person},
		{headerRole, `^[0-9A-Za-z:-]{1,64}$`, &caller.Role},
		{headerRequestID, `^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, &caller.RequestID},
		{headerPurpose, `^directcare$`, &caller.Purpose},
	} {
		value := r.Header.Get(field.header)
		if !regexp.MustCompile(field.pattern).MatchString(value) {
			return caller, field.header
		}
		*field.into = value
	}
	return caller, ""
}
