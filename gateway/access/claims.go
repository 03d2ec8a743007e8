package access

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// Claims are the claims of a token that say who calls, beside the registered ones.
// The package comment describes them.
type Claims struct {
	// Supplier is the id of the supplier whose software calls.
	Supplier string `json:"supplier"`
	// Organisation is the organisation in whose name it calls.
	Organisation OrganisationClaim `json:"organisation"`
	// Person is who sits in front of it. Without an id, the token's "sub" is the id and its "iss" the system.
	Person PersonClaim `json:"person"`
	// Role is the role in which the person acts.
	Role RoleClaim `json:"role"`
	// Permissions are what the caller may do beside asking for records: at most 32 names. Optional.
	Permissions []string `json:"permissions,omitempty"`
}

// OrganisationClaim names an organisation.
type OrganisationClaim struct {
	// ODSCode is its code in the Organisation Data Service: 3 to 10 letters and digits.
	ODSCode string `json:"ods_code"`
	// Name is its name. Optional.
	Name string `json:"name,omitempty"`
}

// PersonClaim names a person.
type PersonClaim struct {
	// ID is the SDS user id or, without one, the supplier's id of the person.
	ID string `json:"id,omitempty"`
	// IDSystem is the system of that id, a URI. Required with an id.
	IDSystem string `json:"id_system,omitempty"`
	// Name is the person's name. Optional.
	Name string `json:"name,omitempty"`
}

// RoleClaim names a role.
type RoleClaim struct {
	// Code is the SDS job role ("R1290") or the supplier's code.
	Code string `json:"code"`
	// Name is its name. Optional.
	Name string `json:"name,omitempty"`
	// ProfileID is the SDS role profile id. Optional.
	ProfileID string `json:"profile_id,omitempty"`
}

// maxClaim is the longest text that a claim may be, in characters.
const maxClaim = 200

var (
	odsCode    = regexp.MustCompile(`^[A-Z0-9]{3,10}$`)
	supplierID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
)

// identity turns claims into who calls, or says which claim is missing or malformed.
func (c Claims) identity(issuer, subject string) (Identity, error) {
	caller, err := c.caller(issuer, subject)
	if err != nil {
		return Identity{}, err
	}
	if err := checkPermissions(c.Permissions); err != nil {
		return Identity{}, err
	}
	return Identity{Caller: caller, Permissions: c.Permissions}, nil
}

// caller turns claims into who calls.
func (c Claims) caller(issuer, subject string) (*adapterv1.Caller, error) {
	if c.Person.ID == "" {
		c.Person.ID, c.Person.IDSystem = subject, issuer
	}
	caller := &adapterv1.Caller{
		SupplierId:          c.Supplier,
		OrganisationOdsCode: strings.ToUpper(c.Organisation.ODSCode),
		OrganisationName:    c.Organisation.Name,
		PersonId:            c.Person.ID,
		PersonIdSystem:      c.Person.IDSystem,
		PersonName:          c.Person.Name,
		RoleCode:            c.Role.Code,
		RoleName:            c.Role.Name,
		RoleProfileId:       c.Role.ProfileID,
	}
	if err := requireClaims(caller); err != nil {
		return nil, err
	}
	if err := checkClaims(caller); err != nil {
		return nil, err
	}
	return caller, nil
}

// named is a claim with its path in the token.
type named struct {
	claim, value string
}

func requireClaims(c *adapterv1.Caller) error {
	for _, n := range []named{
		{"supplier", c.GetSupplierId()},
		{"organisation.ods_code", c.GetOrganisationOdsCode()},
		{"person.id", c.GetPersonId()},
		{"person.id_system", c.GetPersonIdSystem()},
		{"role.code", c.GetRoleCode()},
	} {
		if n.value == "" {
			return failure.WithMetadata(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_CLAIMS_MISSING,
				"the token lacks the claim "+n.claim+": ask its issuer to add it", map[string]string{"claim": n.claim})
		}
	}
	return nil
}

func checkClaims(c *adapterv1.Caller) error {
	if !odsCode.MatchString(c.GetOrganisationOdsCode()) {
		return invalidClaim("organisation.ods_code", "is no ODS code: want 3 to 10 letters and digits")
	}
	if !supplierID.MatchString(c.GetSupplierId()) {
		return invalidClaim("supplier", "is no supplier's id: want up to 64 letters, digits, dots, hyphens and underscores")
	}
	for _, n := range []named{
		{"organisation.name", c.GetOrganisationName()},
		{"person.id", c.GetPersonId()},
		{"person.id_system", c.GetPersonIdSystem()},
		{"person.name", c.GetPersonName()},
		{"role.code", c.GetRoleCode()},
		{"role.name", c.GetRoleName()},
		{"role.profile_id", c.GetRoleProfileId()},
	} {
		if !isPlain(n.value) {
			return invalidClaim(n.claim, "is longer than 200 characters, or holds what cannot be shown")
		}
	}
	return nil
}

// isPlain says whether a claim can go into an audit, and into a header of a
// region's protocol, without breaking either.
func isPlain(text string) bool {
	return utf8.ValidString(text) && utf8.RuneCountInString(text) <= maxClaim &&
		strings.IndexFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) < 0
}

func invalidClaim(claim, what string) error {
	return failure.WithMetadata(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID,
		"the token's claim "+claim+" "+what, map[string]string{"claim": claim})
}
