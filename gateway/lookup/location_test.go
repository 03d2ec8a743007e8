package lookup_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// moving is a region that locates, whose handles can go bad, and that notes the
// order of its calls.
type moving struct {
	*fullAdapter
	calls   []string
	located *adapterv1.LocateResponse
	fetched func(handle string) (*adapterv1.FetchResponse, error)
}

func newMoving(holding adapterv1.Holding, handle string) *moving {
	m := &moving{located: &adapterv1.LocateResponse{Holding: holding, Handle: []byte(handle), Patients: []*adapterv1.MatchedPatient{patient()}}}
	m.fullAdapter = locating("dorset", nil, nil, nil)
	m.fullAdapter.locate = func(context.Context, *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
		m.calls = append(m.calls, "locate")
		return proto.CloneOf(m.located), nil
	}
	m.fullAdapter.fetch = func(_ context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
		m.calls = append(m.calls, "fetch "+string(req.GetHandle()))
		clear(req.GetHandle()) // what it is given is its own
		if m.fetched != nil {
			return m.fetched(m.calls[len(m.calls)-1][len("fetch "):])
		}
		return fetched(nil, outcome(req.GetSections()[0], nothing)), nil
	}
	return m
}

const (
	held    = adapterv1.Holding_HOLDING_HELD
	heldNot = adapterv1.Holding_HOLDING_NOT_HELD
	cantSay = adapterv1.Holding_HOLDING_UNKNOWN
)

func (m *moving) wantCalls(t *testing.T, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, m.calls); diff != "" {
		t.Errorf("calls (-want +got):\n%s", diff)
	}
	m.calls = nil
}

func TestWhereAPersonIsHeldIsKept(t *testing.T) {
	at := newClock()
	m := newMoving(held, "h1")
	l := cached(t, at.opts(), m)
	getAs(t, l, caller(), request(problems))
	m.wantCalls(t, "locate", "fetch h1")
	at.pass(time.Hour)
	getAs(t, l, caller(), request(alerts))
	m.wantCalls(t, "fetch h1")
	getAs(t, l, caller(), asFresh(within(time.Second)))
	m.wantCalls(t, "fetch h1") // a handle spares the search however old it is
	getAs(t, l, caller(), asFresh(past()))
	m.wantCalls(t, "locate", "fetch h1")
	unborn := request(medications)
	unborn.Patient.DateOfBirth = ""
	getAs(t, l, caller(), unborn)
	m.wantCalls(t, "locate", "fetch h1")
	other := caller()
	other.PersonId = "p2"
	getAs(t, l, other, request(medications))
	m.wantCalls(t, "locate", "fetch h1")
	at.pass(12 * time.Hour)
	getAs(t, l, caller(), request(documents))
	m.wantCalls(t, "locate", "fetch h1")
}

func TestThatAPersonIsNotHeldIsKeptForMinutes(t *testing.T) {
	at := newClock()
	m := newMoving(heldNot, "")
	l := cached(t, at.opts(), m)
	getAs(t, l, caller(), request(problems))
	m.wantCalls(t, "locate")
	at.pass(2 * time.Minute)
	res := getAs(t, l, caller(), request(problems, alerts))
	m.wantCalls(t)
	for _, o := range res.GetOutcomes() {
		if o.GetStatus() != notHeld || !o.GetFromCache() || o.GetAge().AsDuration() != 2*time.Minute || !o.GetRetrievedAt().AsTime().Equal(fixedClock()) || o.GetMessage() != "no record available" {
			t.Errorf("%v is %v, from the cache: %t, %v old", o.GetSection(), o.GetStatus(), o.GetFromCache(), o.GetAge().AsDuration())
		}
	}
	if res.GetCompleteness() != noRecordFound {
		t.Errorf("the answer is %v", res.GetCompleteness())
	}
	getAs(t, l, caller(), asFresh(within(time.Minute)))
	m.wantCalls(t, "locate")
	unborn := request(problems)
	unborn.Patient.DateOfBirth = ""
	getAs(t, l, caller(), unborn)
	m.wantCalls(t, "locate")
	at.pass(5 * time.Minute)
	m.located.Holding = held
	if got := getAs(t, l, caller(), request(problems)).GetOutcomes()[0].GetStatus(); got != nothing {
		t.Errorf("held by now: %v", got)
	}
	m.wantCalls(t, "locate", "fetch ")
}

