package composite_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// twoSystems differ in all that a description says.
func twoSystems() (main, further *fake) {
	main, further = &fake{sections: []lhcrv1.Section{allergies, medications}}, &fake{sections: []lhcrv1.Section{medications, documents}}
	main.change = func(d *adapterv1.DescribeResponse) {
		r := d.GetRegion()
		r.Description, r.Platform, r.Protocol, r.SourceLag, r.Notes = "d", "P", "FHIR", "a day", []string{"n"}
		r.Certainty = lhcrv1.Certainty_CERTAINTY_DOCUMENTED
		r.Claims = []*lhcrv1.RegionClaim{{Subject: "protocol", Statement: "FHIR"}}
		r.IntegratedCareBoards, r.PharmaceuticalCommittees = []string{"QAB"}, []string{"Community Pharmacy A"}
	}
	further.change = func(d *adapterv1.DescribeResponse) {
		r := d.GetRegion()
		r.Name, r.Platform, r.Protocol, r.SourceLag, r.Notes = "Other", "P", "MHD", "a week", []string{"n"}
		r.Certainty, r.ConsentPerPeriodOfCare = lhcrv1.Certainty_CERTAINTY_ASSUMED, true
		r.VariesBy = []lhcrv1.VariesBy{lhcrv1.VariesBy_VARIES_BY_ROLE, lhcrv1.VariesBy_VARIES_BY_PERSON}
		r.Claims = []*lhcrv1.RegionClaim{{Subject: "protocol", Statement: "MHD"}}
		r.IntegratedCareBoards = []string{"QAB", "QCD"}
		d.ReaderVersion, d.FetchTimeout = "2", durationpb.New(9*time.Second)
	}
	return main, further
}

func TestADescriptionIsThatOfAll(t *testing.T) {
	got := made2(t, connected()).Describe()
	want := &adapterv1.DescribeResponse{
		Region: &lhcrv1.Region{
			RegionId: "smallshire", Name: "Smallshire", Description: "d", Platform: "P", Protocol: "FHIR; MHD", SourceLag: "a day; a week",
			Certainty: lhcrv1.Certainty_CERTAINTY_ASSUMED, Notes: []string{"n", "documents: n"}, ConsentPerPeriodOfCare: true,
			Claims:               []*lhcrv1.RegionClaim{{Subject: "protocol", Statement: "FHIR"}, {Subject: "documents: protocol", Statement: "MHD"}},
			VariesBy:             []lhcrv1.VariesBy{lhcrv1.VariesBy_VARIES_BY_PERSON, lhcrv1.VariesBy_VARIES_BY_ROLE},
			IntegratedCareBoards: []string{"QAB", "QCD"}, PharmaceuticalCommittees: []string{"Community Pharmacy A"},
		},
		Endpoints: []*lhcrv1.NetworkEndpoint{
			{Host: "record.smallshire.invalid", Purpose: "record"}, {Host: "record.smallshire.invalid", Purpose: "documents-record"},
		},
		ReaderVersion: "1+documents:2", FetchTimeout: durationpb.New(9 * time.Second),
	}
	if diff := cmp.Diff(want, got, protocmp.Transform(), protocmp.IgnoreFields(&lhcrv1.Region{}, "sections", "capabilities"),
		protocmp.IgnoreFields(&adapterv1.DescribeResponse{}, "configuration")); diff != "" {
		t.Errorf("the description differs (-want +got):\n%s", diff)
	}
	main, further := twoSystems()
	if diff := cmp.Diff(got, entryOf(main, further).Describe(), protocmp.Transform()); diff != "" {
		t.Errorf("before the deployment it is another (-with +before):\n%s", diff)
	}
	wantGiven(t, got, map[lhcrv1.Section]string{allergies: "", medications: "", documents: "", lhcrv1.Section_SECTION_GOALS: "not here; documents: not here"})
}

func made2(t *testing.T, env adapters.Environment) region {
	t.Helper()
	main, further := twoSystems()
	return made(t, main, further, env)
}

// wantGiven wants each section to be given, or not for the reason.
func wantGiven(t *testing.T, d *adapterv1.DescribeResponse, want map[lhcrv1.Section]string) {
	t.Helper()
	for _, s := range d.GetRegion().GetSections() {
		reason, asked := want[s.GetSection()]
		if asked && (s.GetReason() != reason || s.GetSupported() != (reason == "")) {
			t.Errorf("%v is supported %v: %q, want %q", s.GetSection(), s.GetSupported(), s.GetReason(), reason)
		}
	}
}

