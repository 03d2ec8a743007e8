package ihe

import (
	"context"
	"time"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const checkTimeout = 10 * time.Second

// Check tries whether registry and repository answer. It asks for an entry and for a document of
// made-up ids, so that it touches no patient's data. Where the region wants to be told of a user
// there is none to name, and a refusal for that reason still shows that the service is there and
// took our certificate.
func (r *Region) Check(ctx context.Context, _ *adapterv1.CheckRequest) (*adapterv1.CheckResponse, error) {
	inner, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	res := &adapterv1.CheckResponse{Status: lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY}
	s := &session{client: r.client, budget: call.NewBudget(r.definition.Limits.MaxBytes)}
	note(res, "registry", s.tryRegistry(inner))
	note(res, "repository", s.tryRepository(inner))
	if ctx.Err() != nil {
		return nil, transport.Failure(ctx, ctx.Err())
	}
	return res, nil
}

func note(res *adapterv1.CheckResponse, name string, failure *call.Failure) {
	step := &adapterv1.CheckStep{Name: name, Ok: failure == nil}
	res.Steps = append(res.Steps, step)
	if failure == nil {
		return
	}
	step.Message = failure.Message
	switch {
	case res.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY: // the first failure says most
	case failure.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED:
		res.Status = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
	default:
		res.Status = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	}
}

// nobodys is an id that names nothing.
func (s *session) nobodys() (string, *call.Failure) {
	id, err := call.UUID(s.random)
	if err != nil {
		return "", call.Unavailable("no message can be made now")
	}
	return "urn:uuid:" + id, nil
}

func (s *session) tryRegistry(ctx context.Context) *call.Failure {
	id, failure := s.nobodys()
	if failure != nil {
		return failure
	}
	m, failure := s.try(ctx, s.registryQuestion(xds.Query{Entries: []string{id}, Home: s.definition.IHE.HomeCommunity}))
	if m == nil {
		return failure
	}
	res, err := xds.ReadResponse(m.Body, m.XML)
	if err != nil {
		return errNotRegistry()
	}
	return judged(res.Status, res.Errors)
}

func (s *session) tryRepository(ctx context.Context) *call.Failure {
	id, failure := s.nobodys()
	if failure != nil {
		return failure
	}
	key, _ := s.keyOf(&xds.Entry{Repository: id, UniqueID: id})
	m, failure := s.try(ctx, s.repositoryQuestion([]xds.Key{key}))
	if m == nil {
		return failure
	}
	came, err := xds.ReadRetrieved(m)
	if err != nil {
		return errNotRepository()
	}
	return judged(came.Status, came.Errors)
}

// try asks on nobody's behalf. Neither answer nor failure is a refusal for that reason.
func (s *session) try(ctx context.Context, q question) (*soap.Message, *call.Failure) {
	var fault soap.Kind
	q.fault = &fault
	m, failure := s.ask(ctx, q)
	refused := failure != nil && failure.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED && !failure.Retryable
	if s.definition.IHE.Assertion != nil && (refused || fault == soap.KindSender) {
		return nil, nil
	}
	return m, failure
}

// judged takes any answer but a refusal for a good one: what was asked for does not exist.
func judged(status xds.Status, errs []xds.Error) *call.Failure {
	for _, f := range xds.Judge(status, errs).Failures {
		if f.Status == lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED {
			return f
		}
	}
	return nil
}
