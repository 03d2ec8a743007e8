package sdk

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Access says why a record is read now. Who reads it comes from the credentials
// (see [WithTokenSource]), never from here.
//
// [LegitimateRelationship], [PermissionToView] and [EmergencyOverride] make the
// usual ones.
type Access struct {
	// Purpose is required.
	Purpose lhcrv1.Purpose
	// Basis is required.
	Basis lhcrv1.AccessBasis
	// OverrideReason is required with an emergency override, in the user's words. It
	// is written to the audit, and raises an alert.
	OverrideReason string
	// Consents are those for a period of care, one for each region that asks for them.
	Consents []*lhcrv1.PeriodOfCareConsent
	// Device is the workstation as you name it, for the audit. Optional.
	Device string
}

// LegitimateRelationship is direct care of a person who is in the care of the
// caller's organisation.
func LegitimateRelationship() Access {
	return directCare(lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP)
}

// PermissionToView is direct care of a person who gave permission to view.
func PermissionToView() Access {
	return directCare(lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW)
}

// EmergencyOverride is direct care in an emergency in which permission cannot be
// asked. The reason is the user's own words; an empty one is refused.
func EmergencyOverride(reason string) Access {
	a := directCare(lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE)
	a.OverrideReason = reason
	return a
}

// WithConsent adds a consent for a period of care, for a region that asks for one
// (Region.consent_per_period_of_care): your reference of it, which must not identify the
// patient, its first day and its last, YYYY-MM-DD; until is empty while the period is
// open. Your software remembers it: nobody else does.
func (a Access) WithConsent(region, reference, from, until string) Access {
	consent := &lhcrv1.PeriodOfCareConsent{RegionId: region, Reference: reference, From: from, Until: until}
	a.Consents = append(slices.Clone(a.Consents), consent)
	return a
}

func directCare(basis lhcrv1.AccessBasis) Access {
	return Access{Purpose: lhcrv1.Purpose_PURPOSE_DIRECT_CARE, Basis: basis}
}

func (a Access) message() (*lhcrv1.AccessContext, []Violation) {
	var violations []Violation
	if a.Purpose == lhcrv1.Purpose_PURPOSE_UNSPECIFIED {
		violations = append(violations, Violation{Field: "access.purpose", Rule: "required", Message: "say why the record is read"})
	}
	if a.Basis == lhcrv1.AccessBasis_ACCESS_BASIS_UNSPECIFIED {
		violations = append(violations, Violation{Field: "access.basis", Rule: "required", Message: "say on what footing the record is read"})
	}
	if a.Basis == lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE && a.OverrideReason == "" {
		violations = append(violations, Violation{
			Field: "access.override_reason", Rule: "override_reason", Message: "write why permission could not be asked",
		})
	}
	if violations != nil {
		return nil, violations
	}
	return &lhcrv1.AccessContext{
		Purpose: a.Purpose, Basis: a.Basis, OverrideReason: a.OverrideReason, Consents: a.Consents, Device: a.Device,
	}, nil
}