func TestWhatIsKeptOfALocation(t *testing.T) {
	somebody := &adapterv1.MatchedPatient{NhsNumber: otherNumber}
	tests := map[string]struct {
		located *adapterv1.LocateResponse
		kept    bool
	}{
		"held":                   {&adapterv1.LocateResponse{Holding: held, Handle: []byte("h")}, true},
		"not held":               {&adapterv1.LocateResponse{Holding: heldNot}, true},
		"not held, but somebody": {&adapterv1.LocateResponse{Holding: heldNot, Patients: []*adapterv1.MatchedPatient{somebody}}, true},
		"could not say":          {&adapterv1.LocateResponse{Holding: cantSay}, false},
		"says nothing":           {&adapterv1.LocateResponse{}, false},
		"somebody else":          {&adapterv1.LocateResponse{Holding: held, Patients: []*adapterv1.MatchedPatient{somebody}}, false},
	}
	for name, test := range tests {
		m := newMoving(0, "")
		m.located = test.located
		m.fetched = func(string) (*adapterv1.FetchResponse, error) {
			return fetched(nil, outcome(problems, unavailable)), nil
		}
		l := cached(t, lookup.Options{}, m)
		getAs(t, l, caller(), request(problems))
		m.calls = nil
		getAs(t, l, caller(), request(problems))
		if kept := len(m.calls) == 0 || m.calls[0] != "locate"; kept != test.kept {
			t.Errorf("%s: kept is %t", name, kept)
		}
	}
}

// What a handle that was kept for too long can explain is asked anew.
func TestAStaleHandleIsLocatedAnew(t *testing.T) {
	whole := func() *adapterv1.FetchResponse { return fetched(nil, outcome(problems, nothing)) }
	nobody := whole()
	nobody.Patients = nil
	somebody := whole()
	somebody.Patients[0].NhsNumber = otherNumber
	tests := map[string]struct {
		res   *adapterv1.FetchResponse
		err   error
		stale bool
		same  lhcrv1.OutcomeStatus // where the region still says the same of where the person is
	}{
		"not found":           {nil, status.Error(codes.NotFound, ""), true, invalid},
		"invalid argument":    {nil, status.Error(codes.InvalidArgument, ""), true, invalid},
		"failed precondition": {nil, status.Error(codes.FailedPrecondition, ""), true, refused},
		"data loss":           {nil, status.Error(codes.DataLoss, ""), true, invalid},
		"not held":            {fetched(nil, outcome(problems, notHeld)), nil, true, notHeld},
		"somebody else":       {somebody, nil, true, mismatch},
		"nothing of nobody":   {nobody, nil, true, nothing}, // whom Locate names now vouches for it
		"a mismatch claimed":  {fetched(nil, outcome(problems, mismatch)), nil, true, mismatch},
		"unavailable":         {nil, status.Error(codes.Unavailable, ""), false, unavailable},
		"late":                {nil, status.Error(codes.DeadlineExceeded, ""), false, unavailable},
		"refused":             {nil, status.Error(codes.PermissionDenied, ""), false, refused},
		"nothing":             {whole(), nil, false, nothing},
	}
	for name, test := range tests {
		for _, movedTo := range []string{"h2", "h1", ""} {
			t.Run(name+", located at "+movedTo, func(t *testing.T) {
				m := newMoving(held, "h1")
				var seen observations
				l := cached(t, lookup.Options{Observe: seen.observe}, m)
				getAs(t, l, caller(), request(alerts))
				m.wantCalls(t, "locate", "fetch h1")
				m.fetched = func(handle string) (*adapterv1.FetchResponse, error) {
					if handle == "h1" {
						return proto.CloneOf(test.res), test.err
					}
					return whole(), nil
				}
				m.located.Handle = []byte(movedTo)
				if movedTo == "" {
					m.located.Holding = heldNot
				}
				got := getAs(t, l, caller(), request(problems)).GetOutcomes()[0].GetStatus()
				want, calls := nothing, []string{"fetch h1", "locate", "fetch h2"}
				switch {
				case !test.stale:
					want, calls = test.same, calls[:1]
				case movedTo == "h1":
					want, calls = test.same, calls[:2]
				case movedTo == "":
					want, calls = notHeld, calls[:2]
				}
				if got != want {
					t.Errorf("%v, want %v", got, want)
				}
				if m.wantCalls(t, calls...); len(seen.all()) != 2+len(calls) {
					t.Errorf("%d observations for %d calls", len(seen.all()), 2+len(calls))
				}
			})
		}
	}
}

