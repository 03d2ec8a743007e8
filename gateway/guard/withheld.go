package guard

import (
	"errors"

	adaptercall "github.com/openlhcr/openlhcr/adapters/call"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Withheld means that nothing shows that the region was asked. An adapter asks for nothing where
// what its region wants is missing, a consent for instance, and says that it is withheld.
// No guard refused such a call: it is never told to an [Observer] as one that was.
const Withheld Refusal = "withheld"

// saidForIt says whether an outcome can have come about without the region: by the adapter's own
// rules or by its definition.
func saidForIt(s lhcrv1.OutcomeStatus) bool {
	return s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD || s == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
}

// isWithheld says whether an error is of something withheld, and no refusal of us.
func isWithheld(err error) bool {
	var f *adaptercall.Failure
	return errors.As(err, &f) && f.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
}

// withheld is the error of such a call, by which whoever hears of its end can tell that
// it says nothing of the region.
type withheld struct{}

var _ interface {
	error
	GRPCStatus() *status.Status
	GuardRefusal() string
} = withheld{}

// Error says what happened.
func (withheld) Error() string { return Withheld.words() }

// GuardRefusal is [Withheld].
func (withheld) GuardRefusal() string { return string(Withheld) }

// GRPCStatus is the error as a status.
func (withheld) GRPCStatus() *status.Status {
	return status.New(codes.PermissionDenied, Withheld.words())
}

// marked is an answer or an error as it came, unless the error is of something withheld.
func marked[A any](answer A, err error) (A, error) {
	if isWithheld(err) {
		return answer, withheld{}
	}
	return answer, err
}

// errUnsaid stands for an answer to Locate that says nothing.
var errUnsaid = status.Error(codes.Unimplemented, "whether the region holds this patient was not found out")

// isUnsaid says whether an answer to Locate shows nothing of the region.
func isUnsaid(res *adapterv1.LocateResponse) bool {
	return res.GetHolding() == adapterv1.Holding_HOLDING_UNKNOWN && len(res.GetPatients()) == 0
}