func TestASystemThatIsNotConnected(t *testing.T) {
	adapter := made2(t, leftOut())
	got := adapter.Describe()
	wantGiven(t, got, map[lhcrv1.Section]string{
		allergies: "", medications: "",
		documents: "not here; this deployment is not connected to the region's system documents, which gives it",
	})
	if diff := cmp.Diff([]string{"n", "this deployment is not connected to the region's system documents: without what it holds come medications"}, got.GetRegion().GetNotes()); diff != "" {
		t.Errorf("notes differ (-want +got):\n%s", diff)
	}
	if len(got.GetEndpoints()) != 1 || got.GetReaderVersion() != "1" || got.GetFetchTimeout().AsDuration() != 4*time.Second {
		t.Errorf("%d endpoints, reader %q, %v", len(got.GetEndpoints()), got.GetReaderVersion(), got.GetFetchTimeout().AsDuration())
	}
	if got.GetConfiguration() == made2(t, connected()).Describe().GetConfiguration() {
		t.Error("the configuration does not tell which systems are connected")
	}
	res, err := adapter.Fetch(t.Context(), request(ann, nil, medications, documents))
	if err != nil {
		t.Fatal(err)
	}
	wantOutcome(t, res, medications, returned, 0)
	wantOutcome(t, res, documents, notSupported, 0)
}

func TestTheConfigurationChangesWithAnySystems(t *testing.T) {
	before := made2(t, connected()).Describe().GetConfiguration()
	main, further := twoSystems()
	change := further.change
	further.change = func(d *adapterv1.DescribeResponse) { change(d); d.Configuration = "other" }
	if made(t, main, further, connected()).Describe().GetConfiguration() == before {
		t.Error("it stays the same when a system's changes")
	}
}

func TestWhoVariesByAllVariesByAll(t *testing.T) {
	main, further := twoSystems()
	further.change = func(d *adapterv1.DescribeResponse) { d.Region.VariesBy = nil }
	if got := made(t, main, further, connected()).Describe().GetRegion().GetVariesBy(); len(got) > 0 {
		t.Errorf("varies by %v, want all that is sent", got)
	}
}

// TestEachSystemIsLentItsOwnEnvironment: of the region's, a further one may use clock and chance only.
func TestEachSystemIsLentItsOwnEnvironment(t *testing.T) {
	lent := map[string]adapters.Environment{}
	lending := func(name string) adapters.Entry {
		e := (&fake{sections: []lhcrv1.Section{medications}}).entry()
		made := e.New
		e.New = func(env adapters.Environment) (adapters.Adapter, error) { lent[name] = env; return made(env) }
		return e
	}
	settings := func(url string) adapters.Settings {
		return adapters.Settings{BaseURL: url, ClientSecret: "s " + adapters.Secret(url)}
	}
	now := time.Unix(7, 0)
	_, err := entryFor([]part{{"", lending("")}, {"documents", lending("documents")}}).New(adapters.Environment{
		Settings: settings("a"), Now: func() time.Time { return now }, Random: strings.NewReader("x"),
		Parts: map[string]adapters.Environment{"documents": {HTTP: http.DefaultClient, Settings: settings("b")}},
	})
	if err != nil {
		t.Fatal(err)
	}
	further := lent["documents"]
	if lent[""].Settings.BaseURL != "a" || further.Settings.BaseURL != "b" || further.Settings.ClientSecret != "s b" {
		t.Errorf("lent %q and %q", lent[""].Settings.BaseURL, further.Settings.BaseURL)
	}
	if further.Now == nil || !further.Now().Equal(now) || further.Random == nil {
		t.Error("the further system has neither clock nor chance")
	}
}

func TestLocateNeedsAllSystems(t *testing.T) {
	main, further := twoSystems()
	further.cannot = []lhcrv1.Capability{lhcrv1.Capability_CAPABILITY_LOCATE}
	wrapped, err := adapters.NewRegion(made(t, main, further, connected()))
	if err != nil {
		t.Fatal(err)
	}
	if wrapped.CanLocate() {
		t.Error("it can locate although one system cannot")
	}
	if _, err := wrapped.Locate(t.Context(), locating()); status.Code(err) != codes.Unimplemented {
		t.Errorf("Locate: %v, want UNIMPLEMENTED", err)
	}
	alone, err := adapters.NewRegion(made(t, main, further, leftOut()))
	if err != nil || !alone.CanLocate() {
		t.Errorf("it cannot locate although its only system can: %v", err)
	}
}
