// Package definition reads region.yaml: what is known of a regional system and how
// sure it is, what the system gives and what not, and how its adapter speaks to it.
//
// What differs between regions that speak one protocol is data. A key that is not
// known, a section that is not spoken of and a value that makes no sense are errors
// that name key and line.
package definition

import (
	"crypto/sha256"
	"time"
)

// Definition is a region.yaml. Field comments are its documentation.
type Definition struct {
	// ID of the region: lower-case letters, digits and hyphens. Required.
	ID string `yaml:"id"`
	// Name as users know it. Required.
	Name string `yaml:"name"`
	// Description in a sentence or two. Required.
	Description string `yaml:"description"`
	// Platform that the region is built on. Required.
	Platform string `yaml:"platform"`
	// Protocol that the adapter speaks, in words. Required.
	Protocol string `yaml:"protocol"`
	// Claims are what this file says of the region, each with how sure it is. At least one.
	Claims []Claim `yaml:"claims"`
	// Sections are all headings of the record, by the name of their field in lhcr.v1.Record or of their Section
	// in lower case ("allergies"), each given or not. Every section must be there.
	Sections map[string]Section `yaml:"sections"`
	// OtherSections is the reason for which the sections that are not named under sections are never given. With
	// it not every section must be there: for a further system of a region that gives little.
	OtherSections string `yaml:"other_sections"`
	// Capabilities are all optional abilities (locate, documents, contribute, check, time_window,
	// changed_since), each there or not. Every one must be there.
	Capabilities map[string]Capability `yaml:"capabilities"`
	// FHIR is how the system speaks FHIR. Absent for a region that does not.
	FHIR *FHIR `yaml:"fhir"`
	// IHE is how the system exchanges documents by IHE's profiles over SOAP. Absent for a region that does not.
	IHE *IHE `yaml:"ihe"`
	// Documents bound the documents that are fetched so that their coded sections become items. Absent where none is.
	Documents *Documents `yaml:"documents"`
	// Consent is how the region is told of a consent for a period of care. Absent where it asks for none.
	Consent *Consent `yaml:"consent"`
	// Token is how access tokens are got.
	Token Token `yaml:"token"`
	// Headers name the originating user to the region. Empty where the token does.
	Headers Headers `yaml:"headers"`
	// Limits bound what one fetch may cost.
	Limits Limits `yaml:"limits"`
	// VariesBy names what the answers vary by (person, organisation, role, purpose, basis). At least one.
	VariesBy []string `yaml:"varies_by"`
	// Notes are standing omissions and whatever else users should know. They make no answer partial.
	Notes []string `yaml:"notes"`
	// SourceLag is how far the region says that it lags behind its sources, in words. Empty when not known.
	SourceLag string `yaml:"source_lag"`
	// PharmaceuticalCommittees are the Local Pharmaceutical Committees that it serves.
	PharmaceuticalCommittees []string `yaml:"pharmaceutical_committees"`
	// IntegratedCareBoards are the boards that it serves, by ODS code.
	IntegratedCareBoards []string `yaml:"integrated_care_boards"`
	// Endpoints are the addresses that must be reachable. Hosts are a deployment's to set.
	Endpoints []Endpoint `yaml:"endpoints"`
	// OffByDefault is why the region is off where a deployment does not switch it on. Empty: it is not.
	OffByDefault string `yaml:"off_by_default"`

	source [sha256.Size]byte // of the file
	own    []Want            // codes that the region's own package wants
}

// Claim is one statement about the region.
type Claim struct {
	// Subject of the statement ("protocol"). Required.
	Subject string `yaml:"subject"`
	// Statement. Required.
	Statement string `yaml:"statement"`
	// Certainty: documented (read in the party's own public repository or page), reported (seen
	// in public pages about it) or assumed (to be confirmed by the regional team). Required.
	Certainty string `yaml:"certainty"`
	// Source is where it was learnt. Required unless assumed.
	Source string `yaml:"source"`
}

// Section says how a section is got, or why it is not.
type Section struct {
	// Searches that must be made for it, by their names under fhir.searches.
	Searches []string `yaml:"searches"`
	// Documents says that the system's documents say something of it: that they are listed, and those with coded
	// sections fetched and read.
	Documents bool `yaml:"documents"`
	// NotSupported is the reason for which the region never gives it. Set exactly where the others are not.
	NotSupported string `yaml:"not_supported"`
}

// Capability says whether the adapter can do something, or why not.
type Capability struct {
	// Supported says that it can.
	Supported bool `yaml:"supported"`
	// Reason why it cannot. Exactly one of the two is set.
	Reason string `yaml:"reason"`
}

// FHIR is how a region speaks FHIR.
type FHIR struct {
	// Version: R4 or STU3. Required.
	Version string `yaml:"version"`
	// Courses is the custom by which its medicines form courses: r4, gp-connect, interweave or graphnet. Required.
	Courses string `yaml:"courses"`
	// Method of a search: post (no identifier in any URL) or get. Required.
	Method string `yaml:"method"`
	// Format in which answers are asked for: json or xml. Empty: json. Both are read, whichever comes.
	Format string `yaml:"format"`
	// Patient says how a search names the patient: reference (patient=Patient/id, the id found by a
	// search for the NHS number first), pixm (the same, the id found by asking the patient index, IHE ITI-83)
	// or identifier (patient.identifier=system|number). Required.
	Patient string `yaml:"patient"`
	// NoMetadata says that the system has no CapabilityStatement (/metadata), so that a check goes by the token alone.
	NoMetadata bool `yaml:"no_metadata"`
	// PIXm is how the patient index is asked. Required exactly with patient: pixm.
	PIXm *PIXm `yaml:"pixm"`
	// PageSize asked for with _count, 1 to 1000. Required.
	PageSize int `yaml:"page_size"`
	// TotalCountsMatches says that Bundle.total is the number of matches, so that fewer are a gap.
	TotalCountsMatches bool `yaml:"total_counts_matches"`
	// LinksAsserted says that the region itself asserts that the patients it answers with are one person.
	LinksAsserted bool `yaml:"links_asserted"`
	// IssuesIncluded says that the medication searches bring issues of prescriptions too.
	IssuesIncluded bool `yaml:"issues_included"`
	// Searches by name. Each must be used by a section.
	Searches map[string]Search `yaml:"searches"`
}

