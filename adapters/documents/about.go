package documents

import (
	"slices"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// About refuses a content that says itself that it is about another person, whoever lists
// it: a CDA document whose patient carries another number or another date of birth
// (DATA_LOSS). What does not say whom it is about is as it is listed.
func About(content []byte, who *lhcrv1.PatientQuery, now time.Time) error {
	if !IsCDA(content) {
		return nil
	}
	payload, err := Listed{}.readCDA(content)
	if err != nil {
		return nil // it is delivered as its bytes, which nobody here reads
	}
	b := answer.NewBuilder(answer.Options{NHSNumber: who.GetNhsNumber(), Now: now})
	b.AddRead(payload.Read)
	for _, p := range b.Build().Patients() {
		if slices.ContainsFunc(p.Numbers, func(n answer.PatientNumber) bool { return n.Value != who.GetNhsNumber() }) || differs(p.BirthDate, who.GetDateOfBirth()) {
			return status.Error(codes.DataLoss, "the document that is listed for this person is about another")
		}
	}
	return nil
}

// Strangers is the gap of documents that are listed for the patient and are about others.
func Strangers(n int) *lhcrv1.Gap {
	return &lhcrv1.Gap{
		Kind: lhcrv1.GapKind_GAP_KIND_OTHER_PERSON, Count: uint32(n), Message: "documents about another person are listed and are not read",
	}
}
