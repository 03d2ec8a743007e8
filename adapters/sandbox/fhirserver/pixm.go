package fhirserver

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
)

// Identifier is a FHIR Identifier, as far as a patient index goes.
type Identifier struct {
	System string `json:"system"`
	Value  string `json:"value"`
}

type parameters struct {
	ResourceType string      `json:"resourceType"`
	Parameter    []parameter `json:"parameter,omitempty"`
}

type parameter struct {
	Name       string      `json:"name"`
	Identifier *Identifier `json:"valueIdentifier,omitempty"`
	Reference  *address    `json:"valueReference,omitempty"`
}

// address is a reference by its address.
type address struct {
	Reference string `json:"reference"`
}

// CrossReference answers a question to the patient index: which records a person of one identifier has, and their
// identifiers of the target system (IHE PIXm, ITI-83, 2:3.83.4.2).
func (s *Service) CrossReference(w http.ResponseWriter, r *http.Request, source Identifier, targetSystem string) {
	record := s.Store.ofIdentifier(source)
	number := source.Value
	if record != nil {
		number = record.NHSNumber
	}
	f, broken := s.Faults.Take(fault.Call{NHSNumber: number, ResourceType: "Patient"})
	f.NHSNumber = number
	switch {
	case record == nil && !broken:
		s.Refuse(w, r, notFound("the index knows no patient "+source.System+"|"+source.Value))
		return
	case f.Kind == fault.WrongPatient:
		record = s.Store.other(record, "Patient")
	case f.Kind == fault.ErrorIn200:
		reply(http.StatusOK, JSON, failed(number)).Write(w)
		return
	}
	s.send(w, r, f, broken, reply(http.StatusOK, JSON+"; charset=utf-8", marshal(record.crossReferences(targetSystem))))
}

// KnowsSystem tells whether some patient has an identifier of the system.
func (s *Store) KnowsSystem(system string) bool {
	return slices.ContainsFunc(s.records, func(record *Record) bool {
		return slices.ContainsFunc(record.patients(), func(p *Resource) bool { return p.hasSystem(system) })
	})
}

func (r *Resource) hasSystem(system string) bool {
	return slices.ContainsFunc(r.identifiers(), func(i Identifier) bool { return i.System == system })
}

func (r *Resource) identifiers() []Identifier {
	var p struct {
		Identifier []Identifier `json:"identifier"`
	}
	_ = json.Unmarshal(r.Raw, &p) // it was read before
	return p.Identifier
}

// ofIdentifier is the record under whose number, or whose patients' other identifiers, the person is known.
func (s *Store) ofIdentifier(source Identifier) *Record {
	if source.System == NHSNumberSystem {
		return s.byNumber[source.Value]
	}
	for _, record := range s.records {
		for _, patient := range record.patients() {
			if slices.Contains(patient.identifiers(), source) {
				return record
			}
		}
	}
	return nil
}

func (r *Record) crossReferences(targetSystem string) parameters {
	out := parameters{ResourceType: "Parameters"}
	if r == nil {
		return out
	}
	for _, patient := range r.patients() {
		for _, i := range patient.identifiers() {
			if i.System == targetSystem {
				out.Parameter = append(out.Parameter, parameter{Name: "targetIdentifier", Identifier: &i})
			}
		}
		out.Parameter = append(out.Parameter, parameter{Name: "targetId", Reference: &address{patient.Reference()}})
	}
	return out
}
