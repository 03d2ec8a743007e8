package xua

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/openlhcr/openlhcr/adapters/call"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// subject is everything that an assertion says of its caller: it is the key under which the
// assertion is kept.
type subject struct {
	person, name                   string
	organisation, organisationName string
	role, roleName                 string
	purpose                        string
}

// Code systems of role and purpose where a deployment names no others.
const (
	sdsJobRoles       = "1.2.826.0.1285.0.2.1.104" // SDS job role codes ("R8000")
	purposeCodes      = "2.16.840.1.113883.3.18.7.1"
	purposeTreatment  = "TREATMENT"
	purposeEmergency  = "EMERGENCY"
	valueMost         = 256
	systemOfRole      = "role.system"
	systemOfPurpose   = "purpose.system"
	codeOfDirectCare  = "purpose.direct-care"
	codeOfEmergencies = "purpose.emergency"
)

// subject reads a caller. Organisation, person, role and purpose must be there, each as one
// line of text.
func (s *Source) subject(caller *adapterv1.Caller) (subject, *call.Failure) {
	who := subject{
		person: caller.GetPersonId(), name: line(caller.GetPersonName(), caller.GetPersonId()),
		organisation: caller.GetOrganisationOdsCode(), organisationName: line(caller.GetOrganisationName(), caller.GetOrganisationOdsCode()),
		role: caller.GetRoleCode(), roleName: line(caller.GetRoleName(), caller.GetRoleCode()),
		purpose: s.purpose(caller.GetAccess()),
	}
	for _, needed := range []struct{ what, value string }{
		{"organisation", who.organisation}, {"person", who.person}, {"role", who.role}, {"purpose", who.purpose},
	} {
		if !isLine(needed.value) {
			return subject{}, call.Refused("the region must be told the caller's " + needed.what)
		}
	}
	return who, nil
}

// purpose is the code of why the record is read. Empty for none that we may act for.
func (s *Source) purpose(access *lhcrv1.AccessContext) string {
	if access.GetPurpose() != lhcrv1.Purpose_PURPOSE_DIRECT_CARE {
		return ""
	}
	if access.GetBasis() == lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE {
		return cmp.Or(s.cfg.Codes[codeOfEmergencies], purposeEmergency)
	}
	return cmp.Or(s.cfg.Codes[codeOfDirectCare], purposeTreatment)
}

// line is a name if it can stand in an assertion, else what stands for it.
func line(name, otherwise string) string {
	if isLine(name) {
		return name
	}
	return otherwise
}

// isLine reports text that stands in XML as it is, on one line, without blanks around it.
func isLine(text string) bool {
	if text == "" || len(text) > valueMost || text != strings.TrimSpace(text) || !utf8.ValidString(text) {
		return false
	}
	return !strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) })
}
