package lookup_test

import (
	"context"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// turning is a region that holds a problem of the patient until it says otherwise.
type turning struct {
	verdict func(*adapterv1.FetchRequest) *adapterv1.FetchResponse
	fetches int
}

func (r *turning) adapter() adapters.Adapter {
	return &fetchFunc{describe("dorset"), func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		if r.fetches++; r.verdict != nil {
			return r.verdict(req), nil
		}
		return ofTheProblem(req), nil
	}}
}

func ofTheProblem(req *adapterv1.FetchRequest) *adapterv1.FetchResponse {
	res := fetched(&lhcrv1.Record{})
	for _, s := range req.GetSections() {
		if s != problems {
			res.Outcomes = append(res.Outcomes, outcome(s, nothing))
			continue
		}
		res.Record.Problems = []*lhcrv1.Problem{problem("p1")}
		res.Outcomes = append(res.Outcomes, outcome(s, returned))
	}
	return res
}

func supersededNow(req *adapterv1.FetchRequest) *adapterv1.FetchResponse {
	res := ofTheProblem(req)
	res.Patients[0].Superseded, res.Patients[0].SupersededBy = true, otherNumber
	return res
}

func somebodyElse(req *adapterv1.FetchRequest) *adapterv1.FetchResponse {
	res := ofTheProblem(req)
	res.Patients[0].NhsNumber = otherNumber
	return res
}

func notHeldNow(req *adapterv1.FetchRequest) *adapterv1.FetchResponse {
	res := &adapterv1.FetchResponse{}
	for _, s := range req.GetSections() {
		res.Outcomes = append(res.Outcomes, outcome(s, notHeld))
	}
	return res
}

// verdicts are what a region can say of the person as a whole.
var verdicts = map[string]struct {
	verdict func(*adapterv1.FetchRequest) *adapterv1.FetchResponse
	want    lhcrv1.OutcomeStatus
	by      string
}{
	"superseded":    {supersededNow, mismatch, otherNumber},
	"somebody else": {somebodyElse, mismatch, ""},
	"not held":      {notHeldNow, notHeld, ""},
}

// Nothing that was kept of a region stands beside its verdict on the person.
func TestALiveVerdictReachesWhatWasKept(t *testing.T) {
	for name, test := range verdicts {
		t.Run(name, func(t *testing.T) {
			region := &turning{}
			l := cached(t, lookup.Options{}, region.adapter())
			get(t, l, request(problems, alerts))
			region.verdict = test.verdict
			res := get(t, l, request(problems, allergies))
			for _, s := range []lhcrv1.Section{problems, allergies} {
				o := outcomeOf(t, res.GetOutcomes(), "dorset", s)
				if o.GetStatus() != test.want || o.GetFromCache() || o.GetAge() != nil || o.GetSupersededBy() != test.by {
					t.Errorf("%v is %v, from the cache: %t, superseded by %q", s, o.GetStatus(), o.GetFromCache(), o.GetSupersededBy())
				}
			}
			if len(res.GetRecord().GetProblems()) > 0 || res.GetCompleteness() == complete {
				t.Errorf("%d problems, %v", len(res.GetRecord().GetProblems()), res.GetCompleteness())
			}
			for _, s := range []lhcrv1.Section{problems, alerts} { // the one that was hit, and one that was not asked for
				if got := get(t, l, request(s)).GetOutcomes()[0]; got.GetStatus() != test.want || got.GetFromCache() {
					t.Errorf("then %v is %v, from the cache: %t", s, got.GetStatus(), got.GetFromCache())
				}
			}
		})
	}
}

// A region that turns back is believed from then on, and what it says then is kept.
func TestWhatWasWithdrawnDoesNotComeBack(t *testing.T) {
	for name, test := range verdicts {
		t.Run(name, func(t *testing.T) {
			at, region := newClock(), &turning{}
			l := cached(t, at.opts(), region.adapter())
			get(t, l, request(problems))
			at.pass(time.Minute)
			region.verdict = test.verdict
			get(t, l, request(allergies))
			at.pass(time.Minute)
			region.verdict = nil
			get(t, l, request(allergies)) // well again, and of another section
			region.fetches = 0
			if o := get(t, l, request(problems)).GetOutcomes()[0]; o.GetFromCache() || region.fetches != 1 {
				t.Error("what was withdrawn was served")
			}
			if o := get(t, l, request(problems)).GetOutcomes()[0]; !o.GetFromCache() || o.GetStatus() != returned {
				t.Errorf("what came after the verdict is not served: %v", o.GetStatus())
			}
		})
	}
}

