package xua

import (
	"regexp"

	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// The attributes that name the user (XSPA profile of SAML 2.0, section 2; IHE ITI TF-2, 3.40.4.1.2).
const (
	subjectID      = "urn:oasis:names:tc:xspa:1.0:subject:subject-id"
	organisation   = "urn:oasis:names:tc:xspa:1.0:subject:organization"
	organisationID = "urn:oasis:names:tc:xspa:1.0:subject:organization-id"
	role           = "urn:oasis:names:tc:xacml:2.0:subject:role"
	purpose        = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"

	v3Space       = "urn:hl7-org:v3"
	purposeSystem = "2.16.840.1.113883.3.18.7.1"
)

// callerOf reads the user, or says what is missing.
func callerOf(a *etree.Element) (caller system.Caller, why string) {
	caller.Person = soap.Text(soap.At(a, samlSpace, "Subject", "NameID"))
	switch {
	case caller.Person == "":
		return caller, "the subject has no NameID"
	case !confirmed(a):
		return caller, "the subject has no confirmation"
	case soap.At(a, samlSpace, "AuthnStatement", "AuthnContext", "AuthnContextClassRef") == nil:
		return caller, "there is no authentication statement"
	case plain(a, subjectID) == "":
		return caller, "the user's name is not there: " + subjectID
	case plain(a, organisation) == "":
		return caller, "the organisation's name is not there: " + organisation
	}
	if caller.OrganisationODS = odsCode(plain(a, organisationID)); caller.OrganisationODS == "" {
		return caller, "the organisation's id is no ODS code: " + organisationID
	}
	return coded(a, caller)
}

func confirmed(a *etree.Element) bool {
	confirmation := soap.At(a, samlSpace, "Subject", "SubjectConfirmation")
	if confirmation == nil {
		return false
	}
	switch confirmation.SelectAttrValue("Method", "") {
	case "urn:oasis:names:tc:SAML:2.0:cm:bearer", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key",
		"urn:oasis:names:tc:SAML:2.0:cm:sender-vouches":
		return true
	}
	return false
}

// coded reads role and purpose, which are HL7 v3 coded values.
func coded(a *etree.Element, caller system.Caller) (system.Caller, string) {
	function := soap.Child(value(a, role), v3Space, "Role")
	if function == nil || function.SelectAttrValue("code", "") == "" || function.SelectAttrValue("codeSystem", "") == "" {
		return caller, "the user's role is not there as a coded value: " + role
	}
	why := soap.Child(value(a, purpose), v3Space, "PurposeOfUse")
	if why == nil || why.SelectAttrValue("codeSystem", "") != purposeSystem {
		return caller, "the purpose of use is not there as a coded value: " + purpose
	}
	caller.Role, caller.Purpose = function.SelectAttrValue("code", ""), why.SelectAttrValue("code", "")
	if caller.Purpose != Treatment && caller.Purpose != Emergency {
		return caller, "the purpose of use is not known"
	}
	return caller, ""
}

// value gives the one value of an attribute, or nil.
func value(a *etree.Element, name string) *etree.Element {
	for _, statement := range soap.Children(a, samlSpace, "AttributeStatement") {
		for _, attribute := range soap.Children(statement, samlSpace, "Attribute") {
			if attribute.SelectAttrValue("Name", "") == name {
				return soap.Child(attribute, samlSpace, "AttributeValue")
			}
		}
	}
	return nil
}

func plain(a *etree.Element, name string) string { return soap.Text(value(a, name)) }

var ods = regexp.MustCompile(`^(?:.*[|:/#])?([A-Z0-9]{3,10})$`)

// odsCode takes the code from its plain form or from the end of a URI.
func odsCode(id string) string {
	if match := ods.FindStringSubmatch(id); match != nil {
		return match[1]
	}
	return ""
}
