package xua

import (
	"crypto/x509"
	"strings"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"

	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	samlSpace      = "urn:oasis:names:tc:SAML:2.0:assertion"
	signatureSpace = "http://www.w3.org/2000/09/xmldsig#"
	skew           = time.Minute
	longest        = time.Hour
)

// Check verifies the assertion of a message and gives the user whom it names.
func (r *Registration) Check(m *soap.Message) (system.Caller, *soap.Fault) {
	headers := soap.Children(m.Header, soap.SecuritySpace, "Security")
	if len(headers) != 1 {
		return system.Caller{}, soap.Security("InvalidSecurity", "there is no wsse:Security header")
	}
	assertions := soap.Children(headers[0], samlSpace, "Assertion")
	if len(assertions) != 1 {
		return system.Caller{}, soap.Security("InvalidSecurity", "wsse:Security must hold one SAML 2.0 assertion")
	}
	signed, why := r.verify(assertions[0])
	if why != "" {
		return system.Caller{}, soap.Security("FailedCheck", why)
	}
	if why := r.conditions(signed); why != "" {
		return system.Caller{}, soap.Security("FailedAuthentication", why)
	}
	caller, why := callerOf(signed)
	if why != "" {
		return system.Caller{}, soap.Security("InvalidSecurityToken", why)
	}
	caller.RequestID = m.ID
	return caller, nil
}

// verify checks the enveloped signature and gives the assertion as it was signed: nothing unsigned is read.
func (r *Registration) verify(assertion *etree.Element) (*etree.Element, string) {
	if n := len(soap.Children(assertion, signatureSpace, "Signature")); n != 1 {
		return nil, "the assertion must carry one signature"
	}
	if why := algorithms(soap.Child(assertion, signatureSpace, "Signature")); why != "" {
		return nil, why
	}
	context := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{r.cert}})
	context.IdAttribute = "ID"
	context.Clock = dsig.NewFakeClockAt(r.Now())
	alone, err := detached(assertion)
	if err != nil {
		return nil, "the assertion cannot be read: " + err.Error()
	}
	signed, err := context.Validate(alone)
	if err != nil {
		return nil, "the assertion was not signed by the registered key: " + err.Error()
	}
	return signed, ""
}

// detached takes the assertion out of its envelope together with the namespaces that are in force there.
func detached(assertion *etree.Element) (*etree.Element, error) {
	context, err := etreeutils.NSBuildParentContext(assertion)
	if err != nil {
		return nil, err
	}
	return etreeutils.NSDetatch(context, assertion)
}

// algorithms refuses SHA-1 and whatever canonicalises a part differently from how it stands in an envelope.
func algorithms(signature *etree.Element) string {
	info := soap.Child(signature, signatureSpace, "SignedInfo")
	for _, e := range []*etree.Element{
		soap.Child(info, signatureSpace, "SignatureMethod"), soap.At(info, signatureSpace, "Reference", "DigestMethod"),
	} {
		if e == nil || strings.Contains(e.SelectAttrValue("Algorithm", "sha1"), "sha1") {
			return "SHA-1 is not accepted"
		}
	}
	method := soap.Child(info, signatureSpace, "CanonicalizationMethod")
	if method == nil || !strings.HasPrefix(method.SelectAttrValue("Algorithm", ""), "http://www.w3.org/2001/10/xml-exc-c14n#") {
		return "SignedInfo is not in exclusive canonical form"
	}
	return ""
}

func (r *Registration) conditions(a *etree.Element) string {
	issuer := soap.Text(soap.Child(a, samlSpace, "Issuer"))
	conditions := soap.Child(a, samlSpace, "Conditions")
	switch {
	case a.SelectAttrValue("Version", "") != "2.0" || a.SelectAttrValue("ID", "") == "":
		return "the assertion has no ID or is not of version 2.0"
	case issuer != r.Issuer:
		return "the issuer is not registered"
	case conditions == nil:
		return "the assertion has no conditions"
	case soap.Text(soap.At(conditions, samlSpace, "AudienceRestriction", "Audience")) != r.Audience:
		return "the assertion is for another audience"
	}
	if _, err := time.Parse(time.RFC3339Nano, a.SelectAttrValue("IssueInstant", "")); err != nil {
		return "IssueInstant is no instant"
	}
	return r.inTime(conditions)
}

func (r *Registration) inTime(conditions *etree.Element) string {
	from, err := time.Parse(time.RFC3339Nano, conditions.SelectAttrValue("NotBefore", ""))
	if err != nil {
		return "NotBefore is no instant"
	}
	until, err := time.Parse(time.RFC3339Nano, conditions.SelectAttrValue("NotOnOrAfter", ""))
	if err != nil {
		return "NotOnOrAfter is no instant"
	}
	now := r.Now()
	switch {
	case until.Sub(from) > longest:
		return "the assertion lives for longer than an hour"
	case now.Before(from.Add(-skew)):
		return "the assertion is not yet valid"
	case !now.Before(until):
		return "the assertion has expired"
	}
	return ""
}
