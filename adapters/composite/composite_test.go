package composite_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var (
	held    = adaptertest.Patient{NHSNumber: ann, DateOfBirth: "1950-01-02"}
	another = adaptertest.Patient{NHSNumber: bob, DateOfBirth: "1960-03-04"}
	nobody  = adaptertest.Patient{NHSNumber: "9990000034", DateOfBirth: "1970-05-06"}
	strange = adaptertest.Patient{NHSNumber: "9990000042", DateOfBirth: "1980-07-08"} // is another's in one system
)

// made is the composite's adapter.
func made(t *testing.T, main, further *fake, env adapters.Environment) region {
	t.Helper()
	adapter, err := entryOf(main, further).New(env)
	if err != nil {
		t.Fatal(err)
	}
	return adapter.(region)
}

// switches are the faults that are on.
type switches struct {
	mu sync.Mutex
	on []string
}

func (s *switches) has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.on, name)
}

func (s *switches) set(t *testing.T, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = append(s.on, name)
	t.Cleanup(func() { s.mu.Lock(); defer s.mu.Unlock(); s.on = nil })
}

func TestACompositeKeepsEveryPromise(t *testing.T) {
	faults := &switches{}
	hang := func(where string) func(context.Context) error {
		return func(ctx context.Context) error {
			if faults.has("hang everywhere") || faults.has("hang "+where) {
				<-ctx.Done()
			}
			return nil
		}
	}
	main := &fake{sections: []lhcrv1.Section{allergies}, before: hang("main")}
	main.outcome = func(number string, o *lhcrv1.SectionOutcome) {
		switch {
		case !knows(number):
			o.Status = notHeld
		case faults.has("500"):
			o.Status, o.Message = unavailable, "it failed"
			o.Gaps = []*lhcrv1.Gap{{Kind: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED, Message: "it failed"}}
		}
	}
	further := &fake{sections: []lhcrv1.Section{medications, documents}, before: hang("documents")}
	further.outcome = func(number string, o *lhcrv1.SectionOutcome) {
		switch number {
		case nobody.NHSNumber:
			o.Status = notHeld
		case strange.NHSNumber:
			o.Status = mismatch
		}
	}
	further.people = func(number string) []*adapterv1.MatchedPatient {
		switch number {
		case nobody.NHSNumber:
			return nil
		case strange.NHSNumber:
			number = bob
		}
		return []*adapterv1.MatchedPatient{{NhsNumber: number}}
	}
	adaptertest.Run(t, adaptertest.Subject{
		New:    func(t *testing.T) adapters.Adapter { return made(t, main, further, connected()) },
		Caller: &adapterv1.Caller{OrganisationOdsCode: "FA001"},
		Held:   held, Another: another, NotHeld: nobody, Mismatched: []adaptertest.Patient{strange},
		Sections: []lhcrv1.Section{allergies, medications, documents, lhcrv1.Section_SECTION_GOALS}, Broken: allergies,
		Fault: func(t *testing.T, e adaptertest.Expectation) {
			name := e.Name
			switch {
			case e.Whole && e.Name == adaptertest.Hang:
				name = "hang everywhere"
			case e.Name == adaptertest.Hang:
				name = "hang main"
			}
			faults.set(t, name)
		},
		Faults: []adaptertest.Expectation{
			{Name: "500", Status: unavailable, Gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
			{Name: adaptertest.Hang, Status: unavailable, Gap: lhcrv1.GapKind_GAP_KIND_TIMED_OUT, Slow: true},
			{Name: adaptertest.Hang, Whole: true, Status: unavailable, Gap: lhcrv1.GapKind_GAP_KIND_TIMED_OUT, Slow: true},
		},
		Document: &adaptertest.Document{Patient: held, MediaType: "text/plain", Content: []byte("words")},
	})
}

func TestSystemsThatMakeNoRegion(t *testing.T) {
	sound := func() *fake { return &fake{sections: []lhcrv1.Section{allergies}} }
	elsewhere := sound()
	elsewhere.change = func(d *adapterv1.DescribeResponse) { d.Region.RegionId = "elsewhere" }
	broken := sound().entry()
	broken.New = func(adapters.Environment) (adapters.Adapter, error) {
		return nil, status.Error(codes.InvalidArgument, "base_url is missing")
	}
	for name, tc := range map[string]struct {
		parts []part
		want  string
	}{
		"another region":     {[]part{{"", sound().entry()}, {"documents", elsewhere.entry()}}, `system "documents" describes another region than "smallshire"`},
		"no name":            {[]part{{"", sound().entry()}, {"", sound().entry()}}, "a composite's first system has no name, and each other has one"},
		"no main system":     {[]part{{"a", sound().entry()}}, "a composite's first system has no name, and each other has one"},
		"one name twice":     {[]part{{"", sound().entry()}, {"documents", sound().entry()}, {"documents", sound().entry()}}, `two systems of a composite are called "documents"`},
		"a further fails":    {[]part{{"", sound().entry()}, {"documents", broken}}, "systems.documents: rpc error: code = InvalidArgument desc = base_url is missing"},
		"the main one fails": {[]part{{"", broken}, {"documents", sound().entry()}}, "rpc error: code = InvalidArgument desc = base_url is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := entryFor(tc.parts).New(connected()); err == nil || err.Error() != tc.want {
				t.Errorf("New gives %v, want %s", err, tc.want)
			}
		})
	}
}
