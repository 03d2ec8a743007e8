package fhirserver

import (
	"encoding/json"
	"net/http"
	"strings"
)

// JSON is the media type of FHIR JSON.
const JSON = "application/fhir+json"

// Refusal is an answer that is no success: an HTTP status and an OperationOutcome.
type Refusal struct {
	Status int
	// Code is from the FHIR value set issue-type.
	Code string
	// Text is for people; Diagnostics echo what was wrong, identifiers included, as real servers do.
	Text        string
	Diagnostics string
}

func badRequest(code, diagnostics string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: code, Text: "The request is not valid", Diagnostics: diagnostics}
}

func unknownParameter(name string) *Refusal {
	return badRequest("not-supported", "search parameter is not known: "+name)
}

func notFound(diagnostics string) *Refusal {
	return &Refusal{Status: http.StatusNotFound, Code: "not-found", Text: "Not found", Diagnostics: diagnostics}
}

// Issue is one issue of an OperationOutcome; its form is the same in STU3 and R4.
type Issue struct {
	Severity string `json:"severity"`
	Code     string `json:"code"`
	Details  struct {
		Text string `json:"text"`
	} `json:"details"`
	Diagnostics string `json:"diagnostics,omitempty"`
}

// Outcome makes an OperationOutcome of one error.
func Outcome(code, text, diagnostics string) json.RawMessage {
	issue := Issue{Severity: "error", Code: code, Diagnostics: diagnostics}
	issue.Details.Text = text
	return marshal(struct {
		ResourceType string  `json:"resourceType"`
		Issue        []Issue `json:"issue"`
	}{"OperationOutcome", []Issue{issue}})
}

// Write answers with the refusal.
func (f *Refusal) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", JSON)
	w.WriteHeader(f.Status)
	_, _ = w.Write(Outcome(f.Code, f.Text, f.Diagnostics)) // a client that has gone is no fault of ours
}

// AdmitsFHIR tells whether the request's Accept header lets FHIR JSON through. No header admits everything.
func AdmitsFHIR(r *http.Request) bool {
	accept := r.Header.Values("Accept")
	if len(accept) == 0 {
		return true
	}
	for _, part := range strings.Split(strings.Join(accept, ","), ",") {
		media, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		switch strings.TrimSpace(media) {
		case JSON, "application/*", "*/*":
			return true
		}
	}
	return false
}
