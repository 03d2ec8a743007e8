package directory_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/directory/ods"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// org is an Organisation of the service's XML: status "Active" or "Inactive", roles and
// relationships as "RE5 QVV", "-RE5 QVV" for one that is over, "Successor QZZ" and the like.
func org(code, name, status string, ties ...string) string {
	var b strings.Builder
	b.WriteString(`<Organisation><Name>` + name + `</Name><OrgId extension="` + code + `"/><Status value="` + status + `"/>`)
	for _, tie := range ties {
		kind, target, _ := strings.Cut(tie, " ")
		switch bare, over := strings.CutPrefix(kind, "-"); {
		case over:
			b.WriteString(`<Rel id="` + bare + `"><Status value="Inactive"/><Target><OrgId extension="` + target + `"/></Target></Rel>`)
		case strings.HasPrefix(kind, "RE"):
			b.WriteString(`<Rel id="` + kind + `"><Status value="Active"/><Target><OrgId extension="` + target + `"/></Target></Rel>`)
		default:
			b.WriteString(`<Succ><Type>` + kind + `</Type><Target><OrgId extension="` + target + `"/></Target></Succ>`)
		}
	}
	return b.String() + `</Organisation>`
}

// country is a small country: of two new boards, one was made of boards that definitions
// name, the other only in part.
var country = []string{
	org("FZZ01", "THE CORNER PHARMACY", "Active", "RE4 QVV", "RE6 P0ZZ"),
	org("FZZ02", "WELL", "Active", "RE4 15F"), // by way of a place of its board
	org("15F", "NHS WEST YORKSHIRE ICB - 15F", "Active", "RE5 QWO"),
	org("FZZ03", "CLOSED PHARMACY", "Inactive", "RE4 QVV", "Successor FZZ01"),
	org("FZZ04", "CLOSED FOR GOOD", "Inactive", "RE4 QVV"),
	org("FZZ05", "COMPANY FAR AWAY", "Active", "RE6 P0ZZ"),
	org("P0ZZ", "THE COMPANY", "Active", "RE4 QVV"),
	org("FZZ06", "IN DEVON", "Active", "RE4 QJK"),
	org("FZZ07", "UNDER A NEW BOARD", "Active", "RE4 QNW"),
	org("QNW", "NHS NEW NORTH INTEGRATED CARE BOARD", "Active", "RE5 Y63", "Predecessor QWO", "Predecessor QOQ"),
	org("FZZ08", "UNDER A HALF KNOWN BOARD", "Active", "RE4 QHK"),
	org("QHK", "NHS HALF KNOWN INTEGRATED CARE BOARD", "Active", "Predecessor QVV", "Predecessor QSL"),
	org("FZZ09", "A PLACE WITH A PAST", "Active", "RE4 11J"),
	org("11J", "NHS HALF KNOWN ICB - 11J", "Active", "RE5 QHK", "-RE5 QVV", "-RE5 Q72"),
	org("FZZ10", "WELL", "Active", "RE4 QVV"),
	org("FZZ11", "MOVED AWAY", "Active", "RE4 QJK", "-RE4 QVV"),
	org("FZZ12", "ROUND AND ROUND", "Active", "RE5 FZZ13"),
	org("FZZ13", "AND ROUND", "Active", "RE5 FZZ12"),
	org("QZA", "NHS GONE INTEGRATED CARE BOARD", "Inactive", "Successor QVV"),
}

func publicData(t *testing.T, content string) *ods.Extract {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ods")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	e, err := ods.Load([]string{path}, time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func withCountry(t *testing.T) *directory.Directory {
	t.Helper()
	opts := options()
	opts.Extract = publicData(t, "<Organisations>"+strings.Join(country, "\n")+"</Organisations>")
	return mustNew(t, opts)
}

