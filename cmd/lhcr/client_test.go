package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/protobuf/encoding/protojson"
)

// named is what --nhs-number-file takes.
func named(p sandbox.Patient) string { return p.NHSNumber + "\n" + p.DateOfBirth + "\n" }

func TestRecordGetSaysByItsExitCodeHowCompleteTheRecordIs(t *testing.T) {
	d := house(t, leisurely())
	tests := map[string]struct {
		patient string
		args    []string
		want    int
	}{
		"complete":               {"maeve", nil, exitDone},
		"partial":                {"margaret", nil, exitIncomplete},
		"none available":         {"edwin", nil, exitIncomplete},
		"no record":              {"walter", []string{"--region", "dorset"}, exitNoRecord},
		"whole in what it asked": {"margaret", []string{"--section", "allergies"}, exitDone},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			args := append(connected(d, "record", "get", "--nhs-number-file", "-"), test.args...)
			got := lhcr(t, named(patient(t, test.patient)), args...)
			if got.code != test.want {
				t.Errorf("exit code %d, want %d:\n%s", got.code, test.want, got.err)
			}
			mustSay(t, got.out, "REGIONS ASKED", "ALLERGIES")
			mustNotSay(t, got.err, patient(t, test.patient).NHSNumber)
		})
	}
}

func TestRecordGetAsJSONIsTheContractsAnswer(t *testing.T) {
	d := house(t, leisurely())
	got := lhcr(t, named(patient(t, "maeve")), connected(d, "record", "get", "--nhs-number-file", "-", "--format", "json", "--include-source", "--past-cache")...)
	var answer lhcrv1.GetRecordResponse
	if err := protojson.Unmarshal([]byte(got.out), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.GetSources()) == 0 || answer.GetCompleteness() != complete {
		t.Errorf("%d sources, %v", len(answer.GetSources()), answer.GetCompleteness())
	}
}

func TestAnotherDateOfBirthIsNoticed(t *testing.T) {
	d := house(t, leisurely())
	args := connected(d, "record", "get", "--nhs-number-file", "-", "--date-of-birth", "1931-01-01")
	got := lhcr(t, named(patient(t, "maeve")), args...)
	if got.code != exitIncomplete {
		t.Errorf("exit code %d:\n%s", got.code, got.err)
	}
	mustSay(t, got.out, "another date of birth")
}

func TestRecordStreamWritesALineARegionAndASummary(t *testing.T) {
	d := house(t, leisurely())
	got := lhcr(t, named(patient(t, "margaret")), connected(d, "record", "stream", "--nhs-number-file", "-", "--format", "json")...)
	if got.code != exitIncomplete {
		t.Fatalf("exit code %d:\n%s", got.code, got.err)
	}
	lines := strings.Split(strings.TrimSuffix(got.out, "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3", len(lines))
	}
	for i, key := range []string{"region", "region", "summary"} {
		var line map[string]json.RawMessage
		if err := json.Unmarshal([]byte(lines[i]), &line); err != nil || line[key] == nil || len(line) != 1 {
			t.Errorf("line %d is no %s: %v", i+1, key, err)
		}
	}
	mustSay(t, lines[2], `"COMPLETENESS_PARTIAL"`, `"groups":[{`)
	table := lhcr(t, named(patient(t, "maeve")), connected(d, "record", "stream", "--nhs-number-file", "-")...)
	mustSay(t, table.out, "dorset: Dorset Care Record", "yorkshire: Yorkshire & Humber Care Record", "The record of all regions is complete")
}

func TestRegionsAreListedAndResolvedByAServer(t *testing.T) {
	d := house(t, leisurely())
	mustSay(t, lhcr(t, "", connected(d, "regions", "list")...).out, "dorset", "yorkshire", "on")
	mustSay(t, lhcr(t, "", connected(d, "regions", "resolve", "--ods", "FZZ99", "--format", "json")...).out, `"dorset"`, `"yorkshire"`)
}

// letter is a document of a patient, as the record lists it.
func letter(t *testing.T, d *demo.Demo, p sandbox.Patient) *lhcrv1.Document {
	t.Helper()
	documents, _ := mustLookup(t, supplier(t, d), everything(p)).Documents().WithGaps()
	if len(documents) == 0 {
		t.Fatal("the patient has no document")
	}
	return documents[0]
}

