package ihe

import (
	"context"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/definition"
	"github.com/openlhcr/openlhcr/adapters/ihe/hl7v3"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// maxRecords bounds how many records of one person are asked for.
const maxRecords = 8

// lookUp asks who the patient is to the region. Where the NHS number itself is the id, nobody is
// asked, and the registry's answer will say.
func (s *session) lookUp(ctx context.Context, patient *lhcrv1.PatientQuery) (identity, *call.Failure) {
	if s.definition.IHE.Patient == definition.PatientNumber {
		return s.byNumber(patient.GetNhsNumber()), nil
	}
	q, err := s.indexQuestion(patient)
	if err != nil {
		return identity{}, call.Unavailable("no message can be made now")
	}
	m, failure := s.ask(ctx, q)
	if failure != nil {
		return identity{}, failure
	}
	a, err := hl7v3.Read(m.Body)
	if err != nil {
		return identity{}, call.Malformed("the answer of the region's patient index cannot be read")
	}
	return s.identify(a, patient)
}

func (s *session) indexQuestion(patient *lhcrv1.PatientQuery) (question, error) {
	id, err := call.UUID(s.random)
	asked := hl7v3.Question{
		MessageID: id, Person: xds.ID{Value: patient.GetNhsNumber(), Authority: definition.NHSNumberOID},
		Authority: s.definition.IHE.AssigningAuthority, BirthDate: patient.GetDateOfBirth(),
		Sender: s.settings.ClientID, Receiver: s.definition.ID, Home: s.home(), At: s.now(),
	}
	if s.definition.IHE.Patient == definition.PatientXCPD {
		return question{purpose: definition.PurposeXCPD, action: hl7v3.ActionXCPD, id: id, body: asked.XCPD()}, err
	}
	return question{purpose: definition.PurposePIX, action: hl7v3.ActionPIX, id: id, body: asked.PIX()}, err
}

// identify reads an index's answer: nobody for no match.
func (s *session) identify(a *hl7v3.Answer, patient *lhcrv1.PatientQuery) (identity, *call.Failure) {
	switch a.Outcome {
	case hl7v3.NotFound:
		return identity{}, nil
	case hl7v3.Found:
		return s.found(a, patient)
	case hl7v3.Ambiguous:
		return identity{}, call.Invalid(lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, "the region's patient index could not say who the person is").Final()
	case hl7v3.Busy:
		return identity{}, call.Unavailable("the region's patient index is busy")
	case hl7v3.Failed:
		return identity{}, call.Unavailable("the region's patient index failed")
	}
	return identity{}, call.Malformed("the answer of the region's patient index does not say whether it knows the person")
}

// found is the persons of an answer, judged (contract rule 7).
func (s *session) found(a *hl7v3.Answer, patient *lhcrv1.PatientQuery) (identity, *call.Failure) {
	j := &judge{ihe: s.definition.IHE, asked: patient, echoed: echoes(a.Asked, patient.GetNhsNumber()), missing: a.Missing}
	for _, p := range a.Persons {
		j.person(p)
	}
	out := j.verdict()
	if out.mismatch == 0 && len(out.records) == 0 {
		return identity{}, call.Invalid(lhcrv1.GapKind_GAP_KIND_LINKED_RECORD,
			"the region's patient index knows the person, and not by an id of the region's documents").Final()
	}
	return out, nil
}
