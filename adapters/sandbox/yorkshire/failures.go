package yorkshire

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

type tag struct {
	System  string `json:"system"`
	Code    string `json:"code"`
	Display string `json:"display,omitempty"`
}

type meta struct {
	LastUpdated string   `json:"lastUpdated"`
	Profile     []string `json:"profile"`
	Tag         []tag    `json:"tag"`
}

type details struct {
	Text string `json:"text"`
}

type issue struct {
	Severity    string   `json:"severity"`
	Code        string   `json:"code"`
	Details     details  `json:"details"`
	Diagnostics string   `json:"diagnostics,omitempty"`
	Expression  []string `json:"expression,omitempty"`
}

type outcome struct {
	ResourceType string  `json:"resourceType"`
	ID           string  `json:"id"`
	Meta         meta    `json:"meta"`
	Issue        []issue `json:"issue"`
}

// providerFailures tells, for a patient and a type, which providers did not answer.
func providerFailures(all []patients.Patient, now system.Now) func(number, typ string) []json.RawMessage {
	return func(number, typ string) []json.RawMessage {
		var outcomes []json.RawMessage
		for _, p := range all {
			if p.NHSNumber != number {
				continue
			}
			for _, f := range p.Failures[ID] {
				if f.Befalls(typ) {
					outcomes = append(outcomes, outcomeOf(f, now()))
				}
			}
		}
		return outcomes
	}
}

// outcomeOf tags the outcome with its provider and a request id. The first issue is the one for users.
func outcomeOf(f patients.Failure, now time.Time) json.RawMessage {
	o := outcome{
		ResourceType: "OperationOutcome",
		ID:           rand.Text(),
		Meta: meta{
			LastUpdated: now.UTC().Format(time.RFC3339),
			Profile:     []string{"https://fhir.yhcr.nhs.uk/StructureDefinition/Interweave-OperationOutcome"},
			Tag: []tag{
				{"https://yhcr.nhs.uk/Source", f.Source, f.Name},
				{"https://yhcr.nhs.uk/Provenance", f.Provenance, f.Name},
				{"https://yhcr.nhs.uk/RequestId", requestID(), ""},
			},
		},
		Issue: []issue{{Severity: f.Severity, Code: f.Code, Details: details{f.Text}, Diagnostics: f.Diagnostics}},
	}
	for _, expression := range f.Expressions {
		o.Issue = append(o.Issue, issue{
			Severity: f.Severity, Code: f.Code, Details: details{"Element is not valid"}, Expression: []string{expression},
		})
	}
	return jsonReply(0, o).Body
}

// requestID is a random UUID (RFC 9562, version 4).
func requestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails: it would end the program
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
