package lookup

import (
	"errors"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// trouble is what a failed call to a region means for its sections, in words for a user.
type trouble struct {
	status    lhcrv1.OutcomeStatus
	gap       lhcrv1.GapKind
	retryable bool
	message   string
}

// troubles is what each code of a failed Locate or Fetch means. A code that is not
// here means what UNKNOWN does.
//
// NOT_FOUND and UNIMPLEMENTED are no answer of these two methods: that nobody
// matched is told by Locate's holding or an outcome, that a section is never given
// by the region's definition, and Fetch is not optional. Taken at their word, an
// adapter behind a wrong address would make an answer without its region look whole.
var troubles = map[codes.Code]trouble{
	codes.Unavailable:        {unavailable, providerFailed, true, "the region could not be reached or was out of order: ask again later"},
	codes.Internal:           {unavailable, providerFailed, true, "the region's answer failed on its way: ask again later"},
	codes.Unknown:            {unavailable, providerFailed, true, "the region gave no usable answer: ask again later"},
	codes.Aborted:            {unavailable, providerFailed, true, "the region broke off: ask again"},
	codes.Canceled:           {unavailable, providerFailed, true, "the call to the region was broken off: ask again"},
	codes.DeadlineExceeded:   {unavailable, timedOut, true, "the region did not answer in time: ask again"},
	codes.PermissionDenied:   {refused, regionRefused, false, "the region refused this request: ask the gateway's operator"},
	codes.Unauthenticated:    {refused, regionRefused, false, "the region did not accept the gateway's credentials: ask the gateway's operator"},
	codes.FailedPrecondition: {refused, regionRefused, false, "the region refused this request as things stand: ask the gateway's operator"},
	codes.ResourceExhausted:  {refused, regionRefused, true, "the region takes no more requests for now: ask again later"},
	codes.DataLoss:           {invalid, malformed, true, "the region's answer broke off or could not be understood"},
	codes.InvalidArgument:    {invalid, malformed, false, "the region did not understand the request, or was not understood"},
	codes.OutOfRange:         {invalid, malformed, false, "the region did not understand the request, or was not understood"},
	codes.NotFound:           {invalid, malformed, false, "the region's answer could not be understood"},
	codes.AlreadyExists:      {invalid, malformed, false, "the region's answer could not be understood"},
	codes.Unimplemented:      {invalid, malformed, false, "the region's adapter does not do what its definition says"},
}

const (
	unavailable    = lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE
	refused        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED
	invalid        = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	providerFailed = lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED
	timedOut       = lhcrv1.GapKind_GAP_KIND_TIMED_OUT
	regionRefused  = lhcrv1.GapKind_GAP_KIND_REFUSED
	malformed      = lhcrv1.GapKind_GAP_KIND_MALFORMED
)

// troubleOf is what an error of a region means.
func troubleOf(err error) trouble {
	if t, ok := troubles[status.Code(err)]; ok {
		return t
	}
	return troubles[codes.Unknown]
}

// failedOutcome is the outcome of one section of a call that failed. Its words are
// ours; the adapter's own, which promise to name no patient, are kept in the gap,
// scrubbed.
func failedOutcome(region string, section lhcrv1.Section, err error) *lhcrv1.SectionOutcome {
	t := troubleOf(err)
	if refusalOf(err) != "" { // it was we who did not ask: the region is not to blame
		t.message = status.Convert(err).Message()
	}
	after := retryAfter(err)
	return &lhcrv1.SectionOutcome{
		RegionId: region, Section: section, Status: t.status, Message: t.message, RetryAfter: after,
		Gaps: []*lhcrv1.Gap{{
			Kind: t.gap, Retryable: t.retryable, RetryAfter: after, Message: adapters.Scrub(status.Convert(err).Message()),
		}},
	}
}

// guardRefusal is the error of a guard around a region that let a call not through.
type guardRefusal interface{ GuardRefusal() string }

// refusalOf is why a guard refused a call. Empty for every other error.
func refusalOf(err error) string {
	var refusal guardRefusal
	if errors.As(err, &refusal) {
		return refusal.GuardRefusal()
	}
	return ""
}

// retryAfter is when the region may be asked again, as it said. Nil when it did not.
func retryAfter(err error) *durationpb.Duration {
	for _, detail := range status.Convert(err).Details() {
		if info, ok := detail.(*errdetails.RetryInfo); ok && info.GetRetryDelay().AsDuration() > 0 {
			return durationpb.New(info.GetRetryDelay().AsDuration().Round(time.Millisecond))
		}
	}
	return nil
}