// Search is one search of one resource type for one patient.
type Search struct {
	// Type of resource. Required.
	Type string `yaml:"type"`
	// Include are _include values ("MedicationRequest:medication").
	Include []string `yaml:"include"`
	// IncludeIterate are _include values that follow what was included: _include:iterate in R4, _include:recurse in STU3.
	IncludeIterate []string `yaml:"include_iterate"`
	// Parameters are further parameters, each "name=value".
	Parameters []string `yaml:"parameters"`
}

// Token is how access tokens are got.
type Token struct {
	// Flow: client-credentials (RFC 6749, section 4.4), password (section 4.3: an account of this deployment, its
	// name under codes as "username", its secret "password"), smart-backend (SMART Backend Services: a signed
	// assertion, the endpoint found at .well-known/smart-configuration), interweave or none. Required.
	Flow string `yaml:"flow"`
	// ClientAuth is how we prove ourselves to the token service: basic, body or none. Empty: the flow's own.
	ClientAuth string `yaml:"client_auth"`
	// Scope asked for. Empty: none.
	Scope string `yaml:"scope"`
	// Audience of an assertion. Empty: the flow's own.
	Audience string `yaml:"audience"`
	// AssertionAlgorithm signs the assertion of smart-backend: RS384, RS512, ES384. Empty: by the key's kind, RS384
	// or ES384.
	AssertionAlgorithm string `yaml:"assertion_algorithm"`
	// AssertionLifetime of an assertion.
	AssertionLifetime time.Duration `yaml:"assertion_lifetime"`
	// NamePatient puts the patient into the token; such tokens are not kept.
	NamePatient bool `yaml:"name_patient"`
	// ServerErrorMayBeToken says that the region answers 500 to a token that it does not accept,
	// so that a 500 is tried once more with a new one.
	ServerErrorMayBeToken bool `yaml:"server_error_may_be_token"`
	// Timeout of getting one token.
	Timeout time.Duration `yaml:"timeout"`
}

// Headers name the originating user, header by header. An empty name sends none.
type Headers struct {
	// Organisation carries the ODS code.
	Organisation string `yaml:"organisation"`
	// Person carries the person's id.
	Person string `yaml:"person"`
	// Role carries the role profile id or, without one, the role code.
	Role string `yaml:"role"`
	// RequestID carries the request's id, a UUID.
	RequestID string `yaml:"request_id"`
	// Purpose carries why the record is read.
	Purpose string `yaml:"purpose"`
	// DirectCare is the value of Purpose for individual care. Required with Purpose.
	DirectCare string `yaml:"direct_care"`
	// Secrets are headers that carry a secret of the deployment: header name to the secret's name under
	// secret_files ("Ocp-Apim-Subscription-Key: subscription-key").
	Secrets map[string]string `yaml:"secrets"`
}

// PIXm is how a region's patient index is asked (IHE PIXm, ITI-83: Patient/$ihe-pix).
type PIXm struct {
	// Method: post (the NHS number in a Parameters body) or get. Required.
	Method string `yaml:"method"`
	// TargetSystem is the identifier system whose ids are asked for: targetSystem is mandatory. Required.
	TargetSystem string `yaml:"target_system"`
}

// Documents bound the documents that one fetch reads for their coded sections.
type Documents struct {
	// Most documents read in one fetch, the newest first, 1 to 200. What is left out is a gap. Required.
	Most int `yaml:"most"`
	// MaxBytes of one document. Required.
	MaxBytes int64 `yaml:"max_bytes"`
}

// Consent is how a region is told of a consent for a period of care, which it asks for.
type Consent struct {
	// Header carries the caller's reference of the consent. Required.
	Header string `yaml:"header"`
	// Period carries the period, "from/until" (until may be empty). Empty: not sent.
	Period string `yaml:"period"`
}

// Limits bound what one fetch may cost. Every one is required.
type Limits struct {
	// FetchTimeout bounds a whole fetch.
	FetchTimeout time.Duration `yaml:"fetch_timeout"`
	// SearchTimeout bounds one search with all its pages.
	SearchTimeout time.Duration `yaml:"search_timeout"`
	// Parallel is how many requests of one fetch are under way at once, 1 to 32.
	Parallel int `yaml:"parallel"`
	// MaxPages of one search, 1 to 1000.
	MaxPages int `yaml:"max_pages"`
	// MaxPageBytes of one answer, up to MaxBytes.
	MaxPageBytes int64 `yaml:"max_page_bytes"`
	// MaxBytes of all answers of one fetch together, up to 256 MiB.
	MaxBytes int64 `yaml:"max_bytes"`
	// PerSecond is how many requests a second the system allows us in all. 0: no such limit.
	PerSecond int `yaml:"per_second"`
}

// Endpoint is one address that the region needs.
type Endpoint struct {
	// Purpose: record (base_url), token (token_url), or one of the deployment's further addresses by its name
	// ("registry"). Required.
	Purpose string `yaml:"purpose"`
	// Network on which it lives (HSCN, nww, internet). Required.
	Network string `yaml:"network"`
}
