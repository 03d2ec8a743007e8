package fhirsearch

import (
	"context"
	"net/http"
	"strconv"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/transport"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Failure is why a call of the region gave nothing usable, or not all.
type Failure = call.Failure

// failureOf reads any error of getting a token, sending or reading.
func failureOf(ctx context.Context, err error) *Failure { return call.FailureOf(ctx, err) }

func invalid(kind lhcrv1.GapKind, message string) *Failure { return call.Invalid(kind, message) }

func malformed(message string) *Failure { return call.Malformed(message) }

// refusal reads an answer whose status is no success.
func (c *client) refusal(came reply) *Failure {
	said := readRefusal(came.body)
	f := byStatus(came.status)
	if c.withholds(came.status, came.body) {
		f = call.Withheld("the region withholds it (" + strconv.Itoa(came.status))
	}
	if said.code != "" {
		f.Message += ", " + said.code
	}
	f.Message += ")"
	f.RetryAfter = transport.RetryAfter(came.header, c.now())
	f.RequestID = said.requestID
	return f
}

func byStatus(code int) *Failure {
	number := strconv.Itoa(code)
	switch {
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return call.Refused("the region refused us (" + number)
	case code == http.StatusTooManyRequests:
		f := call.Refused("the region says that we ask too often (" + number)
		f.Retryable = true
		return f
	case code >= http.StatusInternalServerError:
		return call.Unavailable("the region failed (" + number)
	}
	return call.Unavailable("the region did not accept what it was asked (" + number).Final()
}

// isWithheld reports a failure that is no refusal of us.
func isWithheld(f *Failure) bool {
	return f != nil && f.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
}
