package definition

import (
	"maps"
	"slices"
	"strings"
)

func (h Headers) check(c *checks) {
	for _, header := range []struct{ key, name string }{
		{"organisation", h.Organisation}, {"person", h.Person}, {"role", h.Role}, {"request_id", h.RequestID}, {"purpose", h.Purpose},
	} {
		c.must(header.name == "" || isOwnHeader(header.name), "headers/"+header.key, "want the name of an HTTP header")
	}
	c.must((h.Purpose != "") == (h.DirectCare != ""), "headers/direct_care", "goes with purpose: want both or neither")
	for _, name := range slices.Sorted(maps.Keys(h.Secrets)) {
		at := "headers/secrets/" + name
		c.must(isOwnHeader(name), at, "want the name of an HTTP header")
		c.must(plainName.MatchString(h.Secrets[name]), at, "want the name of a secret: lower-case letters, digits and hyphens")
	}
}

func (consent *Consent) check(c *checks) {
	if consent == nil {
		return
	}
	c.must(isOwnHeader(consent.Header), "consent/header", "want the name of an HTTP header")
	c.must(consent.Period == "" || isOwnHeader(consent.Period), "consent/period", "want the name of an HTTP header")
	c.must(!strings.EqualFold(consent.Header, consent.Period), "consent/period", "is the header of the reference")
}

// isOwnHeader reports the name of a header that is a region's to define: the others of a
// request are the protocol's and the token's.
func isOwnHeader(name string) bool {
	taken := []string{"authorization", "host", "accept", "content-type", "content-length", "connection", "cookie"}
	return headerName.MatchString(name) && !slices.Contains(taken, strings.ToLower(name))
}
