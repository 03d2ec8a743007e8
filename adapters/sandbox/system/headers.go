package system

import (
	"net/http"
	"regexp"
)

// Headers are the names of the headers in which a region is told who asks. A region that wants one of them does not take
// a call without it. An empty name is not wanted.
type Headers struct {
	Organisation, Person, Role, RequestID, Purpose string
}

// NHSHeaders are the names that national interfaces use: a guess where a region has published none.
func NHSHeaders() Headers {
	return Headers{
		Organisation: "NHSD-End-User-Organisation-ODS", Person: "NHSD-Identity-UUID", Role: "NHSD-Session-URID",
		RequestID: "X-Request-ID", Purpose: "NHSD-Purpose",
	}
}

// Caller reads the originating user, or names the first header that is missing or malformed.
func (h Headers) Caller(r *http.Request) (caller Caller, wrong string) {
	for _, field := range []struct {
		header, pattern string
		into            *string
	}{
		{h.Organisation, `^[A-Z0-9]{3,10}$`, &caller.OrganisationODS},
		{h.Person, `^[0-9A-Za-z-]{1,64}$`, &caller.Person},
		{h.Role, `^[0-9A-Za-z:-]{1,64}$`, &caller.Role},
		{h.RequestID, `^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, &caller.RequestID},
		{h.Purpose, `^directcare$`, &caller.Purpose},
	} {
		value := r.Header.Get(field.header)
		if field.header != "" && !regexp.MustCompile(field.pattern).MatchString(value) {
			return caller, field.header
		}
		*field.into = value
	}
	return caller, ""
}
