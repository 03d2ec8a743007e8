package directory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// dorset, chie and yorkshire are systems; wessex is a name for two of them.
func entries() []directory.Entry {
	return []directory.Entry{
		{About: about(&lhcrv1.Region{
			RegionId:                 "yorkshire",
			Name:                     "Yorkshire & Humber Care Record",
			PharmaceuticalCommittees: []string{"Community Pharmacy West Yorkshire", "Community Pharmacy Humber"},
			IntegratedCareBoards:     []string{"QWO", "QOQ", "QF7"},
		})},
		{About: about(&lhcrv1.Region{
			RegionId:                 "dorset",
			PharmaceuticalCommittees: []string{"Dorset LPC"},
			IntegratedCareBoards:     []string{"QVV"},
		})},
		{About: about(&lhcrv1.Region{RegionId: "chie"}), DisabledReason: "not onboarded"},
		{About: about(&lhcrv1.Region{
			RegionId:                 "wessex",
			ExpandsTo:                []string{"chie", "dorset"},
			PharmaceuticalCommittees: []string{"Dorset LPC", "Community Pharmacy South Central", "Bexley, Bromley & Greenwich LPC"},
		})},
	}
}

func about(region *lhcrv1.Region) *adapterv1.DescribeResponse {
	return &adapterv1.DescribeResponse{Region: region}
}

func options() directory.Options {
	return directory.Options{
		Entries:       entries(),
		Organisations: map[string][]string{"FA123": {"dorset"}, "fb456": {"wessex", "dorset"}},
		Suppliers:     map[string][]string{"pmr-one": {"yorkshire"}},
	}
}

func mustNew(t *testing.T, opts directory.Options) *directory.Directory {
	t.Helper()
	d, err := directory.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryRegisteredRegionIsListedOnOrOff(t *testing.T) {
	type row struct {
		ID, Reason string
		Configured bool
	}
	var got []row
	for _, r := range mustNew(t, options()).Regions() {
		got = append(got, row{r.GetRegionId(), r.GetDisabledReason(), r.GetConfigured()})
	}
	want := []row{
		{"chie", "not onboarded", false},
		{"dorset", "", true},
		{"wessex", "of what it stands for, chie is switched off and dorset is asked", false},
		{"yorkshire", "", true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("regions (-want +got):\n%s", diff)
	}
}

func TestExpandReplacesNamesByTheirRegionsOnceEach(t *testing.T) {
	tests := map[string]struct{ ids, want []string }{
		"nothing":            {nil, nil},
		"a region":           {[]string{"dorset"}, []string{"dorset"}},
		"a name":             {[]string{"wessex"}, []string{"chie", "dorset"}},
		"a name and its own": {[]string{"yorkshire", "dorset", "wessex"}, []string{"chie", "dorset", "yorkshire"}},
		"a region that is off stays, so that its outcome says so": {[]string{"chie"}, []string{"chie"}},
	}
	d := mustNew(t, options())
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := d.Expand(tt.ids)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("expanded (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnUnknownRegionIsRefusedWithoutRepeatingIt(t *testing.T) {
	const canary = "region-9990000018"
	d := mustNew(t, options())
	_, expand := d.Expand([]string{"dorset", canary})
	_, describe := d.Describe(canary)
	_, endpoints := d.Endpoints([]string{canary})
	for name, tt := range map[string]struct {
		err  error
		code codes.Code
	}{
		"Expand":    {expand, codes.InvalidArgument},
		"Describe":  {describe, codes.NotFound},
		"Endpoints": {endpoints, codes.InvalidArgument},
	} {
		if status.Code(tt.err) != tt.code || failure.Reason(tt.err) != lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION {
			t.Errorf("%s: %v, want %v with ERROR_REASON_UNKNOWN_REGION", name, tt.err, tt.code)
		}
		if strings.Contains(tt.err.Error(), canary) {
			t.Errorf("%s repeats the id: %v", name, tt.err)
		}
	}
}

func TestAllIsEveryRegionThatIsOn(t *testing.T) {
	d := mustNew(t, options())
	if diff := cmp.Diff([]string{"dorset", "yorkshire"}, d.All()); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"chie", "dorset", "yorkshire"}, d.Systems()); diff != "" {
		t.Errorf("systems (-want +got):\n%s", diff)
	}
}

func TestACallersRegionsAreItsOrganisationsAndItsSuppliers(t *testing.T) {
	tests := map[string]struct {
		organisation, supplier string
		want                   []string
	}{
		"organisation":              {"FA123", "", []string{"dorset"}},
		"organisation in any case":  {"fa123", "", []string{"dorset"}},
		"organisation through name": {"FB456", "", []string{"chie", "dorset"}},
		"supplier":                  {"ZZ999", "pmr-one", []string{"yorkshire"}},
		"both":                      {"FB456", "pmr-one", []string{"chie", "dorset", "yorkshire"}},
		"neither":                   {"ZZ999", "pmr-two", nil},
		"nobody":                    {"", "", nil},
	}
	d := mustNew(t, options())
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := d.RegionsOf(&adapterv1.Caller{OrganisationOdsCode: tt.organisation, SupplierId: tt.supplier})
			if diff := cmp.Diff(tt.want, got); diff != "" && len(tt.want)+len(got) > 0 {
				t.Errorf("regions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoCallerCanChangeTheDirectoryThroughAnAnswer(t *testing.T) {
	d := mustNew(t, options())
	caller := &adapterv1.Caller{OrganisationOdsCode: "FB456"}
	d.RegionsOf(caller)[0] = "changed"
	d.All()[0] = "changed"
	if diff := cmp.Diff([]string{"chie", "dorset"}, d.RegionsOf(caller)); diff != "" {
		t.Errorf("regions of the caller changed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"dorset", "yorkshire"}, d.All()); diff != "" {
		t.Errorf("all changed (-want +got):\n%s", diff)
	}
}

func TestAMistakeInTheOptionsIsNamed(t *testing.T) {
	tests := map[string]struct {
		change func(*directory.Options)
		want   []string
	}{
		"organisation with an unknown region": {
			func(o *directory.Options) { o.Organisations = map[string][]string{"FA123": {"dorsett"}} },
			[]string{"organisations.FA123", `"dorsett"`, "chie, dorset, wessex, yorkshire"},
		},
		"supplier with an unknown region": {
			func(o *directory.Options) { o.Suppliers = map[string][]string{"pmr": {"x"}} },
			[]string{"suppliers.pmr", `"x"`},
		},
		"a name for a region that is not there": {
			func(o *directory.Options) { o.Entries = o.Entries[3:] },
			[]string{`"wessex" stands for "chie"`},
		},
		"the same region twice": {
			func(o *directory.Options) { o.Entries = append(o.Entries, o.Entries[0]) },
			[]string{`"yorkshire" is registered twice`},
		},
		"an address that is none": {
			func(o *directory.Options) {
				o.Entries[0].Addresses = []directory.Address{{Purpose: "record", URL: "records"}}
			},
			[]string{`region "yorkshire"`, `"record"`, "host"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			opts := options()
			tt.change(&opts)
			_, err := directory.New(opts)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q does not say %q", err, want)
				}
			}
		})
	}
}
