package definition

import (
	"regexp"
	"slices"
	"time"
)

// IHE is how a region exchanges documents over SOAP 1.2: XDS.b within one affinity domain, or
// XCA through its gateway to others.
type IHE struct {
	// Profile: xds (ITI-18 and ITI-43) or xca (ITI-38 and ITI-39). Required.
	Profile string `yaml:"profile"`
	// Patient says how the patient is named: number (the NHS number itself is the id of the domain), pix (a
	// PIX V3 query first, ITI-45, at the address "pix") or xcpd (ITI-55 first, at the address "xcpd"). Required.
	Patient string `yaml:"patient"`
	// AssigningAuthority is the OID of the ids by which the registry knows patients. Required.
	AssigningAuthority string `yaml:"assigning_authority"`
	// HomeCommunity is the OID of the community that is asked. Required with xca.
	HomeCommunity string `yaml:"home_community"`
	// OnDemand asks for documents too that are made when they are fetched ($XDSDocumentEntryType).
	OnDemand bool `yaml:"on_demand"`
	// Assertion is what the XUA assertion says of us and to whom. Absent where none is sent.
	Assertion *Assertion `yaml:"assertion"`
}

// Assertion is the fixed part of a SAML 2.0 assertion of the user (IHE XUA, ITI-40).
type Assertion struct {
	// Audience is the relying party. Required.
	Audience string `yaml:"audience"`
	// Lifetime of one assertion, at most an hour. Required.
	Lifetime time.Duration `yaml:"lifetime"`
}

// The words of an ihe block.
const (
	ProfileXDS    = "xds"
	ProfileXCA    = "xca"
	PatientNumber = "number"
	PatientPIX    = "pix"
	PatientXCPD   = "xcpd"
)

// Purposes of the addresses that an ihe block needs beside the registry or gateway, which is
// the record's own.
const (
	PurposeRepository = "repository"
	PurposePIX        = "pix"
	PurposeXCPD       = "xcpd"
)

// NHSNumberOID is the authority that assigns NHS numbers, as HL7 versions 2 and 3 name it.
const NHSNumberOID = "2.16.840.1.113883.2.1.4.1"

var (
	oid      = regexp.MustCompile(`^[0-2](\.(0|[1-9][0-9]*))+$`)
	audience = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:[!-~]+$`)
)

const assertionMost = time.Hour

func (i *IHE) check(c *checks) {
	if i == nil {
		return
	}
	c.oneOf(i.Profile, "ihe/profile", ProfileXDS, ProfileXCA)
	c.oneOf(i.Patient, "ihe/patient", PatientNumber, PatientPIX, PatientXCPD)
	c.must(oid.MatchString(i.AssigningAuthority), "ihe/assigning_authority", "want an OID")
	c.must(i.Patient != PatientNumber || i.AssigningAuthority == NHSNumberOID, "ihe/assigning_authority",
		"want "+NHSNumberOID+", that of the NHS number, with patient: number")
	c.must(i.HomeCommunity == "" || oid.MatchString(i.HomeCommunity), "ihe/home_community", "want an OID")
	c.must(i.HomeCommunity != "" || i.Profile != ProfileXCA, "ihe/home_community", "is required with xca")
	i.Assertion.check(c)
}

// checkEndpoints sees that the addresses which an exchange needs are among those that a region lists.
func (i *IHE) checkEndpoints(c *checks, purposes []string) {
	for _, needed := range i.Addresses() {
		c.must(slices.Contains(purposes, needed), "endpoints", "want one with purpose "+needed)
	}
}

func (a *Assertion) check(c *checks) {
	if a == nil {
		return
	}
	c.must(audience.MatchString(a.Audience), "ihe/assertion/audience", "want a URI")
	c.must(a.Lifetime > 0 && a.Lifetime <= assertionMost, "ihe/assertion/lifetime", "want more than nothing and at most an hour")
}

// Addresses are the purposes of the addresses that a region needs for its ihe block: that of
// the registry or gateway (record), of the repository, and of the patient index if it has one.
func (i *IHE) Addresses() []string {
	if i == nil {
		return nil
	}
	out := []string{PurposeRecord, PurposeRepository}
	switch i.Patient {
	case PatientPIX:
		return append(out, PurposePIX)
	case PatientXCPD:
		return append(out, PurposeXCPD)
	}
	return out
}
