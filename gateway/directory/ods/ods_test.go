package ods_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/openlhcr/openlhcr/gateway/directory/ods"
)

// today is the day on which the tests load.
var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// loaded loads files of these contents.
func loaded(t *testing.T, contents ...string) *ods.Extract {
	t.Helper()
	e, err := ods.Load(files(t, contents...), today)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func files(t *testing.T, contents ...string) []string {
	t.Helper()
	var paths []string
	for i, content := range contents {
		path := filepath.Join(t.TempDir(), string(rune('a'+i)))
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func wantOrganisation(t *testing.T, e *ods.Extract, want ods.Organisation) {
	t.Helper()
	got, ok := e.Find(want.Code)
	if !ok {
		t.Errorf("%s is not known", want.Code)
		return
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", want.Code, diff)
	}
}

// row is a row of the reports without a header, 27 columns.
func row(columns map[int]string) string {
	all := make([]string, 27)
	for at, value := range columns {
		all[at-1] = `"` + value + `"`
	}
	return strings.Join(all, ",")
}

func TestReportsWithoutAHeader(t *testing.T) {
	e := loaded(t, strings.Join([]string{
		row(map[int]string{1: "FZZ01", 2: "THE CORNER PHARMACY", 3: "Y58", 4: "QVV", 11: "20050401", 14: "1", 15: "P0ZZ"}),
		row(map[int]string{1: "FZZ02", 2: "BOOTS, THE CHEMISTS", 4: "QVV", 12: "20250331"}),
		row(map[int]string{1: "FZZ03", 2: "CLOSES NEXT YEAR", 4: "QVV", 12: "20270331"}),
		row(map[int]string{1: "Y99901", 2: "A PRACTICE", 4: "QWO", 13: "A", 15: "15F"}),
		row(map[int]string{1: "Y99902", 2: "A DORMANT PRACTICE", 13: "D", 15: "15F", 17: "20220630"}),
	}, "\r\n")+"\r\n")
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ01", Name: "THE CORNER PHARMACY", Open: true, In: []string{"QVV"}})
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ02", Name: "BOOTS, THE CHEMISTS", In: []string{"QVV"}})
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ03", Name: "CLOSES NEXT YEAR", Open: true, In: []string{"QVV"}})
	wantOrganisation(t, e, ods.Organisation{Code: "Y99901", Name: "A PRACTICE", Open: true, In: []string{"QWO", "15F"}})
	wantOrganisation(t, e, ods.Organisation{Code: "Y99902", Name: "A DORMANT PRACTICE", Formerly: []string{"15F"}})
}

func TestReportsUnderAHeader(t *testing.T) {
	e := loaded(t,
		"ods_code,ons_code,name,nhse_region\nQE1,E54000048,\"NHS Lancashire and South Cumbria Integrated Care Board\",North West\n",
		"\xef\xbb\xbfICB_CODE,ICB_NAME,CONTRACTOR_CODE,CONTRACTOR_NAME,TRADING_NAME\nQE1,NHS X,fzz01,A COMPANY,The Corner\n",
		"Organisation Code,Name,High Level Health Geography,Close Date,Status Code\nFZZ02,\"CAF\xc9\",QE1,,Closed\n",
	)
	wantOrganisation(t, e, ods.Organisation{Code: "QE1", Name: "NHS Lancashire and South Cumbria Integrated Care Board", Open: true, Board: true})
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ01", Name: "The Corner", Open: true, In: []string{"QE1"}})
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ02", Name: "CAFÉ", In: []string{"QE1"}})
}

func TestBadRowsAreCountedAndNamedByLine(t *testing.T) {
	path := files(t, strings.Join([]string{
		row(map[int]string{1: "FZZ01", 2: "FIRST", 4: "QVV"}),
		`"FZZ02","NO END`,
		"FZZ03,two",
		"",
		row(map[int]string{1: "F-9990001006!", 2: "NO CODE", 4: "QVV"}),
		strings.Repeat("x", 70<<10),
		row(map[int]string{1: "FZZ04", 2: "LAST", 4: "QVV"}),
	}, "\n"))
	e, err := ods.Load(path, today)
	if err != nil {
		t.Fatal(err)
	}
	want := []ods.File{{Path: path[0], Format: "CSV", Organisations: 2, Bad: 4, Faults: []ods.Fault{
		{Line: 2, What: "a quotation mark is not closed"},
		{Line: 3, What: "2 columns, want at least 4"},
		{Line: 5, What: "no ODS code"},
		{Line: 6, What: "the row is too long"},
	}}}
	if diff := cmp.Diff(want, e.Files()); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, ok := e.Find("FZZ04"); !ok {
		t.Error("what follows a row that is too long was lost")
	}
}

const manifest = `<?xml version="1.0" encoding="UTF-8"?>
<HSCOrgRefData:OrgRefData xmlns:HSCOrgRefData="http://refdata.hscic.gov.uk/org/v2-0-0"><Manifest><Version value="2-0-0"/>
<PublicationDate value="2026-11-01"/></Manifest><CodeSystems><CodeSystem name="Role"><concept id="RO182"/></CodeSystem></CodeSystems><Organisations>
`

const endOfManifest = `</Organisations></HSCOrgRefData:OrgRefData>`

const organisations = `
<Organisation orgRecordClass="RC1"><Name>THE CORNER &amp; CO</Name><Date><Type value="Operational"/><Start value="2005-04-01"/></Date>
 <OrgId root="2.16.840.1.113883.2.1.3.2.4.18.48" assigningAuthorityName="HSCIC" extension="FZZ01"/><Status value="Active"/>
 <Roles><Role id="RO182" uniqueRoleId="1" primaryRole="true"><Status value="Active"/></Role></Roles>
 <Rels><Rel id="RE6" uniqueRelId="2"><Status value="Active"/><Target><OrgId extension="P0ZZ"/></Target></Rel>
  <Rel id="RE4" uniqueRelId="3"><Date><Type value="Operational"/><Start value="2022-07-01"/></Date><Status value="Active"/><Target><OrgId extension="92A"/><PrimaryRoleId id="RO98"/></Target></Rel>
  <Rel id="RE5" uniqueRelId="4"><Status value="Inactive"/><Target><OrgId extension="Q72"/></Target></Rel>
  <Rel id="RE5" uniqueRelId="5"><Date><Type value="Operational"/><End value="2026-03-31"/></Date><Target><OrgId extension="QXU"/></Target></Rel>
 </Rels></Organisation>
<un:Organisation xmlns:un="x"><un:Name>A NEW BOARD</un:Name><un:OrgId extension="qzz"/>
 <un:Role id="RO261" uniqueRoleId="6" primaryRole="true" status="Active"/><un:Role id="RO318" status="Active"/>
 <un:Relationships><un:Relationship id="RE5" status="Active"><un:Target><un:OrgId extension="Y59"/></un:Target></un:Relationship></un:Relationships>
 <un:Succ uniqueSuccId="7"><un:Type>Predecessor</un:Type><un:Target><un:OrgId extension="QXU"/></un:Target></un:Succ></un:Organisation>
<Organisation><Name>AN OLD BOARD INTEGRATED CARE BOARD</Name><OrgId extension="QXU"/><Status value="Inactive"/>
 <Succs><Succ type="Successor" uniqueSuccId="8"><Target><OrgId extension="QZZ"/></Target></Succ></Succs></Organisation>
<Organisation refOnly="true"><Name>A STUB</Name><OrgId extension="FZZ01"/><Status value="Inactive"/></Organisation>
<Organisation><Name>NOBODY</Name><OrgId extension=""/></Organisation>
`

func TestTheServicesOwnXML(t *testing.T) {
	e := loaded(t, manifest+organisations+endOfManifest)
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ01", Name: "THE CORNER & CO", Open: true, In: []string{"92A"}, Formerly: []string{"Q72", "QXU"}})
	wantOrganisation(t, e, ods.Organisation{Code: "QZZ", Name: "A NEW BOARD", Open: true, Board: true, In: []string{"Y59"}, Predecessors: []string{"QXU"}})
	wantOrganisation(t, e, ods.Organisation{Code: "QXU", Name: "AN OLD BOARD INTEGRATED CARE BOARD", Board: true, Successors: []string{"QZZ"}})
	want := []ods.File{{Format: "ODS XML", Organisations: 4, Bad: 1, Faults: []ods.Fault{{Line: 20, What: "no ODS code"}}}}
	if diff := cmp.Diff(want, e.Files(), cmpopts.IgnoreFields(ods.File{}, "Path")); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestFHIRResources(t *testing.T) {
	const system = `https://fhir.nhs.uk/Id/ods-organization-code`
	tie := func(active, from, code, to string) string {
		return `<OrganizationAffiliation xmlns="http://hl7.org/fhir"><active value="` + active + `"/><organization><identifier><system value="` + system + `"/><value value="` + from +
			`"/></identifier></organization><participatingOrganization><reference value="Organization/` + to + `"/></participatingOrganization><code><coding><code value="` + code + `"/></coding></code></OrganizationAffiliation>`
	}
	e := loaded(t,
		`<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Organization><id value="9"/>
		 <extension url="x/OrganisationRole"><extension url="roleCode"><valueCodeableConcept><coding><code value="RO318"/></coding></valueCodeableConcept></extension></extension>
		 <identifier><system value="other"/><value value="no"/></identifier><identifier><system value="`+system+`"/><value value="QZZ"/></identifier><active value="true"/><name value="A BOARD"/></Organization></resource></entry>
		 <entry><resource>`+tie("true", "FZZ01", "RE4", "QZZ")+`</resource></entry><entry><resource>`+tie("false", "FZZ01", "RE5", "Q72")+`</resource></entry><entry><resource>`+tie("true", "FZZ01", "RE6", "P0ZZ")+`</resource></entry></Bundle>`,
		`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Organization","id":"FZZ01","active":false,"name":"The Corner","partOf":{"identifier":{"value":"15F"}}}},{"resource":{"resourceType":"Slot"}},{"resource":{"resourceType":"Organization","identifier":{"system":"`+system+`","value":"FZZ02"},"name":"Another"}},{"resource":7}]}`,
	)
	wantOrganisation(t, e, ods.Organisation{Code: "QZZ", Name: "A BOARD", Open: true, Board: true})
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ01", Name: "The Corner", In: []string{"QZZ", "15F"}, Formerly: []string{"Q72"}})
	wantOrganisation(t, e, ods.Organisation{Code: "FZZ02", Name: "Another", Open: true})
	if f := e.Files()[1]; f.Format != "FHIR JSON" || f.Organisations != 2 || f.Bad != 1 {
		t.Errorf("the second file: %+v", f)
	}
}

func TestWhatIsNoFileOfTheService(t *testing.T) {
	for name, tt := range map[string]struct{ content, want string }{
		"empty":               {" \n", "is empty"},
		"an archive":          {"PK\x03\x04xxxx", "unpack it"},
		"bytes":               {"\x00\x01\x02", "neither"},
		"XML of something":    {"<OperationOutcome/>", "holds no organisation"},
		"XML that breaks off": {manifest + organisations, "to its end"},
		"XML of no nesting":   {"<a></a></a>", "to its end"},
		"a document type":     {`<!DOCTYPE x [<!ENTITY a "b">]><Organisation/>`, "document type"},
		"one inside":          {`<Organisations><Organisation><!DOCTYPE x></Organisation></Organisations>`, "document type"},
		"an entity":           {`<Organisation><Name>&lol;</Name></Organisation>`, "to its end"},
		"deep":                {strings.Repeat("<a>", 100), "to its end"},
		"deep inside":         {"<Organisation>" + strings.Repeat("<a>", 100), "to its end"},
		"a large element":     {"<Organisation><Name>" + strings.Repeat("x", 5<<20), "too large"},
		"a large gap":         {"<x>" + strings.Repeat(" ", 5<<20), "too large"},
		"JSON of something":   {`{"resourceType":"OperationOutcome"}`, "holds no organisation"},
		"JSON that breaks":    {`{"resourceType":`, "is not JSON"},
		"a text":              {"Dear reader\nthis is no list", "holds no organisation"},
	} {
		t.Run(name, func(t *testing.T) {
			path := files(t, tt.content)
			_, err := ods.Load(path, today)
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path[0]) {
				t.Errorf("%v, want the path and %q", err, tt.want)
			}
		})
	}
	if _, err := ods.Load([]string{filepath.Join(t.TempDir(), "gone")}, today); err == nil {
		t.Error("a file that is not there was loaded")
	}
}

func TestOrganisationsAreFoundByName(t *testing.T) {
	e := loaded(t, strings.Join([]string{
		row(map[int]string{1: "FZZ02", 2: "WELL", 4: "QVV"}), row(map[int]string{1: "FZZ01", 2: "WELL", 4: "QWO"}), row(map[int]string{1: "FZZ03", 2: "", 4: "QWO"}),
	}, "\n"))
	if diff := cmp.Diff([]string{"FZZ01", "FZZ02"}, e.Named("  well ")); diff != "" {
		t.Errorf("well (-want +got):\n%s", diff)
	}
	if got := slices.Concat(e.Named("wel"), e.Named(" ")); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

func TestNoExtractKnowsNobody(t *testing.T) {
	var none *ods.Extract
	if _, ok := none.Find("FZZ01"); ok || none.Len() != 0 || none.Files() != nil || none.Named("well") != nil {
		t.Error("nothing was loaded, and somebody is known")
	}
}

func TestPublishedExamples(t *testing.T) {
	folder := os.Getenv("LHCR_TESTDATA")
	if folder == "" {
		t.Skip("LHCR_TESTDATA names no folder of published examples")
	}
	var paths []string
	for _, name := range []string{"icb-codes.csv", "ODS-Organization-4VE03-Example.xml", "ODS-Organization-FDC49-Example.xml", "ODS-Organization-Q72-Example.xml", "ODS-OrganizationAffiliation-383689-Example.xml", "ODS-Bundle-ParticipatingOrganizationSearchResults-Example.xml"} {
		paths = append(paths, filepath.Join(folder, "ods", name))
	}
	e, err := ods.Load(paths, today)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Files() {
		if f.Bad > 0 || f.Organisations == 0 {
			t.Errorf("%+v", f)
		}
	}
	boards := 0
	for _, code := range []string{"QVV", "QWO", "QE1", "QYG"} {
		if o, ok := e.Find(code); ok && o.Board && o.Open {
			boards++
		}
	}
	pharmacy, _ := e.Find("FDC49")
	practice, _ := e.Find("G81086")
	if boards != 4 || len(pharmacy.In) != 0 || !slices.Equal(pharmacy.Formerly, []string{"Q72"}) || !slices.Equal(practice.Formerly, []string{"4VE03"}) {
		t.Errorf("%d boards, %+v, %+v", boards, pharmacy, practice)
	}
}
