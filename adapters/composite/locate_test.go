package composite_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func locating() *adapterv1.LocateRequest {
	return &adapterv1.LocateRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: ann}}
}

// located is the handle of Ann.
func located(t *testing.T, adapter region) []byte {
	t.Helper()
	res, err := adapter.Locate(t.Context(), locating())
	if err != nil || res.GetHolding() != adapterv1.Holding_HOLDING_HELD {
		t.Fatalf("Locate: %v, %v", res.GetHolding(), err)
	}
	return res.GetHandle()
}

func TestWhoHoldsThePatient(t *testing.T) {
	const (
		isHeld  = adapterv1.Holding_HOLDING_HELD
		notHeld = adapterv1.Holding_HOLDING_NOT_HELD
		unknown = adapterv1.Holding_HOLDING_UNKNOWN
	)
	failure := status.Error(codes.PermissionDenied, "no")
	says := func(h adapterv1.Holding, err error) func(context.Context, string) (*adapterv1.LocateResponse, error) {
		return func(context.Context, string) (*adapterv1.LocateResponse, error) {
			if err != nil {
				return nil, err
			}
			res := &adapterv1.LocateResponse{Holding: h, Patients: []*adapterv1.MatchedPatient{{NhsNumber: ann}}}
			if h == isHeld {
				res.Handle = handleOf(ann)
			}
			return res, nil
		}
	}
	for name, tc := range map[string]struct {
		main, further func(context.Context, string) (*adapterv1.LocateResponse, error)
		want          adapterv1.Holding
		handle        bool
		err           codes.Code
	}{
		"both":                {says(isHeld, nil), says(isHeld, nil), isHeld, true, codes.OK},
		"one":                 {says(notHeld, nil), says(isHeld, nil), isHeld, true, codes.OK},
		"one, one unknown":    {says(isHeld, nil), says(unknown, nil), isHeld, true, codes.OK},
		"one, one fails":      {says(0, failure), says(isHeld, nil), isHeld, true, codes.OK},
		"neither":             {says(notHeld, nil), says(notHeld, nil), notHeld, false, codes.OK},
		"one not, one unsure": {says(notHeld, nil), says(unknown, nil), unknown, false, codes.OK},
		"one not, one fails":  {says(notHeld, nil), says(0, failure), unknown, false, codes.OK},
		"one does not say":    {says(0, nil), says(notHeld, nil), unknown, false, codes.OK},
		"both fail":           {says(0, failure), says(0, failure), 0, false, codes.PermissionDenied},
	} {
		t.Run(name, func(t *testing.T) {
			main, further := both(medications)
			main.locate, further.locate = tc.main, tc.further
			res, err := made(t, main, further, connected()).Locate(t.Context(), locating())
			if res.GetHolding() != tc.want || (len(res.GetHandle()) > 0) != tc.handle || status.Code(err) != tc.err {
				t.Errorf("%v with a handle of %d bytes, %v; want %v", res.GetHolding(), len(res.GetHandle()), err, tc.want)
			}
			if name == "one not, one fails" && res.GetMessage() != "no" {
				t.Errorf("why nobody knows is %q", res.GetMessage())
			}
			if name == "both" && len(res.GetPatients()) != 2 {
				t.Errorf("%d patients", len(res.GetPatients()))
			}
		})
	}
}

// TestASearchLeavesTimeForTheFetch: a system that hangs takes a third of the time at most.
func TestASearchLeavesTimeForTheFetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		main, further := both(medications)
		further.before = func(ctx context.Context) error { <-ctx.Done(); return nil }
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		res, err := made(t, main, further, connected()).Locate(ctx, locating())
		if took := time.Since(start); took > time.Second+500*time.Millisecond || res.GetHolding() != adapterv1.Holding_HOLDING_HELD {
			t.Errorf("after %v: %v, %v", took, res.GetHolding(), err)
		}
	})
}

func TestHandlesReachTheirSystem(t *testing.T) {
	main, further := both(medications)
	main.sections = append(main.sections, allergies)
	further.sections = append(further.sections, documents)
	further.locate = func(context.Context, string) (*adapterv1.LocateResponse, error) {
		return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_NOT_HELD}, nil
	}
	adapter := made(t, main, further, connected())
	if _, err := adapter.Fetch(t.Context(), request(ann, located(t, adapter), documents, medications)); err != nil {
		t.Fatal(err)
	}
	if got := main.asked[0].GetHandle(); !bytes.Equal(got, handleOf(ann)) {
		t.Errorf("the main system got the handle %q", got)
	}
	if got := further.asked[0].GetHandle(); len(got) > 0 {
		t.Errorf("the further system got the handle %q of another", got)
	}
}

func TestWithoutHandlesThereIsNone(t *testing.T) {
	main, further := both(medications)
	for _, f := range []*fake{main, further} {
		f.locate = func(context.Context, string) (*adapterv1.LocateResponse, error) {
			return &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD}, nil
		}
	}
	if handle := located(t, made(t, main, further, connected())); len(handle) > 0 {
		t.Errorf("a handle of %d bytes is made of none", len(handle))
	}
}

func TestForeignHandlesAreRefused(t *testing.T) {
	main, further := both(medications)
	adapter := made(t, main, further, connected())
	good := located(t, adapter)
	bad := map[string][]byte{"of nothing": []byte("x"), "of another version": append([]byte{9}, good[1:]...), "cut": good[:len(good)-1], "longer": append(bytes.Clone(good), 0)}
	for name, handle := range bad {
		if _, err := adapter.Fetch(t.Context(), request(ann, handle, medications)); status.Code(err) != codes.InvalidArgument {
			t.Errorf("Fetch with a handle %s: %v", name, err)
		}
		_, err := adapter.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{Patient: &lhcrv1.PatientQuery{NhsNumber: ann}, ItemId: "x", Handle: handle})
		if code := status.Code(err); code != codes.InvalidArgument && code != codes.Unimplemented {
			t.Errorf("FetchDocument with a handle %s: %v", name, err)
		}
	}
	// A handle that only its system can know not to be good fails the whole, so that the caller locates anew.
	for _, code := range []codes.Code{codes.InvalidArgument, codes.NotFound} {
		further.before = func(context.Context) error { return status.Error(code, "stale") }
		if _, err := adapter.Fetch(t.Context(), request(ann, good, medications)); status.Code(err) != code {
			t.Errorf("a stale handle: %v, want %v", err, code)
		}
	}
	lonely, err := entryFor([]part{{"", main.entry()}}).New(adapters.Environment{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lonely.Fetch(t.Context(), request(ann, good, medications)); status.Code(err) != codes.InvalidArgument {
		t.Errorf("a handle of more systems than there are: %v", err)
	}
}

// FuzzHandle sends anything as a handle: it is refused, or nothing of anybody else comes.
func FuzzHandle(f *testing.F) {
	main, further := both(medications)
	adapter, err := entryOf(main, further).New(connected())
	if err != nil {
		f.Fatal(err)
	}
	res, err := adapter.(region).Locate(f.Context(), locating())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(res.GetHandle())
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Fuzz(func(t *testing.T, handle []byte) {
		res, err := adapter.Fetch(t.Context(), request(bob, handle, medications))
		switch {
		case err != nil && status.Code(err) != codes.InvalidArgument:
			t.Errorf("got %v", err)
		case err == nil && res.GetPatients()[0].GetNhsNumber() != bob:
			t.Error("somebody else came")
		}
	})
}
