package xua

import (
	"cmp"
	"time"

	"github.com/beevik/etree"
	"github.com/openlhcr/openlhcr/adapters/call"
	dsig "github.com/russellhaering/goxmldsig"
)

// Names of SAML, of XSPA and of HL7.
const (
	samlSpace      = "urn:oasis:names:tc:SAML:2.0:assertion"
	hl7Space       = "urn:hl7-org:v3"
	instanceSpace  = "http://www.w3.org/2001/XMLSchema-instance"
	bearer         = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	persistentName = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
	unspecified    = "urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"
	uriNames       = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"

	attrSubject        = "urn:oasis:names:tc:xspa:1.0:subject:subject-id"
	attrOrganisation   = "urn:oasis:names:tc:xspa:1.0:subject:organization"
	attrOrganisationID = "urn:oasis:names:tc:xspa:1.0:subject:organization-id"
	attrHomeCommunity  = "urn:ihe:iti:xca:2010:homeCommunityId"
	attrRole           = "urn:oasis:names:tc:xacml:2.0:subject:role"
	attrPurpose        = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse"
)

// instant is SAML's form of a moment: always in UTC (SAML 2.0 core, section 1.3.3).
const instant = "2006-01-02T15:04:05.000Z"

// make makes and signs an assertion.
func (s *Source) make(who subject, now time.Time) ([]byte, error) {
	id, err := call.UUID(s.cfg.Random)
	if err != nil {
		return nil, err
	}
	a := s.unsigned(who, "_"+id, now.UTC())
	if err := s.sign(a); err != nil {
		return nil, err
	}
	doc := etree.NewDocumentWithRoot(a)
	doc.WriteSettings = etree.WriteSettings{CanonicalText: true, CanonicalAttrVal: true, CanonicalEndTags: true}
	return doc.WriteToBytes()
}

// sign puts the signature where the schema has it: after the issuer.
func (s *Source) sign(a *etree.Element) error {
	ctx, err := dsig.NewSigningContext(s.cfg.Key, s.cfg.Certificates)
	if err != nil {
		return err
	}
	ctx.Canonicalizer = dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("")
	if err := ctx.SetSignatureMethod(dsig.RSASHA256SignatureMethod); err != nil {
		return err
	}
	signature, err := ctx.ConstructSignature(a, true)
	if err != nil {
		return err
	}
	a.InsertChildAt(a.SelectElement("Issuer").Index()+1, signature)
	return nil
}

func (s *Source) unsigned(who subject, id string, now time.Time) *etree.Element {
	until := now.Add(s.cfg.Lifetime).Format(instant)
	a := etree.NewElement("saml:Assertion")
	a.CreateAttr("xmlns:saml", samlSpace)
	a.CreateAttr("ID", id)
	a.CreateAttr("IssueInstant", now.Format(instant))
	a.CreateAttr("Version", "2.0")
	a.CreateElement("saml:Issuer").SetText(s.cfg.Issuer)
	about(a.CreateElement("saml:Subject"), who, until)
	conditions := a.CreateElement("saml:Conditions")
	conditions.CreateAttr("NotBefore", now.Format(instant))
	conditions.CreateAttr("NotOnOrAfter", until)
	conditions.CreateElement("saml:AudienceRestriction").CreateElement("saml:Audience").SetText(s.cfg.Audience)
	authn := a.CreateElement("saml:AuthnStatement")
	authn.CreateAttr("AuthnInstant", now.Format(instant))
	authn.CreateElement("saml:AuthnContext").CreateElement("saml:AuthnContextClassRef").SetText(unspecified)
	s.attributes(a.CreateElement("saml:AttributeStatement"), who)
	return a
}

func about(e *etree.Element, who subject, until string) {
	name := e.CreateElement("saml:NameID")
	name.CreateAttr("Format", persistentName)
	name.SetText(who.person)
	confirmation := e.CreateElement("saml:SubjectConfirmation")
	confirmation.CreateAttr("Method", bearer)
	confirmation.CreateElement("saml:SubjectConfirmationData").CreateAttr("NotOnOrAfter", until)
}

func (s *Source) attributes(e *etree.Element, who subject) {
	attribute(e, attrSubject).SetText(who.name)
	attribute(e, attrOrganisation).SetText(who.organisationName)
	attribute(e, attrOrganisationID).SetText(who.organisation)
	if s.cfg.HomeCommunity != "" {
		attribute(e, attrHomeCommunity).SetText("urn:oid:" + s.cfg.HomeCommunity)
	}
	coded(attribute(e, attrRole), "Role", who.role, cmp.Or(s.cfg.Codes[systemOfRole], sdsJobRoles), who.roleName)
	coded(attribute(e, attrPurpose), "PurposeOfUse", who.purpose, cmp.Or(s.cfg.Codes[systemOfPurpose], purposeCodes), "")
}

func attribute(e *etree.Element, name string) *etree.Element {
	a := e.CreateElement("saml:Attribute")
	a.CreateAttr("Name", name)
	a.CreateAttr("NameFormat", uriNames)
	return a.CreateElement("saml:AttributeValue")
}

// coded is a coded value of HL7 (data type CE).
func coded(e *etree.Element, kind, code, system, display string) {
	v := e.CreateElement(kind)
	v.CreateAttr("xmlns", hl7Space)
	v.CreateAttr("xmlns:xsi", instanceSpace)
	v.CreateAttr("xsi:type", "CE")
	v.CreateAttr("code", code)
	v.CreateAttr("codeSystem", system)
	if display != "" {
		v.CreateAttr("displayName", display)
	}
}
