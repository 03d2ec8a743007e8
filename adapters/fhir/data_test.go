package fhir_test

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// notJSON are published with comments in them or single quotes: the only files that
// may be refused.
var notJSON = []string{
	"allergies_request1.json", "allergies_request2.json", "allergies_response2.json", "allergies_response3.json",
	"consultations_forwards_request1.json", "consultations_forwards_response1.json", "meds_request.json", "meds_response.json",
}

// published calls do for every published FHIR file in JSON.
func published(t testing.TB, do func(path string, body []byte)) {
	t.Helper()
	root := testdata(t)
	count := 0
	err := filepath.WalkDir(root, func(p string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".json") || strings.Contains(p, "/terminology/") {
			return err
		}
		body, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		count++
		do(strings.TrimPrefix(p, root+"/"), body)
		return nil
	})
	if err != nil || count < 500 {
		t.Fatalf("read %d files: %v", count, err)
	}
}

// TestEveryPublishedFileIsRead reads them all, without a panic and with a balanced
// account. With -v it prints what became no item.
func TestEveryPublishedFileIsRead(t *testing.T) {
	refused, left := 0, map[string]int{}
	published(t, func(path string, body []byte) {
		expected := strings.Contains(path, "/gpconnect-spec/") && slices.Contains(notJSON, filepath.Base(path))
		in := fhir.Input{RegionID: "test", Payloads: []fhir.Payload{{Body: body}}, Now: now, Strict: true, IncludeSource: true}
		if strings.HasPrefix(path, "gpconnect-structured-stu3/") {
			in.Courses, in.SourceIsPatientsPractice = mapping.CourseRuleGPConnect, true
		}
		got, err := fhir.Read(in)
		if expected || err != nil {
			refused++
			if !expected || !errors.Is(err, decode.ErrNotJSON) {
				t.Errorf("%s: %v", path, err)
			}
			return
		}
		wellFormed(t, path, got)
		for _, r := range got.Account.Reasons {
			left[r.Type+": "+r.Reason] += r.Count
		}
	})
	if refused != len(notJSON) {
		t.Errorf("%d files refused, want %d", refused, len(notJSON))
	}
	for _, what := range slices.Sorted(maps.Keys(left)) {
		t.Logf("%5d %s", left[what], what)
	}
}

// wellFormed holds a reading to what is promised of each.
func wellFormed(t *testing.T, name string, r *fhir.Reading) {
	t.Helper()
	a := r.Account
	told := 0
	for _, x := range a.Reasons {
		told += x.Count
	}
	if a.Resources != a.Items+a.Supporting+a.Reported || told != a.Reported {
		t.Errorf("%s: %d resources, %d items, %d supporting, %d reported, %d with a reason", name, a.Resources, a.Items, a.Supporting, a.Reported, told)
	}
	seen := map[lhcrv1.Section]bool{}
	for _, o := range r.Response.GetOutcomes() {
		if seen[o.GetSection()] || o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNSPECIFIED {
			t.Errorf("%s: %v has two outcomes, or one without a status", name, o.GetSection())
		}
		seen[o.GetSection()] = true
	}
	if len(seen) != len(lhcrv1.Section_name)-1 {
		t.Errorf("%s: outcomes for %d sections", name, len(seen))
	}
	if _, err := proto.Marshal(r.Response); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
