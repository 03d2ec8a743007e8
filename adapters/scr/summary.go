package scr

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
)

// What a patient permits (https://fhir.nhs.uk/CodeSystem/SCR-ACSPermission).
const (
	permissionSystem = "https://fhir.nhs.uk/CodeSystem/SCR-ACSPermission"
	permits          = "Yes"
	refuses          = "No"
	mustBeAsked      = "Ask"
)

// summary is what is known of a patient's latest record before it is read.
type summary struct {
	// id of the record. Empty when there is none.
	id string
	// permission to view it: permits, refuses or mustBeAsked.
	permission string
	// patients whom the answer names.
	patients []*adapterv1.MatchedPatient
}

// find asks for the id of the latest record.
func find(ctx context.Context, t *fhirsearch.Talk, number string) (summary, *call.Failure) {
	body, code, failure := t.Get(ctx, "DocumentReference", url.Values{
		"patient": {answer.NHSNumberSystem + "|" + number}, "type": {"http://snomed.info/sct|196981000000101"},
		"_sort": {"date"}, "_count": {"1"},
	})
	if failure != nil {
		return summary{}, controlled(code, failure)
	}
	bundle, failure := bundleOf(body)
	if failure != nil {
		return summary{}, failure
	}
	var found summary
	for i := range bundle.Entry {
		switch r := bundle.Entry[i].Resource.Resource.(type) {
		case *model.DocumentReference:
			failure = found.take(r)
		case *model.Patient:
			found.patients = append(found.patients, matched(r))
		case *model.OperationOutcome:
			failure = call.Invalid(providerFailed, "the service answered that it failed")
		}
		if failure != nil {
			return summary{}, failure
		}
	}
	return found, nil
}

// take reads the first reference: the latest record's.
func (s *summary) take(r *model.DocumentReference) *call.Failure {
	if s.id != "" {
		return nil
	}
	if r.MasterIdentifier == nil || r.MasterIdentifier.Value == "" {
		return call.Malformed("the service names a record without its id")
	}
	s.id, s.permission = r.MasterIdentifier.Value, mustBeAsked // where nothing is said
	said := ""
	for i := range r.Security {
		for _, coding := range r.Security[i].Coding {
			if coding.System == permissionSystem {
				said = stricter(said, coding.Code)
			}
		}
	}
	if said != "" {
		s.permission = said
	}
	return nil
}

// stricter is the stricter of two permissions. What is none that a patient can give refuses.
func stricter(a, b string) string {
	switch {
	case !isPermission(b), a == refuses:
		return refuses
	case a == "" || b == refuses || a == permits:
		return b
	}
	return a
}

// matched is a patient for the identity check.
func matched(p *model.Patient) *adapterv1.MatchedPatient {
	m := &adapterv1.MatchedPatient{SourceId: p.ID}
	for _, i := range p.Identifier {
		if i.System == answer.NHSNumberSystem {
			m.NhsNumber = i.Value
		}
	}
	return m
}

// get reads a record by its id. No entries: the id is not the latest any more.
func get(ctx context.Context, t *fhirsearch.Talk, number, id string) (body []byte, empty bool, failure *call.Failure) {
	body, code, failure := t.Get(ctx, "Bundle", url.Values{
		"composition.identifier":                 {id},
		"composition.subject:Patient.identifier": {answer.NHSNumberSystem + "|" + number},
	})
	if failure != nil {
		return nil, false, controlled(code, failure)
	}
	bundle, failure := bundleOf(body)
	if failure != nil {
		return nil, false, failure
	}
	return body, len(bundle.Entry) == 0, nil
}

func bundleOf(body []byte) (*model.Bundle, *call.Failure) {
	payload, err := new(decode.Reader).Read(slices.Clone(body), 0)
	if err != nil || len(payload.Resources) != 1 {
		return nil, call.Malformed("the service's answer cannot be read")
	}
	switch r := payload.Resources[0].Resource.(type) {
	case *model.Bundle:
		return r, nil
	case *model.OperationOutcome:
		return nil, call.Invalid(providerFailed, "the service answered that it failed")
	}
	return nil, call.Malformed("the service's answer is no Bundle")
}

// accessControl is the status in which the API says that the patient's access control
// prevents an action. It is of no standard.
const accessControl = 420

// controlled reads a refusal: 403 and 420 are about the patient's permission, not about us.
func controlled(code int, f *call.Failure) *call.Failure {
	if code != http.StatusForbidden && code != accessControl {
		return f
	}
	withheld := call.Withheld("the patient's permission does not let the Summary Care Record be read")
	withheld.RequestID = f.RequestID
	return withheld
}

// isPermission says that a code is one that a patient can give, spelt as the API spells it.
func isPermission(code string) bool {
	return code == permits || code == refuses || code == mustBeAsked
}