func TestAnOrganisationIsPlacedByPublicData(t *testing.T) {
	var (
		dorset    = []string{"dorset"}
		yorkshire = []string{"yorkshire"}
	)
	for name, tt := range map[string]struct {
		req   *lhcrv1.ResolveRegionsRequest
		want  []string
		says  string
		asked []string // when it asks itself and names no region
	}{
		"by its board":                 {organisation("fzz01"), dorset, "NHS Dorset Integrated Care Board (QVV)", dorset},
		"by a place of its board":      {organisation("FZZ02"), yorkshire, "NHS West Yorkshire Integrated Care Board (QWO)", yorkshire},
		"closed, with a successor":     {organisation("FZZ03"), nil, "closed, and that THE CORNER PHARMACY (FZZ01) took its place", nil},
		"closed for good":              {organisation("FZZ04"), nil, "has closed.", nil},
		"by nobody but its company":    {organisation("FZZ05"), nil, "not to which integrated care board", nil},
		"under a board of no region":   {organisation("FZZ06"), nil, "NHS Devon Integrated Care Board (QJK), and no region's definition", nil},
		"under a merged board":         {organisation("FZZ07"), yorkshire, "NHS NEW NORTH INTEGRATED CARE BOARD (QNW), which was made of", yorkshire},
		"under one known in part":      {organisation("FZZ08"), dorset, "only part of the board's area", nil},
		"by the past of its place":     {organisation("FZZ09"), dorset, "before under NHS Dorset Integrated Care Board (QVV)", dorset},
		"by a past of its own":         {organisation("FZZ11"), dorset, "before under", nil},
		"in a circle":                  {organisation("FZZ12"), nil, "not to which", nil},
		"not in the data":              {organisation("FZZ99"), nil, "loaded", nil},
		"as the deployment says first": {organisation("FA123"), dorset, "configuration says", dorset},
		"by name":                      {named("the corner pharmacy"), dorset, "QVV", nil},
		"by a name that many have":     {named("Well"), nil, "2 organisations have this name, and not all of them lie in the same regions. Ask by ODS code: FZZ02, FZZ10.", nil},
		"a code as a name":             {named("FZZ02"), yorkshire, "QWO", nil},
		"a closed one by its code":     {named("FZZ04"), nil, "has closed", nil},
		"a new board by its code":      {board("QNW"), yorkshire, "made of", nil},
		"a new board's code as a name": {named("qnw"), yorkshire, "made of", nil},
		"a board that has gone":        {board("QZA"), dorset, "has become NHS Dorset Integrated Care Board (QVV)", nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := withCountry(t)
			got := d.Resolve(tt.req)
			if diff := cmp.Diff(tt.want, got.GetRegionIds()); diff != "" {
				t.Errorf("regions (-want +got):\n%s", diff)
			}
			if !strings.Contains(strings.ReplaceAll(got.GetExplanation(), "WEST YORKSHIRE ICB", ""), tt.says) {
				t.Errorf("%q does not say %q", got.GetExplanation(), tt.says)
			}
			code := tt.req.GetOdsCode()
			if code == "" {
				return
			}
			if diff := cmp.Diff(tt.asked, d.RegionsOf(&adapterv1.Caller{OrganisationOdsCode: code})); diff != "" && len(tt.asked) > 0 {
				t.Errorf("of the caller (-want +got):\n%s", diff)
			} else if asked := d.RegionsOf(&adapterv1.Caller{OrganisationOdsCode: code}); len(asked) != len(tt.asked) {
				t.Errorf("it asks %v by itself", asked)
			}
		})
	}
}

// A board that only public data knows under a name is a board by that name too.
func TestTheDeploymentsWordOverridesPublicData(t *testing.T) {
	opts := options()
	opts.Organisations = map[string][]string{"FZZ01": {"yorkshire"}}
	opts.Extract = publicData(t, "<Organisations>"+country[0]+"</Organisations>")
	d := mustNew(t, opts)
	if got := d.RegionsOf(&adapterv1.Caller{OrganisationOdsCode: "FZZ01"}); !cmp.Equal(got, []string{"yorkshire"}) {
		t.Errorf("the caller's regions are %v", got)
	}
	if got := d.Resolve(organisation("FZZ01")).GetRegionIds(); !cmp.Equal(got, []string{"yorkshire"}) {
		t.Errorf("resolved to %v", got)
	}
}

func BenchmarkRegionsOfByPublicData(b *testing.B) {
	path := filepath.Join(b.TempDir(), "ods")
	if err := os.WriteFile(path, []byte("<Organisations>"+strings.Join(country, "\n")+"</Organisations>"), 0o600); err != nil {
		b.Fatal(err)
	}
	extract, err := ods.Load([]string{path}, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	d, err := directory.New(directory.Options{Entries: entries(), Extract: extract})
	if err != nil {
		b.Fatal(err)
	}
	caller := &adapterv1.Caller{OrganisationOdsCode: "FZZ02"}
	for b.Loop() {
		d.RegionsOf(caller)
	}
}
