package scr

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
)

// alert takes an AuditEvent that says that a record is looked at without permission.
func (s *service) alert(w http.ResponseWriter, r *http.Request) {
	event := body(r)
	number := agent(event, numberSystem)
	if why := wrongAlert(event); why != "" || number == "" {
		refuse(http.StatusBadRequest, "invalid", "AuditEvent: "+why+" for patient "+number).Write(w)
		return
	}
	created := fault.Reply{Status: http.StatusCreated, Header: http.Header{"Content-Type": {fhirserver.JSON}}}
	f, broken := s.sys.Faults().Take(fault.Call{NHSNumber: number, ResourceType: "AuditEvent"})
	if broken {
		s.sys.Breaker().Deliver(w, r, f, created)
		return
	}
	s.sys.Count("alert")
	created.Write(w)
}

// wrongAlert says what the specification misses in an AuditEvent, or nothing.
func wrongAlert(event map[string]any) string {
	subtypes, _ := event["subtype"].([]any)
	agents, _ := event["agent"].([]any)
	switch {
	case event["resourceType"] != "AuditEvent" || text(event, "id") == "":
		return "an AuditEvent with an id was due"
	case text(event, "type", "system") != "https://fhir.nhs.uk/CodeSystem/SCR-AlertType" || !slices.Contains([]string{"1", "2"}, text(event, "type", "code")):
		return "type is not of SCR-AlertType"
	case len(subtypes) != 1 || !reason(subtypes[0]):
		return "want one subtype of SCR-AlertReason"
	case len(agents) != 3:
		return "want three agents"
	case agent(event, "https://fhir.nhs.uk/Id/ods-organization-code") == "" || agent(event, "https://fhir.nhs.uk/Id/sds-user-id") == "":
		return "organisation or user are missing"
	case text(event, "source", "observer", "identifier", "value") != asid:
		return "source is not the system's ASID"
	}
	if _, err := time.Parse(time.RFC3339, text(event, "recorded")); err != nil {
		return "recorded is no instant"
	}
	return ""
}

func reason(subtype any) bool {
	coding, _ := subtype.(map[string]any)
	return text(coding, "system") == "https://fhir.nhs.uk/CodeSystem/SCR-AlertReason" && strings.Contains("123456", text(coding, "code")) && text(coding, "code") != ""
}

// agent is the identifier of a system among the agents.
func agent(event map[string]any, system string) string {
	agents, _ := event["agent"].([]any)
	for _, a := range agents {
		one, _ := a.(map[string]any)
		if text(one, "who", "identifier", "system") == system {
			return text(one, "who", "identifier", "value")
		}
	}
	return ""
}

// permit takes a patient's permission.
func (s *service) permit(w http.ResponseWriter, r *http.Request) {
	number, code := permission(body(r))
	if s.records[number] == nil || !slices.Contains([]string{Yes, No, Ask}, code) {
		refuse(http.StatusBadRequest, "invalid", "permission for patient "+number).Write(w)
		return
	}
	created := fault.Reply{Status: http.StatusCreated, Header: http.Header{"Content-Type": {fhirserver.JSON}}}
	f, broken := s.sys.Faults().Take(fault.Call{NHSNumber: number, ResourceType: "Parameters"})
	if broken {
		s.sys.Breaker().Deliver(w, r, f, created)
		return
	}
	s.sys.Count("permission " + code)
	s.mu.Lock()
	if s.override == nil {
		s.override = map[string]string{}
	}
	s.override[number] = code
	s.mu.Unlock()
	created.Write(w)
}

// permission reads Parameters of the name setPermissions.
func permission(parameters map[string]any) (number, code string) {
	all, _ := parameters["parameter"].([]any)
	for _, p := range all {
		one, _ := p.(map[string]any)
		parts, _ := one["part"].([]any)
		if text(one, "name") != "setPermissions" {
			continue
		}
		for _, x := range parts {
			part, _ := x.(map[string]any)
			switch text(part, "name") {
			case "nhsNumber":
				number = text(part, "valueString")
			case "permissionCode":
				if text(part, "valueCoding", "system") == permissionSystem {
					code = text(part, "valueCoding", "code")
				}
			}
		}
	}
	return number, code
}
