package ihe

import (
	"slices"

	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// owner says whose document an entry lists.
type owner int

const (
	// ownerUnsaid: the entry names nobody. It is delivered and flagged.
	ownerUnsaid owner = iota
	// ownerPatient: the patient asked for.
	ownerPatient
	// ownerOther: somebody else, by an id or an NHS number.
	ownerOther
	// ownerBorn: somebody of another date of birth.
	ownerBorn
)

// ownerOf judges an entry: by whose document the registry says that it is, and whose its source
// took it for.
func (i identity) ownerOf(e *xds.Entry, asked *lhcrv1.PatientQuery) owner {
	for _, id := range e.SourcePatient {
		if n := id.Number(); n != "" && n != asked.GetNhsNumber() {
			return ownerOther
		}
	}
	switch {
	case differs(dayOf(e.SourceBirth), asked.GetDateOfBirth()), differs(dayOf(e.SourceBirth), i.born):
		return ownerBorn
	case e.Patient.Value == "":
		return ownerUnsaid
	}
	foreign := true // by an id of another domain than we asked with
	for _, r := range i.records {
		if r.id == e.Patient {
			return ownerPatient
		}
		foreign = foreign && r.id.Authority != e.Patient.Authority
	}
	if e.Patient.Number() == asked.GetNhsNumber() || foreign && filedFor(e, asked.GetNhsNumber()) {
		return ownerPatient
	}
	return ownerOther
}

// filedFor says that an entry's source took the document for that of this number: a gateway can
// answer for the NHS number with ids of its own domain.
func filedFor(e *xds.Entry, number string) bool {
	return slices.ContainsFunc(e.SourcePatient, func(id xds.ID) bool { return id.Number() == number })
}

// subjectName is how an answer names the owner.
func (o owner) subjectName() string {
	switch o {
	case ownerPatient:
		return patientName
	case ownerUnsaid:
		return ""
	default:
		return strangerName
	}
}

// strangers are the persons whose documents came unasked, for the gateway's own check.
func strangers(entries []*xds.Entry) []*adapterv1.MatchedPatient {
	var out []*adapterv1.MatchedPatient
	seen := map[string]bool{}
	for _, e := range entries {
		number := e.Patient.Number()
		for _, id := range e.SourcePatient {
			if n := id.Number(); n != "" {
				number = n
			}
		}
		if !seen[number] {
			seen[number] = true
			out = append(out, &adapterv1.MatchedPatient{NhsNumber: number})
		}
	}
	return out
}
