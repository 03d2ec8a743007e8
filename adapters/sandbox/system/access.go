package system

import "github.com/openlhcr/openlhcr/adapters/sandbox/pki"

// Access is what a region would hand to a gateway at onboarding, as plain text. Fields that a region has no use for are
// empty. Everything is made anew at each start and worth nothing outside it.
type Access struct {
	RegionID string
	// BaseURL of the FHIR service, without a trailing slash; TokenURL gives access tokens.
	BaseURL  string
	TokenURL string
	// Addresses are further services of the system, by purpose ("registry", "repository", "pix").
	Addresses map[string]string
	// ClientID and ClientSecret of the gateway.
	ClientID     string
	ClientSecret string
	// CACertPEM is to be trusted, and alone. ClientCertPEM and ClientKeyPEM are the gateway's for mutual TLS.
	CACertPEM     string
	ClientCertPEM string
	ClientKeyPEM  string
	// SigningKeyPEM (RSA, PKCS #8) signs the gateway's own assertions; SigningKeyID names it.
	SigningKeyPEM string
	SigningKeyID  string
	// SigningCertPEM is the certificate of that key, where the region wants to see it.
	SigningCertPEM string
	// Secrets are further secrets, by name ("subscription-key", "password"). Username is the gateway's account where it
	// has one.
	Secrets  map[string]string
	Username string
	// Codes are further facts that a deployment sets under codes, by name ("asid").
	Codes map[string]string
	// Parts are further systems of the region, by name ("documents"), each with access of its own.
	Parts map[string]Access
	// Issuer, Subject and Audience are the iss, sub and aud of those assertions.
	Issuer   string
	Subject  string
	Audience string
	// ReasonCode and EmergencyReasonCode are the codes that the region gave the gateway for direct care and for an
	// emergency override, RoleCode and TechnicianRoleCode those for a pharmacist and for a pharmacy technician.
	ReasonCode          string
	EmergencyReasonCode string
	RoleCode            string
	TechnicianRoleCode  string

	// ForeignClient is a client certificate of an authority that the region does not know, ExpiredClient one of its own
	// that ended an hour ago. Both must be refused.
	ForeignClient pki.KeyPair
	ExpiredClient pki.KeyPair
}

// Caller is the originating user of a clinical call, as the region understood it.
type Caller struct {
	OrganisationODS string
	Person          string
	Role            string
	Purpose         string
	RequestID       string
}
