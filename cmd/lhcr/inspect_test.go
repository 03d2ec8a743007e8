package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/encoding/protojson"
)

func asError(err error, target **sdk.Error) bool { return errors.As(err, target) }

// line is one line of `inspect --format json`.
type line struct {
	Response json.RawMessage
	Account  struct {
		Resources, Items, Supporting, Reported int
		Reasons                                []struct {
			Type, Reason string
			Count        int
		}
	}
}

func (l line) response(t *testing.T) *adapterv1.FetchResponse {
	t.Helper()
	var r adapterv1.FetchResponse
	if err := protojson.Unmarshal(l.Response, &r); err != nil {
		t.Fatalf("response is no FetchResponse: %v", err)
	}
	return &r
}

func lines(t *testing.T, out string) []line {
	t.Helper()
	var all []line
	for raw := range strings.Lines(out) {
		var l line
		if err := json.Unmarshal([]byte(raw), &l); err != nil {
			t.Fatalf("a line is no JSON object: %v", err)
		}
		all = append(all, l)
	}
	return all
}

const latex = `{"resourceType":"Bundle","type":"collection","entry":[
 {"resource":{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}],"birthDate":"1951-04-17"}},
 {"resource":{"resourceType":"AllergyIntolerance","id":"a","patient":{"reference":"Patient/p"},"code":{"text":"Latex"},
  "clinicalStatus":{"coding":[{"code":"active"}]}}},
 {"resource":{"resourceType":"Frobnication","id":"f"}}]}`

func write(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestInspectAsJSONGivesResponseAndAccount(t *testing.T) {
	got := lhcr(t, "", "inspect", "--format", "json", "--region", "dorset", write(t, "latex.json", latex))
	if got.code != exitDone {
		t.Fatal(got.err)
	}
	all := lines(t, got.out)
	if len(all) != 1 {
		t.Fatalf("%d lines, want 1", len(all))
	}
	allergies := all[0].response(t).GetRecord().GetAllergies()
	if len(allergies) != 1 || allergies[0].GetCode().GetDisplay() != "Latex" || allergies[0].GetHeader().GetRegionId() != "dorset" {
		t.Errorf("allergies: %d", len(allergies))
	}
	if a := all[0].Account; a.Resources != 3 || a.Items < 1 || a.Reported != 1 || a.Reasons[0].Type != "Frobnication" {
		t.Errorf("account: %+v", a)
	}
}

func TestInspectAsTableShowsWhatAPharmacistWouldGet(t *testing.T) {
	got := lhcr(t, "", "inspect", write(t, "latex.json", latex))
	mustSay(t, got.out, "Latex", "active", "PARTIAL", "nobody knows what they are", "ACCOUNT", "Frobnication")
}

func TestInspectReadsStandardInput(t *testing.T) {
	if got := lhcr(t, latex, "inspect", "-"); got.code != exitDone || !strings.Contains(got.out, "Latex") {
		t.Errorf("exit code %d:\n%s", got.code, got.err)
	}
}

func TestInspectNamesTheFileAndPlaceThatIsNoJSONAndReadsTheOthers(t *testing.T) {
	bad := write(t, "bad.json", "{\"resourceType\":\"Bundle\",\n \"entry\":[oops 9990000018]}")
	cut := write(t, "cut.json", latex[:200])
	good := write(t, "good.json", latex)
	got := lhcr(t, "", "inspect", "--format", "json", bad, cut, filepath.Join(t.TempDir(), "absent.json"), good)
	if got.code != exitFailed {
		t.Errorf("exit code %d", got.code)
	}
	mustSay(t, got.err, "bad.json", "line 2", "from byte", "cut.json", "absent.json", "3 of 4 files")
	mustNotSay(t, got.err, "oops", "9990000018")
	if all := lines(t, got.out); len(all) != 1 {
		t.Errorf("%d files were read, want 1", len(all))
	}
}

func TestInspectTakesThePatientAsked(t *testing.T) {
	file := write(t, "latex.json", latex)
	other := lhcr(t, "9990001006\n", "inspect", "--nhs-number-file", "-", "--format", "json", file)
	if allergies := lines(t, other.out)[0].response(t).GetRecord().GetAllergies(); len(allergies) != 0 {
		t.Errorf("another patient's allergies were delivered: %d", len(allergies))
	}
	same := lhcr(t, "", "inspect", "--nhs-number", "9990000018", "--format", "json", file)
	if allergies := lines(t, same.out)[0].response(t).GetRecord().GetAllergies(); len(allergies) != 1 {
		t.Errorf("the patient's own allergies: %d", len(allergies))
	}
}

func TestInspectNeverMixesPatients(t *testing.T) {
	two := strings.Replace(latex, `{"resource":{"resourceType":"Frobnication","id":"f"}}`,
		`{"resource":{"resourceType":"Patient","id":"q","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990001006"}]}}`, 1)
	file := write(t, "two.json", two)
	got := lhcr(t, "", "inspect", file)
	if got.code != exitUsage || strings.Contains(got.out, "Latex") {
		t.Errorf("exit code %d:\n%s", got.code, got.out)
	}
	mustSay(t, got.err, "--nhs-number-file")
	mustNotSay(t, got.err, "9990000018", "9990001006")
	if asked := lhcr(t, "9990000018\n", "inspect", "--nhs-number-file", "-", file); asked.code != exitDone || !strings.Contains(asked.out, "Latex") {
		t.Errorf("with a number: exit code %d", asked.code)
	}
}

func TestInspectSaysThatNothingWithoutAPatientIsDelivered(t *testing.T) {
	file := write(t, "alone.json", `{"resourceType":"AllergyIntolerance","id":"a","code":{"text":"Latex"}}`)
	mustSay(t, lhcr(t, "", "inspect", file).out, "would deliver nothing of it", "Latex")
	mustSay(t, lhcr(t, "", "inspect", "--format", "json", file).err, "would deliver nothing of it")
}

func TestInspectTakesNoFirstPageForAll(t *testing.T) {
	for name, page := range map[string]string{
		"a next page":         `"link":[{"relation":"next","url":"https://region.example/more"}]`,
		"more than what came": `"total":9`,
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "page.json", strings.Replace(latex, `"type":"collection"`, `"type":"searchset",`+page, 1))
			mustSay(t, lhcr(t, "", "inspect", file).out, "there are more results than came", "Latex", "PARTIAL")
		})
	}
}

