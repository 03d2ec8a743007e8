package fhirsearch

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// withoutStrangers are the payloads without the records that are not known to be the
// person's. One that cannot be read stays as it is: who reads the answer tells of it.
func (i *identity) withoutStrangers(in []fhir.Payload) []fhir.Payload {
	if len(i.strangers) == 0 {
		return in
	}
	for at := range in {
		if in[at].Read != nil {
			continue
		}
		if payload, err := new(decode.Reader).Read(in[at].Body, 0); err == nil && i.cut(payload) {
			in[at].Read = payload
		}
	}
	return in
}

// cut takes the strangers out of the bundles of a payload, and reports whether there were any.
func (i *identity) cut(payload *decode.Payload) bool {
	found := false
	for _, r := range payload.Resources {
		bundle, ok := r.Resource.(*model.Bundle)
		if !ok {
			continue
		}
		before := len(bundle.Entry)
		bundle.Entry = slices.DeleteFunc(bundle.Entry, func(e model.BundleEntry) bool {
			p, ok := e.Resource.Resource.(*model.Patient)
			return ok && slices.Contains(i.strangers, p.ID) && !carriesNumber(p)
		})
		found = found || len(bundle.Entry) < before
	}
	return found
}

func carriesNumber(p *model.Patient) bool {
	return slices.ContainsFunc(p.Identifier, func(id model.Identifier) bool { return answer.IsNHSNumberSystem(id.System) && id.Value != "" })
}

// people are the patients of the whole answer: those whom the search for the patient found,
// as the links have them, and whoever came with something else.
func (i *identity) people(read []*adapterv1.MatchedPatient) []*adapterv1.MatchedPatient {
	if i.kin == nil {
		return read
	}
	out := slices.Clone(i.patients)
	for _, p := range read {
		known := slices.ContainsFunc(i.patients, func(q *adapterv1.MatchedPatient) bool { return q.GetSourceId() == p.GetSourceId() })
		if !known && !i.isStranger(p) {
			out = append(out, p)
		}
	}
	return out
}
