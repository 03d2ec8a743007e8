package scr

import (
	"cmp"
	"context"
	"encoding/json"
	"time"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// The codes of an alert: an override of the patient's permission, in an emergency.
// Source: NHSDigital/summary-care-record-api, specification, alerts MSCA-SCR-104.
const (
	alertTypeSystem   = "https://fhir.nhs.uk/CodeSystem/SCR-AlertType"
	alertReasonSystem = "https://fhir.nhs.uk/CodeSystem/SCR-AlertReason"
	alertMessage      = "https://fhir.nhs.uk/StructureDefinition/Extension-SCR-NotificationMessage"
)

type coding struct {
	System  string `json:"system"`
	Code    string `json:"code"`
	Display string `json:"display"`
}

type identifier struct {
	System string `json:"system,omitempty"`
	Value  string `json:"value"`
}

type identified struct {
	Identifier identifier `json:"identifier"`
}

type agent struct {
	Who       identified          `json:"who"`
	Role      []map[string]string `json:"role,omitempty"`
	Requestor bool                `json:"requestor"`
}

type auditEvent struct {
	ResourceType string              `json:"resourceType"`
	ID           string              `json:"id"`
	Extension    []map[string]string `json:"extension"`
	Type         coding              `json:"type"`
	Subtype      []coding            `json:"subtype"`
	OutcomeDesc  string              `json:"outcomeDesc,omitempty"`
	Recorded     string              `json:"recorded"`
	Agent        []agent             `json:"agent"`
	Source       struct {
		Observer identified `json:"observer"`
	} `json:"source"`
	Entity []map[string]identified `json:"entity"`
}

// alert tells the privacy officer that the record is read without the patient's
// permission, by whom and why. Unless it was taken nothing may be read.
func (f *fetch) alert(ctx context.Context, t *fhirsearch.Talk) *call.Failure {
	id, err := call.UUID(f.random)
	if err != nil {
		return call.Unavailable("no alert can be made now")
	}
	body, err := json.Marshal(f.event(id))
	if err != nil {
		return call.Unavailable("no alert can be made now")
	}
	failure := t.Post(ctx, "AuditEvent", body)
	if failure != nil {
		failure.Message = "the alert that an emergency override needs was not taken, so nothing was read: " + failure.Message
	}
	return failure
}

func (f *fetch) event(id string) auditEvent {
	caller := f.req.GetCaller()
	e := auditEvent{
		ResourceType: "AuditEvent", ID: id,
		Extension: []map[string]string{{"url": alertMessage, "valueString": "Alert: Permission to view override " + id}},
		Type:      coding{alertTypeSystem, "2", "Access Alert"},
		Subtype:   []coding{{alertReasonSystem, "5", "Access made in an emergency"}},
		Recorded:  f.now().Format(time.RFC3339), OutcomeDesc: caller.GetAccess().GetOverrideReason(),
		Agent: []agent{
			who(answer.NHSNumberSystem, f.number()),
			who("https://fhir.nhs.uk/Id/ods-organization-code", caller.GetOrganisationOdsCode()),
			who("https://fhir.nhs.uk/Id/sds-user-id", caller.GetPersonId()),
		},
		Entity: []map[string]identified{{"what": {identifier{Value: id}}}},
	}
	e.Agent[2].Role = []map[string]string{{"text": cmp.Or(caller.GetRoleName(), caller.GetRoleCode())}}
	e.Source.Observer.Identifier = identifier{"https://fhir.nhs.uk/Id/nhsSpineASID", f.asid}
	return e
}

func who(system, value string) agent {
	return agent{Who: identified{identifier{system, value}}}
}
