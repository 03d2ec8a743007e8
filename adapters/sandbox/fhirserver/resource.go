// Package fhirserver is a small FHIR search server over raw JSON, for simulated regional systems. It knows no FHIR
// model: resources are maps, search parameters are paths into them, and what was stored is what is sent, digit for digit.
// The same engine serves STU3 and R4; a Dialect says how they differ.
package fhirserver

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// NHSNumberSystem is the identifier system of NHS numbers.
const NHSNumberSystem = "https://fhir.nhs.uk/Id/nhs-number"

// Resource is one stored FHIR resource.
type Resource struct {
	Type string
	// ID is the logical id. Empty where the source gives none: the resource is then found by search only.
	ID string
	// Raw is the resource as it is sent.
	Raw json.RawMessage

	// fields are read when first asked for: most resources of a region are never searched.
	fields func() map[string]any
}

// Reference is the relative reference "Type/id", or "" without an id.
func (r *Resource) Reference() string {
	if r.ID == "" {
		return ""
	}
	return r.Type + "/" + r.ID
}

// Record is all that the region holds about one patient, or, without an NHS number, what patients share
// (organisations, practitioners). Whatever stands in a record is found by a search for its patient,
// also when its own subject says otherwise: that is how a wrongly filed item reaches a reader.
type Record struct {
	NHSNumber string
	Resources []*Resource
	// Alongside adds resources of the named types to every search for the keyed type, asked for or not.
	Alongside map[string][]string
}

// ReadRecord reads a record from a FHIR Bundle of any type.
func ReadRecord(nhsNumber string, bundle []byte) (*Record, error) {
	var parsed struct {
		Entry []struct {
			Resource json.RawMessage `json:"resource"`
		} `json:"entry"`
	}
	if err := json.Unmarshal(bundle, &parsed); err != nil {
		return nil, fmt.Errorf("fhirserver: read bundle: %w", err)
	}
	record := &Record{NHSNumber: nhsNumber}
	for i, entry := range parsed.Entry {
		resource, err := readResource(entry.Resource)
		if err != nil {
			return nil, fmt.Errorf("fhirserver: entry %d: %w", i, err)
		}
		record.Resources = append(record.Resources, resource)
	}
	return record, nil
}

func readResource(raw json.RawMessage) (*Resource, error) {
	var head struct {
		ResourceType string `json:"resourceType"`
		ID           string `json:"id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	if head.ResourceType == "" {
		return nil, errors.New("no resourceType")
	}
	fields := sync.OnceValue(func() map[string]any { return readFields(raw) })
	return &Resource{Type: head.ResourceType, ID: head.ID, Raw: raw, fields: fields}, nil
}

// readFields reads raw, which is known to be a JSON object, and keeps its numbers as they are written.
func readFields(raw json.RawMessage) map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var fields map[string]any
	_ = decoder.Decode(&fields) // cannot fail on what has been read once
	return fields
}

func (r *Record) patients() []*Resource { return r.ofType("Patient") }

func (r *Record) ofType(typ string) []*Resource {
	var found []*Resource
	for _, resource := range r.Resources {
		if resource.Type == typ {
			found = append(found, resource)
		}
	}
	return found
}

// values gives every value at a dotted path, looking into arrays on the way.
func values(node any, path string) []any {
	if list, ok := node.([]any); ok {
		var found []any
		for _, element := range list {
			found = append(found, values(element, path)...)
		}
		return found
	}
	if path == "" {
		return []any{node}
	}
	object, ok := node.(map[string]any)
	if !ok {
		return nil
	}
	name, rest, _ := strings.Cut(path, ".")
	child, ok := object[name]
	if !ok {
		return nil
	}
	return values(child, rest)
}

// text gives the string at a path of one element, or "".
func text(node any, path string) string {
	for _, value := range values(node, path) {
		if s, ok := value.(string); ok {
			return s
		}
	}
	return ""
}
