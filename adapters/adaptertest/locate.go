package adaptertest

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func locator(t *testing.T, s Subject) locating {
	t.Helper()
	return able[locating](t, s, lhcrv1.Capability_CAPABILITY_LOCATE)
}

func locateAnswers(ctx context.Context, t *testing.T, s Subject) {
	adapter := locator(t, s)
	held, err := adapter.Locate(ctx, s.locate(s.Held))
	if err != nil || held.GetHolding() != adapterv1.Holding_HOLDING_HELD || len(held.GetPatients()) == 0 {
		t.Errorf("who is held: %v with %d patients, %v; want HELD with at least one and no error", held.GetHolding(), len(held.GetPatients()), err)
	}
	nobody, err := adapter.Locate(ctx, s.locate(s.NotHeld))
	if err != nil || nobody.GetHolding() != adapterv1.Holding_HOLDING_NOT_HELD || len(nobody.GetHandle()) > 0 {
		t.Errorf("who is not held: %v with a handle of %d bytes, %v; want NOT_HELD without a handle and no error", nobody.GetHolding(), len(nobody.GetHandle()), err)
	}
}

// handle locates a patient and gives the handle.
func handle(ctx context.Context, t *testing.T, s Subject, adapter locating, p Patient) []byte {
	t.Helper()
	res, err := adapter.Locate(ctx, s.locate(p))
	if err != nil {
		t.Fatalf("Locate: %v", err)
	}
	if len(res.GetHandle()) == 0 {
		t.Skip("it gives no handles")
	}
	return res.GetHandle()
}

func handleServes(ctx context.Context, t *testing.T, s Subject) {
	adapter := locator(t, s)
	req := s.fetch(s.Held)
	want, err := adapter.Fetch(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	req.Handle = handle(ctx, t, s, adapter, s.Held)
	got, err := adapter.Fetch(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, same()); diff != "" {
		t.Errorf("with a handle the answer is another (-without +with):\n%s", diff)
	}
}

func forgedHandleIsRefused(ctx context.Context, t *testing.T, s Subject) {
	adapter := locator(t, s)
	good := handle(ctx, t, s, adapter, s.Held)
	for i := range good {
		bad := append([]byte(nil), good...)
		bad[i] ^= 0x20
		refuses(ctx, t, s, adapter, bad)
	}
	refuses(ctx, t, s, adapter, good[:len(good)-1])
	refuses(ctx, t, s, adapter, []byte("Patient/1"))
}

func foreignHandleIsRefused(ctx context.Context, t *testing.T, s Subject) {
	adapter := locator(t, s)
	refuses(ctx, t, s, adapter, handle(ctx, t, s, adapter, s.Another))
}

// refuses wants a handle refused, or at least nothing of anybody delivered for it.
func refuses(ctx context.Context, t *testing.T, s Subject, adapter locating, bad []byte) {
	t.Helper()
	req := s.fetch(s.Held)
	req.Handle = bad
	res, err := adapter.Fetch(ctx, req)
	if err == nil {
		t.Fatalf("a handle that is not the patient's was taken, and %d items came", len(items(res.GetRecord())))
	}
	if status.Code(err) != codes.InvalidArgument {
		t.Fatalf("a handle that is not the patient's: %v, want INVALID_ARGUMENT", err)
	}
}

func checkIsHealthy(ctx context.Context, t *testing.T, s Subject) {
	adapter := able[checking](t, s, lhcrv1.Capability_CAPABILITY_CHECK)
	res, err := adapter.Check(ctx, &adapterv1.CheckRequest{})
	if err != nil || res.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY || len(res.GetSteps()) == 0 {
		t.Errorf("a sound region is %v after %d steps, %v; want HEALTHY after at least one", res.GetStatus(), len(res.GetSteps()), err)
	}
	for _, step := range res.GetSteps() {
		if !step.GetOk() || step.GetMessage() != "" || step.GetName() == "" {
			t.Errorf("step %q: ok %v, %q", step.GetName(), step.GetOk(), step.GetMessage())
		}
	}
}
