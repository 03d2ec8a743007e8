package answer_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// testdata gives the folder of published examples, or skips.
func testdata(t testing.TB) string {
	t.Helper()
	root := os.Getenv("LHCR_TESTDATA")
	if root == "" {
		t.Skip("LHCR_TESTDATA names no folder of published examples")
	}
	return root
}

// fhirFiles gives every published FHIR file in JSON, by path below the folder.
func fhirFiles(t testing.TB) []string {
	t.Helper()
	root := testdata(t)
	var out []string
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".json") && !strings.Contains(p, "/terminology/") {
			out = append(out, strings.TrimPrefix(p, root+"/"))
		}
		return err
	})
	if err != nil || len(out) < 500 {
		t.Fatalf("found %d files: %v", len(out), err)
	}
	return out
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(testdata(t), path))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// notJSON are published with comments in them or single quotes: the only files
// that may be refused.
var notJSON = map[string]bool{
	"allergies_request1.json": true, "allergies_request2.json": true, "allergies_response2.json": true,
	"allergies_response3.json": true, "consultations_forwards_request1.json": true,
	"consultations_forwards_response1.json": true, "meds_request.json": true, "meds_response.json": true,
}

func TestEveryPublishedFileIsReadAndBalances(t *testing.T) {
	problems, refused := map[string]int{}, 0
	for _, path := range fhirFiles(t) {
		a, err := answer.Read(readFile(t, path), answer.Options{Strict: true})
		if strings.Contains(path, "gpconnect-spec/") && notJSON[filepath.Base(path)] {
			refused++
			if !errors.Is(err, decode.ErrNotJSON) {
				t.Errorf("%s: %v, want a refusal", path, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		balances(t, path, a.Account())
		for _, p := range a.Problems() {
			problems[p.Path+": "+p.Reason] += p.Count
		}
	}
	if refused != len(notJSON) {
		t.Errorf("%d files refused, want %d", refused, len(notJSON))
	}
	for p, n := range problems {
		t.Logf("%4d %s", n, p)
	}
	if len(problems) > 10 {
		t.Errorf("%d kinds of unread elements: real records have fewer", len(problems))
	}
}

func balances(t *testing.T, path string, got answer.Account) {
	t.Helper()
	sum := got.Items + got.Supporting
	for _, r := range got.Reported {
		sum += r.Count
	}
	if sum != got.Resources {
		t.Errorf("%s: %d resources, accounted for %d", path, got.Resources, sum)
	}
}

func TestPublishedDocumentsAboutAnotherPatientAreFound(t *testing.T) {
	a, err := answer.Read(readFile(t, "gpconnect-structured-stu3/wiremock/correctPatientStructuredRecordLargePayload.json"), answer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, e := range a.Entries() {
		if a.Subject(e) == answer.Mismatch {
			count++
		}
	}
	if count != 27 {
		t.Errorf("%d resources about another patient, want 27", count)
	}
}

func TestPublishedAllergyListsCount(t *testing.T) {
	cases := []struct {
		file                                string
		ended                               bool
		listed, present, unresolved, within int
	}{
		{"gpconnect-spec/allergies_response1.json", false, 4, 3, 1, 0},
		{"wiremock/correctAllergiesContainedResourceResponse.json", true, 1, 1, 0, 2},
		{"wiremock/correctPatientNoDocsStructuredRecordResponse.json", false, 0, 0, 0, 0},
	}
	for _, c := range cases {
		t.Run(filepath.Base(c.file), func(t *testing.T) {
			a, err := answer.Read(readFile(t, "gpconnect-structured-stu3/"+c.file), answer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range a.ListsOf(lhcrv1.Section_SECTION_ALLERGIES, answer.ListPrimary) {
				if l.Ended != c.ended {
					continue
				}
				got := []int{l.Listed, l.Present, l.Unresolved, len(a.Contained(l.Entry))}
				if d := cmp.Diff([]int{c.listed, c.present, c.unresolved, c.within}, got); d != "" {
					t.Error(d)
				}
				return
			}
			t.Error("no such list")
		})
	}
}

func TestTwoPublishedPatientsWithTheSameIDsStayApart(t *testing.T) {
	both := answer.NewBuilder(answer.Options{})
	for _, name := range []string{"EMISPatientStructurede2eResponsePWTP2.json", "TPPPatientStructuredRecordE2EPWTP2.json"} {
		if err := both.Add(readFile(t, "gpconnect-structured-stu3/pwtp/"+name)); err != nil {
			t.Fatal(err)
		}
	}
	a := both.Build()
	joined := 0
	for e, s := range answer.Each[model.MedicationStatement](a) {
		for i := range s.BasedOn {
			plan := a.Follow(e, &s.BasedOn[i])
			if plan == nil {
				continue
			}
			joined++
			if own, its := e.Head().Subject.Reference, plan.Head().Subject.Reference; own != its {
				t.Fatal("a statement was joined to another patient's plan")
			}
		}
	}
	if joined == 0 {
		t.Error("no statement found its plan")
	}
}
