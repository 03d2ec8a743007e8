package fhirsearch

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

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
			return nil, refused("the region must be told the caller's " + h.what)
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
	if uuid.MatchString(caller.GetRequestId()) {
		return caller.GetRequestId()
	}
	var b [16]byte
	if _, err := io.ReadFull(c.random, b[:]); err != nil {
		return ""
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