// Every published FHIR file is read or refused, and its account balances.
func TestInspectBalancesEveryPublishedFile(t *testing.T) {
	root := os.Getenv("LHCR_TESTDATA")
	if root == "" {
		t.Skip("LHCR_TESTDATA does not name the folder of the published examples")
	}
	files := published(t, root)
	if len(files) < 100 {
		t.Fatalf("only %d files below LHCR_TESTDATA", len(files))
	}
	got := lhcr(t, "", append([]string{"inspect", "--format", "json"}, files...)...)
	all := lines(t, got.out)
	for _, l := range all {
		if a := l.Account; a.Resources != a.Items+a.Supporting+a.Reported {
			t.Errorf("an account does not balance: %+v", a)
		}
	}
	refusals := strings.Count(got.err, "from byte")
	if len(all)+strings.Count(got.err, "lhcr: /") != len(files) {
		t.Errorf("%d files, %d read and %d refused", len(files), len(all), strings.Count(got.err, "lhcr: /"))
	}
	if refusals > 10 {
		t.Errorf("%d files were refused as no JSON:\n%s", refusals, got.err)
	}
}

// published are the JSON files of the folders that hold FHIR.
func published(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".json" {
			return err
		}
		for _, folder := range []string{"-stu3", "-r4", "interweave"} {
			if top, _, _ := strings.Cut(strings.TrimPrefix(path, root+string(filepath.Separator)), string(filepath.Separator)); strings.HasSuffix(top, folder) {
				files = append(files, path)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestInspectShowsAPublishedRecord(t *testing.T) {
	root := os.Getenv("LHCR_TESTDATA")
	if root == "" {
		t.Skip("LHCR_TESTDATA does not name the folder of the published examples")
	}
	got := lhcr(t, "", "inspect", "--as", "fhir-stu3", filepath.Join(root, "gpconnect-structured-stu3", "xhuma", "9690937472.json"))
	mustSay(t, got.out, "Rosuvastatin 20mg tablets", "Patient Preference (Switch back to Atorvastatin)", "past (stopped)")
}
