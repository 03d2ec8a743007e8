package directory_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func organisation(code string) *lhcrv1.ResolveRegionsRequest {
	return &lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_OdsCode{OdsCode: code}}
}

func committee(name string) *lhcrv1.ResolveRegionsRequest {
	return &lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_PharmaceuticalCommittee{PharmaceuticalCommittee: name}}
}

func board(name string) *lhcrv1.ResolveRegionsRequest {
	return &lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_IntegratedCareBoard{IntegratedCareBoard: name}}
}

func named(name string) *lhcrv1.ResolveRegionsRequest {
	return &lhcrv1.ResolveRegionsRequest{By: &lhcrv1.ResolveRegionsRequest_Name{Name: name}}
}

func TestResolveRegions(t *testing.T) {
	var (
		dorset    = []string{"dorset"}
		yorkshire = []string{"yorkshire"}
		both      = []string{"dorset", "wessex"}
	)
	tests := map[string]struct {
		req  *lhcrv1.ResolveRegionsRequest
		want []string
	}{
		"an organisation":                         {organisation("FA123"), dorset},
		"an organisation in lower case":           {organisation("fa123"), dorset},
		"a board's code is an organisation's":     {organisation("qwo"), yorkshire},
		"an organisation that is not known":       {organisation("ZZ999"), nil},
		"a committee as its definition writes it": {committee("Community Pharmacy West Yorkshire"), yorkshire},
		"a committee in any case":                 {committee("community PHARMACY west yorkshire"), yorkshire},
		"a committee by its other name":           {committee("West Yorkshire LPC"), yorkshire},
		"a committee by its long name":            {committee("West Yorkshire Local Pharmaceutical Committee"), yorkshire},
		"a committee by its bare name":            {committee("  west   yorkshire "), yorkshire},
		"a committee of two regions":              {committee("Community Pharmacy Dorset"), both},
		"a committee with an ampersand":           {committee("Bexley Bromley and Greenwich"), []string{"wessex"}},
		"a committee that is not known":           {committee("Community Pharmacy Atlantis"), nil},
		"part of a committee's name is no match":  {committee("Yorkshire"), nil},
		"a committee with no name of its own":     {committee("LPC"), nil},
		"a board by its code":                     {board("QVV"), dorset},
		"a board by its code in lower case":       {board("qvv"), dorset},
		"a board by its name":                     {board("NHS Dorset Integrated Care Board"), dorset},
		"a board by its short name":               {board("dorset icb"), dorset},
		"a board that no region serves":           {board("NHS Devon ICB"), nil},
		"a board that is not known":               {board("Atlantis"), nil},
		"an LPC by name":                          {named("Dorset LPC"), both},
		"an LPC by name in pieces":                {named("dorset l.p.c."), both},
		"a committee in words said twice":         {named("Dorset Local Pharmaceutical Committee (LPC)"), both},
		"a committee by its former name":          {named("Hampshire & Isle of Wight LPC"), []string{"wessex"}},
		"a committee without its commas":          {named("Bexley Bromley Greenwich LPC"), []string{"wessex"}},
		"a region by its id":                      {named("Wessex"), []string{"wessex"}},
		"a region by its name":                    {named("Yorkshire & Humber"), yorkshire},
		"a region by its whole name":              {named("the yorkshire and humber care record"), yorkshire},
		"a region, its committee and its board":   {named("Dorset"), both},
		"a board by name":                         {named("NHS West Yorkshire ICB"), yorkshire},
		"a board by a short name":                 {named("HNY"), yorkshire},
		"a board by its code as a name":           {named("qvv"), dorset},
		"an organisation by its code as a name":   {named("fa123"), dorset},
		"nobody by name":                          {named("Atlantis"), nil},
		"nothing":                                 {&lhcrv1.ResolveRegionsRequest{}, nil},
	}
	d := mustNew(t, options())
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got := d.Resolve(tt.req)
			if diff := cmp.Diff(tt.want, got.GetRegionIds()); diff != "" {
				t.Errorf("regions (-want +got):\n%s", diff)
			}
			if got.GetExplanation() == "" {
				t.Error("no explanation")
			}
		})
	}
}

// REG-001: an empty answer says what to do, and says it differently from a full one.
func TestAnEmptyAnswerSaysWhatToDo(t *testing.T) {
	d := mustNew(t, options())
	pairs := [][2]*lhcrv1.ResolveRegionsRequest{
		{organisation("FA123"), organisation("ZZ999")},
		{committee("Dorset LPC"), committee("Atlantis")},
		{board("QVV"), board("Atlantis")},
		{named("Dorset"), named("Atlantis")},
	}
	for _, pair := range pairs {
		known, unknown := d.Resolve(pair[0]).GetExplanation(), d.Resolve(pair[1]).GetExplanation()
		if known == unknown {
			t.Errorf("known and unknown explain themselves alike: %q", known)
		}
	}
}

func TestAnAnswerSaysOnWhatItRests(t *testing.T) {
	d := mustNew(t, options())
	for name, tt := range map[string]struct {
		req  *lhcrv1.ResolveRegionsRequest
		want []string
	}{
		"a committee of a name":  {named("Dorset LPC"), []string{"name the committee", "wessex is a name: it stands for chie and dorset"}},
		"more than one reason":   {named("Dorset"), []string{"dorset: These are the regions of this name", "dorset, wessex: The definitions"}},
		"a close committee":      {committee("West Yorkshir"), []string{"Did you mean Community Pharmacy West Yorkshire?"}},
		"a part of a committee":  {committee("Yorkshire"), []string{"Did you mean Community Pharmacy West Yorkshire?"}},
		"a close board":          {board("NHS Dorsett ICB"), []string{"Did you mean NHS Dorset Integrated Care Board?"}},
		"a close region":         {named("Yorkshire & Humbre"), []string{"Did you mean Yorkshire & Humber Care Record"}},
		"what to do by name":     {named("Atlantis"), []string{"ListRegions"}},
		"what to do by ODS code": {organisation("ZZ999"), []string{"organisations", "directory.ods_files"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := d.Resolve(tt.req).GetExplanation()
			for _, want := range tt.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q does not say %q", got, want)
				}
			}
		})
	}
}

// Names of organisations are never proposed, and what was asked is never repeated.
func TestAnUnknownNameIsNotRepeated(t *testing.T) {
	d := mustNew(t, options())
	for _, canary := range []string{"9990001006", "atlantiscanary", strings.Repeat("dorsex ", 1000)} {
		for _, req := range []*lhcrv1.ResolveRegionsRequest{organisation(canary), committee(canary), board(canary), named(canary)} {
			if got := d.Resolve(req); len(got.GetRegionIds()) > 0 || strings.Contains(got.GetExplanation(), strings.TrimSpace(canary[:10])) {
				t.Errorf("%v", got)
			}
		}
	}
}
