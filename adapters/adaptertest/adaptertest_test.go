package adaptertest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func sortBy[T any](list []T, key func(T) int32) {
	slices.SortFunc(list, func(a, b T) int { return int(key(a) - key(b)) })
}

func TestSoundAdapterPasses(t *testing.T) {
	adaptertest.Run(t, subject(func(a sound) adapters.Adapter { return a }))
}

// broken is a sound adapter but for what a case changes.
type broken struct {
	sound
	describe func(*adapterv1.DescribeResponse)
	fetch    func(context.Context, *adapterv1.FetchRequest, *adapterv1.FetchResponse, error) (*adapterv1.FetchResponse, error)
	locate   func(*adapterv1.LocateResponse) error
	document func(*adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, bool)
}

func (b broken) Describe() *adapterv1.DescribeResponse {
	about := b.sound.Describe()
	if b.describe != nil {
		b.describe(about)
	}
	return about
}

func (b broken) Fetch(ctx context.Context, req *adapterv1.FetchRequest) (*adapterv1.FetchResponse, error) {
	res, err := b.sound.Fetch(ctx, req)
	if b.fetch != nil {
		return b.fetch(ctx, req, res, err)
	}
	return res, err
}

func (b broken) Locate(ctx context.Context, req *adapterv1.LocateRequest) (*adapterv1.LocateResponse, error) {
	res, err := b.sound.Locate(ctx, req)
	if b.locate != nil {
		if changed := b.locate(res); changed != nil {
			return nil, changed
		}
	}
	return res, err
}

func (b broken) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	if b.document != nil {
		if res, ok := b.document(req); ok {
			return res, nil
		}
	}
	return b.sound.FetchDocument(ctx, req)
}

// answered changes a successful answer.
func answered(change func(*adapterv1.FetchRequest, *adapterv1.FetchResponse)) broken {
	return broken{fetch: func(_ context.Context, req *adapterv1.FetchRequest, res *adapterv1.FetchResponse, err error) (*adapterv1.FetchResponse, error) {
		if err == nil {
			change(req, res)
		}
		return res, err
	}}
}

