package xds

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

// The namespaces of ebRIM, ebRS and XDS.b.
const (
	rimSpace   = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
	rsSpace    = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
	querySpace = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
	xdsSpace   = "urn:ihe:iti:xds-b:2007"
	v3Space    = "urn:hl7-org:v3"

	spaces = ` xmlns:rim="` + rimSpace + `" xmlns:rs="` + rsSpace + `" xmlns:query="` + querySpace + `"`
)

// The response statuses.
const (
	success        = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
	failure        = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
	partialSuccess = "urn:ihe:iti:2007:ResponseStatusType:PartialSuccess"

	severity = "urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"
)

// registryError is one error of a RegistryErrorList (ITI TF-3, 4.2.4).
type registryError struct{ code, context string }

// home is the community's id as messages carry it, or "".
func (c *community) home() string {
	if c.HomeCommunity == "" {
		return ""
	}
	return "urn:oid:" + c.HomeCommunity
}

func (c *community) errorList(errs []registryError) string {
	if len(errs) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<rs:RegistryErrorList highestSeverity="` + severity + `">`)
	for _, e := range errs {
		b.WriteString(`<rs:RegistryError errorCode="` + e.code + `" codeContext="` + soap.Escape(e.context) +
			`" severity="` + severity + `" location="` + c.home() + `"/>`)
	}
	b.WriteString(`</rs:RegistryErrorList>`)
	return b.String()
}

// queryResponse is an AdhocQueryResponse.
func (c *community) queryResponse(status string, found []filed, leaves bool, errs []registryError) string {
	var b strings.Builder
	b.WriteString(`<query:AdhocQueryResponse` + spaces + ` status="` + status + `">`)
	b.WriteString(c.errorList(errs))
	b.WriteString(`<rim:RegistryObjectList>`)
	for _, f := range found {
		if leaves {
			b.WriteString(c.entry(f))
			continue
		}
		b.WriteString(`<rim:ObjectRef id="` + f.document.EntryID + `"` + c.homeAttribute() + `/>`)
	}
	b.WriteString(`</rim:RegistryObjectList></query:AdhocQueryResponse>`)
	return b.String()
}

func (c *community) homeAttribute() string {
	if c.HomeCommunity == "" {
		return ""
	}
	return ` home="` + c.home() + `"`
}
