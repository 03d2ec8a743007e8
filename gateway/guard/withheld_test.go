package guard_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/gateway/guard"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	withheld     = lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD
	notSupported = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED
)

func outcomes(all ...lhcrv1.OutcomeStatus) fetch {
	var said []*lhcrv1.SectionOutcome
	for _, s := range all {
		said = append(said, &lhcrv1.SectionOutcome{Status: s})
	}
	return says(said...)
}

// What an adapter can say without its region is not counted as a call to it, and neither
// closes a breaker nor keeps it from being tried.
func TestAnAnswerWithoutTheRegionSaysNothingOfIt(t *testing.T) {
	for name, region := range map[string]fetch{
		"withheld":              outcomes(withheld, withheld),
		"never given":           outcomes(notSupported),
		"withheld or not given": outcomes(withheld, notSupported),
		"a withheld error":      fails(call.Withheld("no consent")),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, n := guarded(t, &regional{fetch: region}, once())
				times(t.Context(), 12, r)
				wantBreaker(t, r, closed)
				if len(n.asked()) > 0 || len(n.turnedAway()) > 0 {
					t.Errorf("calls observed: %v, refused: %v", n.asked(), n.turnedAway())
				}
				behave := region
				r = opened(t, func(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
					return behave(ctx, req)
				})
				times(t.Context(), 3, r)
				wantBreaker(t, r, halfOpen)
				behave = answers(returned)
				times(t.Context(), 1, r)
				wantBreaker(t, r, closed)
			})
		})
	}
}

// Nor do such sections hide that nothing else came.
func TestWithheldSectionsDoNotHideAFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := guarded(t, &regional{fetch: outcomes(withheld, unavailable, notSupported)}, once())
		times(t.Context(), 12, r)
		wantBreaker(t, r, open)
		r, _ = guarded(t, &regional{fetch: outcomes(withheld, unavailable, returned)}, once())
		times(t.Context(), 12, r)
		wantBreaker(t, r, closed)
	})
}

// quiet is a region that is not asked whether it holds anybody, nor for a document.
type quiet struct {
	regional
	located *adapterv1.LocateResponse
}

func (q *quiet) Locate(context.Context, *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	return q.located, nil
}

func TestALocateThatSaysNothing(t *testing.T) {
	unknown := &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_UNKNOWN, Message: "no consent"}
	named := &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_UNKNOWN, Patients: []*adapterv1.MatchedPatient{{}}}
	for name, tt := range map[string]struct {
		answer *adapterv1.LocateResponse
		code   codes.Code
		heard  bool
	}{
		"of nobody":   {unknown, codes.Unimplemented, false},
		"of somebody": {named, codes.OK, true},
		"not held":    {&adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_NOT_HELD}, codes.OK, true},
	} {
		t.Run(name, func(t *testing.T) {
			r, n := guarded(t, &quiet{located: tt.answer}, once())
			_, err := r.Locate(t.Context(), &adapterv1.LocateRequest{Patient: someone(0)})
			if status.Code(err) != tt.code || (len(n.asked()) == 1) != tt.heard {
				t.Errorf("%v, calls observed: %v", err, n.asked())
			}
		})
	}
}

// Whoever hears of the end of the call can tell it from a refusal of us; the user cannot.
func TestAWithheldDocumentIsMarked(t *testing.T) {
	r, n := guarded(t, &regional{document: func(context.Context) error { return call.Withheld("no consent") }}, once())
	_, err := r.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{Patient: someone(0)})
	wantRefusal(t, err, guard.Withheld)
	if status.Code(err) != codes.PermissionDenied || len(n.asked()) > 0 || len(n.turnedAway()) > 0 {
		t.Errorf("%v, calls observed: %v, refused: %v", err, n.asked(), n.turnedAway())
	}
	refusing, n := guarded(t, &regional{document: func(context.Context) error { return call.Refused("no") }}, once())
	_, err = refusing.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{Patient: someone(0)})
	if _, refused := guard.RefusalOf(err); refused || len(n.asked()) != 1 {
		t.Errorf("a refusal is %v, calls observed: %v", err, n.asked())
	}
}
