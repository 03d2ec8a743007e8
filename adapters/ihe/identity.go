package ihe

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/contract"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// record is one id by which the registry knows the patient.
type record struct {
	id   xds.ID
	home string // OID of the community; empty within one affinity domain
}

// identity is who the region says the patient is.
type identity struct {
	number string // as the region answered; empty until it did
	born   string // YYYY-MM-DD or a part of it
	// records are what may be asked for.
	records []record
	// mismatch says why nothing may be delivered.
	mismatch   lhcrv1.IdentityMismatchReason
	superseded string
	// others are further persons who came.
	others []*adapterv1.MatchedPatient
	// left says that records of the person are not asked for. Nil when all are.
	left *lhcrv1.Gap
}

// known says that the region knows the patient.
func (i identity) known() bool { return i.number != "" }

// patients are who came, for the gateway's own check.
func (i identity) patients() []*adapterv1.MatchedPatient {
	if !i.known() {
		return i.others
	}
	return append([]*adapterv1.MatchedPatient{{
		NhsNumber: i.number, BirthDate: contract.When(model.When(i.born)), SourceId: patientName,
		Superseded: i.mismatch == lhcrv1.IdentityMismatchReason_IDENTITY_MISMATCH_REASON_SUPERSEDED, SupersededBy: i.superseded,
	}}, i.others...)
}

// The names of the patient and of anybody else, within one answer.
const (
	patientName  = "patient"
	strangerName = "another-person"
)

// patient is the person as FHIR has it. The region sent no record of the person: that one
// answers to the number is the index's word, and what is shown of documents is theirs.
func (i identity) patient() *model.Patient {
	p := &model.Patient{BirthDate: model.When(i.born)}
	p.ResourceType, p.ID, p.Origin = "Patient", patientName, &model.Origin{Supporting: true}
	p.Identifier = []model.Identifier{{System: answer.NHSNumberSystem, Value: i.number}}
	return p
}

// subject names a person in an answer; nil for nobody.
func subject(name string) *model.Reference {
	if name == "" {
		return nil
	}
	return &model.Reference{Reference: "Patient/" + name}
}

// byNumber is a patient whom the registry knows by the NHS number. That it does, only its
// answer says.
func (c *client) byNumber(number string) identity {
	return identity{records: []record{{
		id: xds.ID{Value: number, Authority: definition.NHSNumberOID}, home: c.definition.IHE.HomeCommunity,
	}}}
}

// A handle's ids: an id and its community for each record, and the birth date before them.
const fieldSeparator = "\t"

func (i identity) seal() []string {
	out := []string{i.born}
	for _, r := range i.records {
		out = append(out, r.id.Value+fieldSeparator+r.id.Authority+fieldSeparator+r.home)
	}
	return out
}

// unseal reads what seal wrote; the number is the one that the handle was opened for.
func unseal(number string, sealed []string) identity {
	out := identity{number: number, born: sealed[0]}
	for _, line := range sealed[1:] {
		f := strings.SplitN(line, fieldSeparator, 3)
		if len(f) == 3 {
			out.records = append(out.records, record{id: xds.ID{Value: f[0], Authority: f[1]}, home: f[2]})
		}
	}
	return out
}

// dayOf writes a time of HL7 as a date, YYYY-MM-DD or a part of it. Empty for none.
func dayOf(hl7 string) string {
	day, _, _ := strings.Cut(xds.Moment(hl7), "T")
	if model.When(day).Parse().Precision == model.PrecisionNone {
		return ""
	}
	return day
}

// differs compares dates of birth at the coarser of their precisions. What is not known
// differs from none.
func differs(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] != b[:n]
}