// What others are told is for them: a verdict counts for the view that it was given to.
func TestAVerdictIsForItsView(t *testing.T) {
	region := &turning{}
	l := cached(t, lookup.Options{}, region.adapter())
	get(t, l, request(problems))
	region.verdict = supersededNow
	other := caller()
	other.PersonId = "p2"
	getAs(t, l, other, request(problems))
	if o := get(t, l, request(problems)).GetOutcomes()[0]; !o.GetFromCache() {
		t.Error("another person's verdict withdrew it")
	}
}

// That somebody is not held counts for nothing once the region speaks of somebody else.
func TestAMismatchWithdrawsThatAPersonIsNotHeld(t *testing.T) {
	m := newMoving(heldNot, "")
	l := cached(t, lookup.Options{}, m)
	get(t, l, request(problems))
	m.located.Holding = held
	m.located.Patients = []*adapterv1.MatchedPatient{{NhsNumber: nhsNumber, Superseded: true, SupersededBy: otherNumber}}
	if o := get(t, l, asFresh(past())).GetOutcomes()[0]; o.GetStatus() != mismatch {
		t.Fatal(o.GetStatus())
	}
	if o := get(t, l, request(problems)).GetOutcomes()[0]; o.GetStatus() != mismatch || o.GetFromCache() {
		t.Errorf("%v, from the cache: %t", o.GetStatus(), o.GetFromCache())
	}
}

// Located as not held, before or after: what was kept of the person does not stand
// beside it, whichever of the two was told last.
func TestNotHeldAndSomethingKeptAreAskedOfTheRegion(t *testing.T) {
	at := newClock()
	m := newMoving(heldNot, "")
	l := cached(t, at.opts(), m)
	get(t, l, request(problems))
	at.pass(time.Minute)
	m.located.Holding, m.located.Handle = cantSay, nil // which is not kept
	get(t, l, asFresh(past()))
	m.calls = nil
	at.pass(time.Minute)
	for _, o := range get(t, l, request(problems)).GetOutcomes() {
		if o.GetStatus() != nothing || o.GetFromCache() {
			t.Errorf("%v is %v, from the cache: %t", o.GetSection(), o.GetStatus(), o.GetFromCache())
		}
	}
	m.wantCalls(t, "locate", "fetch ")
	m.located.Holding = heldNot
	for range 2 { // live, then kept
		res := get(t, l, request(problems, alerts, medications))
		for _, o := range res.GetOutcomes() {
			if o.GetStatus() != notHeld {
				t.Errorf("%v is %v", o.GetSection(), o.GetStatus())
			}
		}
		if res.GetCompleteness() != noRecordFound {
			t.Error(res.GetCompleteness())
		}
	}
}

// A region that holds the person for one section and does not for another contradicts
// itself: what was kept is asked of it too.
func TestWhatContradictsItselfIsAskedFor(t *testing.T) {
	region := &turning{}
	l := cached(t, lookup.Options{}, region.adapter())
	get(t, l, request(problems))
	region.verdict = func(req *adapterv1.FetchRequest) *adapterv1.FetchResponse {
		res := ofTheProblem(req)
		for _, o := range res.Outcomes {
			if o.GetSection() == alerts {
				o.Status = notHeld
			}
		}
		return res
	}
	res := get(t, l, request(problems, alerts, allergies))
	if o := outcomeOf(t, res.GetOutcomes(), "dorset", problems); o.GetFromCache() || o.GetStatus() != returned || region.fetches != 3 {
		t.Errorf("%v, from the cache: %t, %d fetches", o.GetStatus(), o.GetFromCache(), region.fetches)
	}
}
