package composite

import (
	"context"
	"time"

	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// locateShare is what part of the time left a search may take: the fetch comes after it, and a
// system that hangs must leave the others theirs.
const locateShare = 3

// Locate asks all systems, which all can tell. The region holds the patient if any of them
// does, and does not if all of them say so. Its error is for when none of them could be asked.
func (r *region) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	if len(r.that(lhcrv1.Capability_CAPABILITY_LOCATE)) < len(r.systems) {
		return nil, unimplemented()
	}
	limit := func(s *system) time.Duration { return share(ctx, s.limit) }
	answers := together(ctx, r.systems, limit, func(ctx context.Context, s *system, _ int) (*adapterv1.LocateResponse, error) {
		return s.Region.Locate(ctx, proto.CloneOf(req))
	})
	if ctx.Err() != nil {
		return nil, status.FromContextError(ctx.Err()).Err()
	}
	return located(answers)
}

func share(ctx context.Context, limit time.Duration) time.Duration {
	if at, ok := ctx.Deadline(); ok {
		return min(limit, time.Until(at)/locateShare)
	}
	return limit
}

func located(answers []answered[adapterv1.LocateResponse]) (*adapterv1.LocateResponse, error) {
	out := &adapterv1.LocateResponse{}
	var failed []error
	notHeld := 0
	handles := make([][]byte, len(answers))
	for i, a := range answers {
		switch {
		case a.err != nil:
			failed = append(failed, a.err)
		case a.res.GetHolding() == adapterv1.Holding_HOLDING_HELD:
			out.Holding, handles[i] = adapterv1.Holding_HOLDING_HELD, a.res.GetHandle()
		case a.res.GetHolding() == adapterv1.Holding_HOLDING_NOT_HELD:
			notHeld++
		}
		out.Patients = append(out.Patients, a.res.GetPatients()...)
		out.Message = joined(out.GetMessage(), a.res.GetMessage())
	}
	switch {
	case out.GetHolding() == adapterv1.Holding_HOLDING_HELD:
		out.Handle = frame(handles)
	case len(failed) == len(answers):
		return nil, failed[0]
	case notHeld == len(answers):
		out.Holding = adapterv1.Holding_HOLDING_NOT_HELD
	default:
		out.Holding, out.Message = adapterv1.Holding_HOLDING_UNKNOWN, unknown(out.GetMessage(), failed)
	}
	return out, nil
}

// unknown says why nobody knows.
func unknown(message string, failed []error) string {
	for _, err := range failed {
		message = joined(message, status.Convert(err).Message())
	}
	return message
}

// joined puts sentences in a row, each once.
func joined(words, more string) string {
	switch {
	case more == "" || words == more:
		return words
	case words == "":
		return more
	}
	return words + "; " + more
}