// Nothing of a person is told on the word of an earlier lookup's Locate: a record
// that was merged into another since is empty, and names nobody.
func TestAnEarlierLocateVouchesForNoEmptyAnswer(t *testing.T) {
	m := newMoving(held, "h1")
	m.fetched = func(handle string) (*adapterv1.FetchResponse, error) {
		res := fetched(&lhcrv1.Record{Problems: []*lhcrv1.Problem{problem("p1")}}, outcome(problems, returned))
		if handle == "merged" {
			res = &adapterv1.FetchResponse{Outcomes: []*lhcrv1.SectionOutcome{outcome(problems, nothing)}}
		}
		return res, nil
	}
	m.located.Handle = []byte("merged")
	l := cached(t, lookup.Options{Keep: lookup.Keep{Held: time.Hour}}, m)
	getAs(t, l, caller(), request(problems))
	m.wantCalls(t, "locate", "fetch merged")
	m.located.Handle = []byte("h2")
	if got := getAs(t, l, caller(), request(problems)).GetOutcomes()[0].GetStatus(); got != returned {
		t.Errorf("%v, want what the record that it was merged into holds", got)
	}
	m.wantCalls(t, "fetch merged", "locate", "fetch h2")
	getAs(t, l, caller(), request(problems))
	m.wantCalls(t, "fetch h2") // the new location took the place of the old
}

func TestADocumentUsesWhereThePersonIsHeld(t *testing.T) {
	m := newMoving(held, "h1")
	good := "h1"
	m.about.Region.Capabilities = append(m.about.Region.Capabilities, &lhcrv1.CapabilitySupport{Capability: lhcrv1.Capability_CAPABILITY_DOCUMENTS, Supported: true})
	m.document = func(_ context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
		m.calls = append(m.calls, "document "+string(req.GetHandle()))
		if string(req.GetHandle()) != good {
			return nil, status.Error(codes.NotFound, "")
		}
		return &adapterv1.FetchDocumentResponse{Content: []byte("letter"), Patients: []*adapterv1.MatchedPatient{patient()}}, nil
	}
	l := cached(t, lookup.Options{}, m)
	read := func(change func(*lhcrv1.GetDocumentRequest)) error {
		req := documentRequest()
		if change != nil {
			change(req)
		}
		return l.Document(t.Context(), caller(), req, func(*lhcrv1.GetDocumentResponse) error { return nil })
	}
	wantErr := func(err error, want lhcrv1.ErrorReason) {
		t.Helper()
		if failure.Reason(err) != want {
			t.Errorf("error is %v, want %v", failure.Reason(err), want)
		}
	}
	wantErr(read(nil), 0)
	m.wantCalls(t, "locate", "document h1")
	wantErr(read(nil), 0)
	m.wantCalls(t, "document h1") // located by the document before, and no document is kept
	getAs(t, l, caller(), request(problems))
	m.wantCalls(t, "fetch h1")
	good, m.located.Handle = "h2", []byte("h2")
	wantErr(read(nil), 0)
	m.wantCalls(t, "document h1", "locate", "document h2")
	good = "none"
	wantErr(read(nil), lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND)
	m.wantCalls(t, "document h2", "locate") // it is where it was: nothing more to find out
	wantErr(read(func(r *lhcrv1.GetDocumentRequest) {
		r.Access.Basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE
	}), lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND)
	m.wantCalls(t, "locate", "document h2")
	m.located.Holding = heldNot
	getAs(t, l, caller(), asFresh(past()))
	m.wantCalls(t, "locate")
	m.located.Holding, good = held, "h2"
	wantErr(read(nil), 0)
	m.wantCalls(t, "locate", "document h2") // that the person was not held is asked again
	m.located.Holding = heldNot
	wantErr(read(func(r *lhcrv1.GetDocumentRequest) { r.Patient.DateOfBirth = "" }), lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND)
	m.wantCalls(t, "locate")
}
