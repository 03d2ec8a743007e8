package xds

import (
	"strconv"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
)

// MediaType is that of an entry's original bytes.
const MediaType = "application/xml"

// Payload reads an answer of a registry that came without a question: a SOAP message, plain or
// MTOM, an AdhocQueryResponse, or a submission. Each person that its entries name is a Patient;
// its errors are issues of an OperationOutcome. ErrNotXDS is for what is something else, and
// soap's errors for what cannot be read.
func Payload(body []byte) (fhir.Payload, error) {
	m, root, err := soap.Parse("", body)
	if err != nil {
		return fhir.Payload{}, err
	}
	if root.Local == "Envelope" {
		if m, err = soap.Read("", body); err != nil {
			return fhir.Payload{}, err
		}
		root = m.Body
	}
	r, err := ReadResponse(root, m.XML)
	if err != nil {
		return fhir.Payload{}, err
	}
	people := &people{ids: map[ID]string{}}
	bundle := r.Bundle(func(i int) *model.Reference { return people.subject(r.Entries[i]) })
	bundle.Entry = append(people.entries, bundle.Entry...)
	if outcome := r.outcome(); outcome != nil {
		bundle.Entry = append(bundle.Entry, entryOf("OperationOutcome", outcome))
	}
	return Read(bundle), nil
}

// Read is a bundle as a payload.
func Read(bundle *model.Bundle) fhir.Payload {
	return fhir.Payload{MediaType: MediaType, Read: &decode.Payload{Resources: []model.Contained{{Resource: bundle}}}}
}

// Bundle is the answer's documents as FHIR has them, each about whom subject says of its entry's place.
func (r *Response) Bundle(subject func(entry int) *model.Reference) *model.Bundle {
	b := &model.Bundle{Type: "collection"}
	b.ResourceType = "Bundle"
	relations := r.relations()
	for i, e := range r.Entries {
		d := e.reference(subject(i), relations[e.ID])
		b.Entry = append(b.Entry, model.BundleEntry{Resource: model.Contained{Resource: d, Source: e.Source}})
	}
	for range r.Packages { // a frame around documents, as a message is
		b.Entry = append(b.Entry, entryOf("MessageHeader", &model.MessageHeader{}))
	}
	for range r.Other {
		b.Entry = append(b.Entry, entryOf("RegistryObject", &model.Other{}))
	}
	return b
}

func entryOf(kind string, r model.Resource) model.BundleEntry {
	r.Header().ResourceType = kind
	return model.BundleEntry{Resource: model.Contained{Resource: r}}
}

// relations are the ties between documents, by the entry that makes each.
func (r *Response) relations() map[string][]model.RelatesTo {
	out := map[string][]model.RelatesTo{}
	for _, rel := range r.Relations {
		if code := relationCode(rel.Kind); code != "" && rel.Target != "" && rel.Source != "" {
			out[rel.Source] = append(out[rel.Source], model.RelatesTo{
				Code: code, Target: &model.Reference{Identifier: &model.Identifier{System: uriSystem, Value: rel.Target}},
			})
		}
	}
	return out
}

// relationCode is FHIR's word for a tie between documents.
func relationCode(kind string) string {
	switch kind {
	case "RPLC", "XFRM_RPLC":
		return "replaces"
	case "XFRM":
		return "transforms"
	case "APND":
		return "appends"
	case "signs":
		return "signs"
	}
	return ""
}

// people are the persons that entries name.
type people struct {
	ids     map[ID]string
	entries []model.BundleEntry
}

func (p *people) subject(e *Entry) *model.Reference {
	if e.Patient.Value == "" {
		return nil
	}
	id, ok := p.ids[e.Patient]
	if !ok {
		id = "patient-" + strconv.Itoa(len(p.ids)+1)
		p.ids[e.Patient] = id
		patient := &model.Patient{}
		patient.ID, patient.Identifier = id, []model.Identifier{e.Patient.identifier()}
		p.entries = append(p.entries, entryOf("Patient", patient))
	}
	return &model.Reference{Reference: "Patient/" + id}
}

// outcome is what the answer says of failures, nil when it says that it is whole.
func (r *Response) outcome() *model.OperationOutcome {
	v := Judge(r.Status, r.Errors)
	o := &model.OperationOutcome{}
	for _, f := range v.Failures {
		o.Issue = append(o.Issue, model.Issue{Severity: "error", Code: "exception", Details: &model.Concept{Text: f.Message}})
	}
	if len(r.References) > 0 {
		o.Issue = append(o.Issue, model.Issue{Severity: "error", Code: "incomplete", Details: &model.Concept{Text: "only the ids of some documents came"}})
	}
	if v.UnknownPatient && len(o.Issue) == 0 {
		o.Issue = append(o.Issue, model.Issue{Severity: "error", Code: "not-found", Details: &model.Concept{Coding: []model.Coding{{Code: "PATIENT_NOT_FOUND"}}}})
	}
	if len(o.Issue) == 0 {
		return nil
	}
	return o
}
