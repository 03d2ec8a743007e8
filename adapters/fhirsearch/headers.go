package fhirsearch

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/call"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const maxHeaderValue = 256

// isHeaderValue reports a value that a header carries as it is: printable ASCII without
// blanks around it.
func isHeaderValue(value string) bool {
	if value == "" || len(value) > maxHeaderValue || value != strings.Trim(value, " ") {
		return false
	}
	return !strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' })
}

// headers name the originating user in the way of the region. Without one of them the
// region would have to take the gateway for the user, so the call is not made.
func (c *client) headers(caller *adapterv1.Caller) (http.Header, *Failure) {
	names := c.definition.Headers
	out := http.Header{}
	for _, h := range []struct{ name, what, value string }{
		{names.Organisation, "organisation", caller.GetOrganisationOdsCode()},
		{names.Person, "person", caller.GetPersonId()},
		{names.Role, "role", cmp.Or(caller.GetRoleProfileId(), caller.GetRoleCode())},
		{names.Purpose, "purpose", c.purpose(caller)},
		{names.RequestID, "request id", c.requestID(caller)},
	} {
		if h.name == "" {
			continue
		}
		if !isHeaderValue(h.value) {
			return nil, call.Refused("the region must be told the caller's " + h.what)
		}
		out.Set(h.name, h.value)
	}
	return out, nil
}

func (c *client) purpose(caller *adapterv1.Caller) string {
	if caller.GetAccess().GetPurpose() == lhcrv1.Purpose_PURPOSE_DIRECT_CARE {
		return c.definition.Headers.DirectCare
	}
	return ""
}

// requestID is the caller's, else one of ours: a version 4 UUID (RFC 9562, section 5.4).
func (c *client) requestID(caller *adapterv1.Caller) string {
	id, err := call.RequestID(caller, c.random)
	if err != nil {
		return ""
	}
	return id
}
