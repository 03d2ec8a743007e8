package answer

import "github.com/openlhcr/openlhcr/adapters/fhir/model"

// whyReported gives the reason of a reported resource; unclaimed ones have none
// of their own.
func (e *Entry) whyReported() string {
	if e.reason != "" {
		return e.reason
	}
	switch {
	case As[model.Other](e) == nil:
		return ReasonUnmapped
	case noRecord[e.Type]:
		return ReasonNotRecord
	}
	return ReasonUnknownType
}

// Known reports a resource that says of what type it is, and of one that FHIR has.
func (e *Entry) Known() bool { return As[model.Other](e) == nil || noRecord[e.Type] }

// noRecord names FHIR types that describe systems, not patients.
var noRecord = map[string]bool{
	"ValueSet": true, "CodeSystem": true, "ConceptMap": true, "Questionnaire": true, "CapabilityStatement": true,
	"StructureDefinition": true, "SearchParameter": true, "OperationDefinition": true, "Subscription": true,
	"AuditEvent": true, "Endpoint": true, "NamingSystem": true, "Policy": true, "Claim": true,
	"ClaimResponse": true, "Group": true, "OrganizationAffiliation": true, "PlanDefinition": true,
	"ActivityDefinition": true, "Library": true, "Linkage": true, "Substance": true, "Account": true,
}
