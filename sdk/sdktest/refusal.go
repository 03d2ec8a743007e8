package sdktest

import (
	"crypto/rand"
	"fmt"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"
)

// refuse is an error as a gateway's: a code, a reason, and what stands beside them.
func refuse(code codes.Code, reason lhcrv1.ErrorReason, message string, beside ...protoadapt.MessageV1) error {
	details := append([]protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: reason.String(), Domain: "openlhcr"}}, beside...)
	detailed, err := status.New(code, message).WithDetails(details...)
	if err != nil {
		return status.Error(code, message)
	}
	return detailed.Err()
}

func retryIn(after time.Duration) protoadapt.MessageV1 {
	return &errdetails.RetryInfo{RetryDelay: durationpb.New(after)}
}

// invalid blames one field.
func invalid(field, rule, message string) error {
	return refuse(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST, field+": "+message,
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: field, Reason: rule, Description: message}}})
}

// check is the contract's rules that a client breaks most: who the patient is, and
// why the record is read.
func check(patient *lhcrv1.PatientQuery, access *lhcrv1.AccessContext) error {
	switch {
	case patient == nil:
		return invalid("patient", "required", "name the patient")
	case !checks(patient.GetNhsNumber()):
		return invalid("patient.nhs_number", "nhs_number", "must be an NHS number: ten digits without spaces whose last is the modulus 11 check digit; check it with the patient")
	case access.GetPurpose() == lhcrv1.Purpose_PURPOSE_UNSPECIFIED:
		return invalid("access.purpose", "enum.not_in", "say why the record is read")
	case access.GetBasis() == lhcrv1.AccessBasis_ACCESS_BASIS_UNSPECIFIED:
		return invalid("access.basis", "enum.not_in", "say on what footing the record is read")
	case access.GetBasis() == lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE && access.GetOverrideReason() == "":
		return invalid("access.override_reason", "override_reason", "is required with an emergency override")
	}
	return nil
}

// checks says whether a text is an NHS number as the contract wants it.
func checks(text string) bool {
	number, err := nhsnumber.Parse(text)
	return err == nil && number.Reveal() == text
}

// requestID is a UUID, version 4 (RFC 9562, section 5.4).
func requestID() string {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}