// faulty is how adapters break promises, and the case that must notice.
func faulty() map[string]struct {
	broken broken
	caught string
} {
	return map[string]struct {
		broken broken
		caught string
	}{
		"leaves an outcome out":    {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) { res.Outcomes = res.GetOutcomes()[1:] }), "one outcome for each section"},
		"does not say who matched": {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) { res.Patients = nil }), "one outcome for each section"},
		"forgets the subject check": {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) {
			for _, a := range res.GetRecord().GetAllergies() {
				a.Header.SubjectCheck = 0
			}
		}), "items come with their header"},
		"gives two items one id": {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) {
			for _, m := range res.GetRecord().GetMedications() {
				m.Header.ItemId = allergies.String() + "-18"
			}
		}), "items come with their header"},
		"sends what was not asked": {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) {
			add(medications, held.NHSNumber, res.GetRecord())
		}), "one section brings that section only"},
		"takes nobody for somebody": {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) {
			for _, o := range res.GetOutcomes() {
				o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
			}
		}), "a patient who is not held is an outcome"},
		"delivers somebody else": {answered(func(req *adapterv1.FetchRequest, res *adapterv1.FetchResponse) {
			if req.GetPatient().GetNhsNumber() == strange.NHSNumber {
				add(allergies, another.NHSNumber, res.GetRecord())
			}
		}), "somebody else's record is not delivered"},
		"says none where it describes some": {broken{describe: func(d *adapterv1.DescribeResponse) {
			d.Region.Sections[18].Supported, d.Region.Sections[18].Reason = true, ""
		}}, "sections are given or refused as described"},
		"gives no reason":               {broken{describe: func(d *adapterv1.DescribeResponse) { d.Region.Sections[18].Reason = "" }}, "describe is complete"},
		"does not say by what it goes":  {broken{describe: func(d *adapterv1.DescribeResponse) { d.Configuration = "" }}, "the configuration is told"},
		"says by what it goes in words": {broken{describe: func(d *adapterv1.DescribeResponse) { d.Configuration = "https://record.smallshire.invalid" }}, "the configuration is told"},
		"declares what it has no way to do": {broken{describe: func(d *adapterv1.DescribeResponse) {
			d.Region.Capabilities[0] = &lhcrv1.CapabilitySupport{Capability: 1, Reason: "no"}
		}}, "what is not declared is unimplemented"},
		"makes not found an error": {broken{locate: func(res *adapterv1.LocateResponse) error {
			if res.GetHolding() == adapterv1.Holding_HOLDING_NOT_HELD {
				return status.Error(codes.NotFound, "nobody")
			}
			return nil
		}}, "locate answers held and not held"},
		"takes any handle": {broken{fetch: func(ctx context.Context, req *adapterv1.FetchRequest, res *adapterv1.FetchResponse, err error) (*adapterv1.FetchResponse, error) {
			if len(req.GetHandle()) > 0 {
				return &adapterv1.FetchResponse{}, nil
			}
			return res, err
		}}, "another patient's handle is refused"},
		"serves any document": {broken{document: func(*adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, bool) {
			return &adapterv1.FetchDocumentResponse{Content: []byte("words"), MediaType: "text/plain"}, true
		}}, "another patient's document is not found"},
		"names the patient": {broken{fetch: func(_ context.Context, req *adapterv1.FetchRequest, res *adapterv1.FetchResponse, err error) (*adapterv1.FetchResponse, error) {
			if err != nil {
				return nil, status.Error(status.Code(err), "no "+req.GetPatient().GetNhsNumber())
			}
			return res, nil
		}}, "no error names a patient"},
		"lets a fault spread": {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) {
			if res.GetOutcomes()[0].GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
				res.Record.Medications = nil
			}
		}), "a fault changes its section's outcome"},
		"shows a fault as nothing": {answered(func(_ *adapterv1.FetchRequest, res *adapterv1.FetchResponse) {
			if o := res.GetOutcomes()[0]; o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE {
				o.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED
			}
		}), "a fault changes its section's outcome"},
		"ignores its context": {broken{fetch: func(ctx context.Context, _ *adapterv1.FetchRequest, res *adapterv1.FetchResponse, err error) (*adapterv1.FetchResponse, error) {
			if err != nil && ctx.Err() != nil {
				return &adapterv1.FetchResponse{}, nil
			}
			return res, err
		}}, "a call with a finished context returns"},
		"leaves a goroutine": {answered(func(*adapterv1.FetchRequest, *adapterv1.FetchResponse) { go func() { select {} }() }), "nothing runs on"},
	}
}

// chosen names the broken adapter that TestBroken runs, in a process of its own.
const chosen = "ADAPTERTEST_BROKEN"

func TestBroken(t *testing.T) {
	name := os.Getenv(chosen)
	if name == "" {
		t.Skip("it is run by TestBrokenPromisesAreCaught only")
	}
	adaptertest.Run(t, subject(func(a sound) adapters.Adapter {
		b := faulty()[name].broken
		b.sound = a
		return b
	}))
}

func TestBrokenPromisesAreCaught(t *testing.T) {
	for name, f := range faulty() {
		t.Run(name, func(t *testing.T) {
			pattern := "TestBroken$/in_process/" + regexp.QuoteMeta(strings.ReplaceAll(f.caught, " ", "_"))
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run", pattern)
			cmd.Env = append(os.Environ(), chosen+"="+name)
			out, err := cmd.CombinedOutput()
			var failed *exec.ExitError
			if !errors.As(err, &failed) || !strings.Contains(string(out), "--- FAIL: TestBroken/in_process/") {
				t.Errorf("nobody noticed (%v):\n%s", err, out)
			}
		})
	}
}
