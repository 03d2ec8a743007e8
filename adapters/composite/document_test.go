package composite_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// TestDocumentsComeFromWhereTheyWereListed: both systems have a document of one id.
func TestDocumentsComeFromWhereTheyWereListed(t *testing.T) {
	main, further := both(documents)
	for name, tc := range map[string]struct {
		id         string
		fails      *fake
		env        adapters.Environment
		want       codes.Code
		mainListed bool
	}{
		"of the main system":                       {"SECTION_DOCUMENTS-18", further, connected(), codes.OK, true},
		"of the further one":                       {"documents.SECTION_DOCUMENTS-18", main, connected(), codes.OK, true},
		"of a further one that fails":              {"documents.SECTION_DOCUMENTS-18", further, connected(), codes.Unavailable, true},
		"of nobody":                                {"SECTION_DOCUMENTS-99", nil, connected(), codes.NotFound, true},
		"of a further one without any":             {"documents.SECTION_DOCUMENTS-99", nil, connected(), codes.NotFound, true},
		"of one that is not connected":             {"documents.SECTION_DOCUMENTS-18", nil, leftOut(), codes.NotFound, true},
		"of the main system, which has none":       {"SECTION_DOCUMENTS-18", nil, connected(), codes.NotFound, false},
		"of a further one, the main one has none":  {"documents.SECTION_DOCUMENTS-18", nil, connected(), codes.OK, false},
		"of one not connected, and nobody has any": {"documents.SECTION_DOCUMENTS-18", nil, leftOut(), codes.Unimplemented, false},
	} {
		t.Run(name, func(t *testing.T) {
			main.before, further.before, main.sections = nil, nil, []lhcrv1.Section{medications}
			if tc.mainListed {
				main.sections = []lhcrv1.Section{documents}
			}
			if tc.fails != nil {
				tc.fails.before = func(context.Context) error { return status.Error(codes.Unavailable, "down") }
			}
			res, err := made(t, main, further, tc.env).FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{
				Patient: &lhcrv1.PatientQuery{NhsNumber: ann}, ItemId: tc.id, ContentId: "c1",
			})
			if status.Code(err) != tc.want || (err == nil) != (string(res.GetContent()) == "words") {
				t.Errorf("%q, %v; want %v", res.GetContent(), err, tc.want)
			}
		})
	}
}

func TestDocumentsAreFetchedByTheirSystemsHandle(t *testing.T) {
	main, further := both(documents)
	adapter := made(t, main, further, connected())
	for _, id := range []string{"SECTION_DOCUMENTS-18", "documents.SECTION_DOCUMENTS-18"} {
		_, err := adapter.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{
			Patient: &lhcrv1.PatientQuery{NhsNumber: ann}, ItemId: id, ContentId: "c1", Handle: located(t, adapter),
		})
		if err != nil || !bytes.Equal(main.handle, handleOf(ann)) && !bytes.Equal(further.handle, handleOf(ann)) {
			t.Errorf("%s: %v, with the handles %q and %q", id, err, main.handle, further.handle)
		}
		main.handle, further.handle = nil, nil
	}
}