func TestDocumentGetWritesTheWholeFileAndOverwritesNothing(t *testing.T) {
	d := house(t, leisurely())
	margaret := patient(t, "margaret")
	h := letter(t, d, margaret).GetHeader()
	file := filepath.Join(t.TempDir(), "letter.pdf")
	get := func(more ...string) result {
		args := connected(d, "document", "get", "--nhs-number-file", "-", "--region", h.GetRegionId(), "--item", h.GetItemId(), "--output", file)
		return lhcr(t, named(margaret), append(args, more...)...)
	}
	if got := get(); got.code != exitDone {
		t.Fatal(got.err)
	}
	content := mustRead(t, file)
	if !bytes.HasPrefix(content, []byte("%PDF")) {
		t.Errorf("%d bytes that are no PDF", len(content))
	}
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := get(); got.code != exitFailed || string(mustRead(t, file)) != "mine" {
		t.Errorf("exit code %d, and the file holds %d bytes", got.code, len(mustRead(t, file)))
	}
	if got := get("--force"); got.code != exitDone || !bytes.Equal(content, mustRead(t, file)) {
		t.Errorf("with --force: exit code %d\n%s", got.code, got.err)
	}
}

func TestDocumentGetNamesAFileByItsTypeAndNeverByItsTitle(t *testing.T) {
	d := house(t, leisurely())
	margaret := patient(t, "margaret")
	h := letter(t, d, margaret).GetHeader()
	folder := t.TempDir()
	get := func(output string) result {
		return lhcr(t, named(margaret), connected(d, "document", "get", "--nhs-number-file", "-", "--region", h.GetRegionId(), "--item", h.GetItemId(), "--output", output)...)
	}
	got := get(folder)
	if got.code != exitDone || !bytes.HasPrefix(mustRead(t, filepath.Join(folder, "document.pdf")), []byte("%PDF")) {
		t.Fatal(got.err)
	}
	mustSay(t, got.err, "document.pdf, application/pdf, ", " bytes, verified")
	mustNotSay(t, got.err, "end in")
	if again := get(folder); again.code != exitFailed || !strings.Contains(again.err, "--force") {
		t.Errorf("exit code %d: %s", again.code, again.err)
	}
	mustSay(t, get(filepath.Join(folder, "letter.txt")).err, "letter.txt, application/pdf", "end in .pdf")
	if files, err := os.ReadDir(folder); err != nil || len(files) != 2 {
		t.Errorf("%v, %v", files, err)
	}
}

func TestDocumentThatFailsLeavesNoFile(t *testing.T) {
	d := house(t, leisurely())
	margaret := patient(t, "margaret")
	h := letter(t, d, margaret).GetHeader()
	folder := t.TempDir()
	d.Sandbox.System(h.GetRegionId()).Fault(sandbox.Fault{Kind: fault.Truncated, ResourceType: "Binary"})
	got := lhcr(t, named(margaret), connected(d, "document", "get", "--nhs-number-file", "-",
		"--region", h.GetRegionId(), "--item", h.GetItemId(), "--output", filepath.Join(folder, "letter.pdf"))...)
	if got.code != exitFailed {
		t.Errorf("exit code %d", got.code)
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) != 0 {
		t.Errorf("%d files were left behind, error %v", len(left), err)
	}
}

func TestDocumentOfAnotherPatientIsNotGiven(t *testing.T) {
	d := house(t, leisurely())
	h := letter(t, d, patient(t, "margaret")).GetHeader()
	got := lhcr(t, named(patient(t, "walter")), connected(d, "document", "get", "--nhs-number-file", "-",
		"--region", h.GetRegionId(), "--item", h.GetItemId(), "--output", filepath.Join(t.TempDir(), "x"))...)
	if got.code != exitFailed || !strings.Contains(got.err, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND.String()) {
		t.Errorf("exit code %d:\n%s", got.code, got.err)
	}
}

func TestWithoutATokenNothingIsRead(t *testing.T) {
	d := house(t, leisurely())
	got := lhcr(t, named(patient(t, "maeve")), "record", "get", "--nhs-number-file", "-", "--target", d.GRPC, "--ca", d.Files.CA)
	if got.code != exitFailed || got.out != "" {
		t.Errorf("exit code %d, %d bytes of output", got.code, len(got.out))
	}
	mustSay(t, got.err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_MISSING.String())
}

// A client of the SDK sees the reason as a value.
func TestErrorsOfTheHouseHaveReasons(t *testing.T) {
	d := house(t, leisurely())
	query := everything(patient(t, "maeve"))
	query.Regions = sdk.OnlyRegions("atlantis")
	_, err := supplier(t, d).GetRecord(t.Context(), query)
	if failure := new(sdk.Error); !asError(err, &failure) || failure.Reason != lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION || failure.RequestID == "" {
		t.Errorf("error: %v", err)
	}
}
