package definition

import "time"

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