func TestContributionsGoToWhoeverTakesThem(t *testing.T) {
	main, further := both(medications)
	adapter := made(t, main, further, connected()).(adapters.Contributor)
	if _, err := adapter.Contribute(t.Context(), &adapterv1.ContributeRequest{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("nobody takes any: %v", err)
	}
	writer := &writing{fake: further}
	further.change = func(d *adapterv1.DescribeResponse) {
		for _, c := range d.GetRegion().GetCapabilities() {
			if c.GetCapability() == lhcrv1.Capability_CAPABILITY_CONTRIBUTE {
				c.Supported, c.Reason = true, ""
			}
		}
	}
	both := entryWith(t, main, writer)
	res, err := both.(adapters.Contributor).Contribute(t.Context(), &adapterv1.ContributeRequest{Handle: located(t, both)})
	if err != nil || res.GetReceipt() != "handle of "+ann {
		t.Errorf("%q, %v", res.GetReceipt(), err)
	}
}

// writing is a system that takes contributions.
type writing struct{ *fake }

func (w *writing) Contribute(_ context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error) {
	return &adapterv1.ContributeResponse{Receipt: string(req.GetHandle())}, nil
}

func TestTheRegionFaresAsItsWorstSystem(t *testing.T) {
	const (
		healthy  = lhcrv1.HealthStatus_HEALTH_STATUS_HEALTHY
		degraded = lhcrv1.HealthStatus_HEALTH_STATUS_DEGRADED
		refusing = lhcrv1.HealthStatus_HEALTH_STATUS_REFUSING
		down     = lhcrv1.HealthStatus_HEALTH_STATUS_DOWN
	)
	for name, tc := range map[string]struct {
		main, further lhcrv1.HealthStatus
		err           error // of the further one
		want          lhcrv1.HealthStatus
		step          *adapterv1.CheckStep
	}{
		"sound":             {healthy, healthy, nil, healthy, &adapterv1.CheckStep{Name: "documents-memory", Ok: true}},
		"one degraded":      {healthy, degraded, nil, degraded, &adapterv1.CheckStep{Name: "documents-memory"}},
		"one refusing":      {degraded, refusing, nil, refusing, &adapterv1.CheckStep{Name: "documents-memory"}},
		"one down":          {down, refusing, nil, down, &adapterv1.CheckStep{Name: "documents-memory"}},
		"one fails":         {healthy, healthy, status.Error(codes.Unavailable, "no answer"), down, &adapterv1.CheckStep{Name: "documents-check", Message: "no answer"}},
		"one is refused":    {healthy, healthy, status.Error(codes.PermissionDenied, "no"), refusing, &adapterv1.CheckStep{Name: "documents-check", Message: "no"}},
		"one has no status": {healthy, healthy, errors.New("x"), down, &adapterv1.CheckStep{Name: "documents-check", Message: "the adapter failed without a status"}},
	} {
		t.Run(name, func(t *testing.T) {
			main, further := both(medications)
			main.health, further.health = tc.main, tc.further
			further.before = func(context.Context) error { return tc.err }
			res, err := made(t, main, further, connected()).Check(t.Context(), &adapterv1.CheckRequest{})
			if err != nil {
				t.Fatal(err)
			}
			want := &adapterv1.CheckResponse{
				Status: tc.want, Steps: []*adapterv1.CheckStep{{Name: "memory", Ok: tc.main == healthy}, tc.step},
			}
			if diff := cmp.Diff(want, res, protocmp.Transform()); diff != "" {
				t.Errorf("the check differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestASystemThatCannotBeCheckedIsLeftOut(t *testing.T) {
	main, further := both(medications)
	further.cannot = []lhcrv1.Capability{lhcrv1.Capability_CAPABILITY_CHECK}
	res, err := made(t, main, further, connected()).Check(t.Context(), &adapterv1.CheckRequest{})
	if err != nil || len(res.GetSteps()) != 1 {
		t.Errorf("%d steps, %v", len(res.GetSteps()), err)
	}
	main.cannot = further.cannot
	if _, err := made(t, main, further, connected()).Check(t.Context(), &adapterv1.CheckRequest{}); status.Code(err) != codes.Unimplemented {
		t.Errorf("nobody can be checked: %v", err)
	}
}

func TestAHangingCheckIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		main, further := both(medications)
		further.before = func(ctx context.Context) error { <-ctx.Done(); return nil }
		res, err := made(t, main, further, connected()).Check(t.Context(), &adapterv1.CheckRequest{})
		if err != nil || res.GetStatus() != lhcrv1.HealthStatus_HEALTH_STATUS_DOWN || len(res.GetSteps()) != 2 {
			t.Errorf("%v, %v", res, err)
		}
	})
}
