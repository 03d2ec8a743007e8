package mhd

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirapi"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// crossReference answers Patient/$ihe-pix (ITI-83) by POST, with the number in a Parameters body.
type crossReference struct {
	region  string
	service *fhirserver.Service
	sys     *system.System
}

// parameters is a FHIR Parameters resource as far as it matters here.
type parameters struct {
	ResourceType string `json:"resourceType"`
	Parameter    []struct {
		Name            string `json:"name"`
		ValueURI        string `json:"valueUri"`
		ValueIdentifier struct {
			System string `json:"system"`
			Value  string `json:"value"`
		} `json:"valueIdentifier"`
		ValueString string `json:"valueString"`
	} `json:"parameter"`
}

// ServeHTTP answers one call.
func (c *crossReference) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.sys.Count("pixm")
	number, target, refusal := c.read(r)
	if refusal != nil {
		c.service.Refuse(w, r, refusal)
		return
	}
	f, broken := c.sys.Faults().Take(fault.Call{NHSNumber: number, ResourceType: "Patient"})
	f.NHSNumber = number
	id := PatientID(c.region, number)
	if c.service.NumberOf("Patient/"+id) == "" {
		c.service.Refuse(w, r, fhirapi.Refusal(http.StatusNotFound, "not-found", "sourceIdentifier Patient Identifier not found"))
		return
	}
	reply := fault.Reply{Status: http.StatusOK, Header: http.Header{"Content-Type": {fhirserver.JSON + "; charset=utf-8"}}, Body: c.answer(id, number, target)}
	if broken {
		c.sys.Breaker().Deliver(w, r, f, reply)
		return
	}
	reply.Write(w)
}

// read gives the number that is asked for and the system whose ids are wanted, which may be none.
func (c *crossReference) read(r *http.Request) (number, target string, refusal *fhirserver.Refusal) {
	var p parameters
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<16)).Decode(&p); err != nil || p.ResourceType != "Parameters" {
		return "", "", fhirapi.Refusal(http.StatusBadRequest, "structure", "the body is no Parameters")
	}
	for _, parameter := range p.Parameter {
		switch parameter.Name {
		case "sourceIdentifier":
			system, value, _ := strings.Cut(parameter.ValueString, "|")
			if parameter.ValueIdentifier.Value != "" {
				system, value = parameter.ValueIdentifier.System, parameter.ValueIdentifier.Value
			}
			if system != fhirserver.NHSNumberSystem {
				return "", "", fhirapi.Refusal(http.StatusBadRequest, "code-invalid", "sourceIdentifier Assigning Authority not found")
			}
			number = value
		case "targetSystem":
			target = parameter.ValueURI
		}
	}
	if number == "" {
		return "", "", fhirapi.Refusal(http.StatusBadRequest, "required", "sourceIdentifier is missing")
	}
	return number, target, nil
}

func (c *crossReference) answer(id, number, target string) []byte {
	found := list{}
	if target == "" || target == fhirserver.NHSNumberSystem {
		found = append(found, object{"name": "targetIdentifier", "valueIdentifier": object{"system": fhirserver.NHSNumberSystem, "value": number}})
	}
	found = append(found, object{"name": "targetId", "valueReference": object{"reference": "Patient/" + id}})
	body, err := json.Marshal(object{"resourceType": "Parameters", "parameter": found})
	if err != nil {
		panic("mhd: a map of strings is not JSON: " + err.Error())
	}
	return body
}
