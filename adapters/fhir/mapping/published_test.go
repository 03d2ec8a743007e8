package mapping_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// published gives every published FHIR file in JSON, or skips.
func published(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("LHCR_TESTDATA")
	if root == "" {
		t.Skip("LHCR_TESTDATA names no folder of published examples")
	}
	var out []string
	err := filepath.WalkDir(root, func(p string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(p, ".json") && !strings.Contains(p, "/terminology/") {
			out = append(out, p)
		}
		return err
	})
	if err != nil || len(out) < 500 {
		t.Fatalf("found %d files: %v", len(out), err)
	}
	return out
}

// deserved are the types that end in no item, each with its reason: they describe
// systems, or are content of which no document in the same answer tells.
var deserved = map[string]bool{
	"CapabilityStatement": true, "Subscription": true, "ValueSet": true, "AuditEvent": true, "Questionnaire": true,
	"Policy": true, "Claim": true, "Binary": true, "(no type)": true,
}

func TestEveryPublishedFileMapsAndBalances(t *testing.T) {
	types := map[string]int{}
	for _, path := range published(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		a, err := answer.Read(data, answer.Options{Strict: true})
		if errors.Is(err, decode.ErrNotJSON) {
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out := mapping.Map(a, mapping.Options{RegionID: "test", Now: time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC), IncludeSource: true})
		account := a.Account()
		sum := account.Items + account.Supporting
		for _, r := range account.Reported {
			sum += r.Count
			if r.Reason != answer.ReasonOtherPerson {
				types[r.Type+": "+r.Reason] += r.Count
				if !deserved[r.Type] {
					t.Errorf("%s: %d %s reported: %s", path, r.Count, r.Type, r.Reason)
				}
			}
		}
		if sum != account.Resources {
			t.Errorf("%s: %d resources, accounted for %d", path, account.Resources, sum)
		}
		checkRecord(t, path, out)
	}
	for kind, n := range types {
		t.Logf("%4d %s", n, kind)
	}
}

// checkRecord holds every item and link of a record to what the contract promises of
// all of them (REC-020, REC-031, REC-033).
func checkRecord(t *testing.T, path string, out *mapping.Result) {
	t.Helper()
	ids := map[string]bool{}
	eachItem(out.Record, func(section lhcrv1.Section, h *lhcrv1.ItemHeader) {
		switch {
		case h.GetItemId() == "" || h.GetRegionId() == "" || ids[h.GetItemId()]:
			t.Errorf("%s: %s without an id of its own", path, h.GetSourceType())
		case h.GetSection() != section:
			t.Errorf("%s: %s stands under %v and says %v", path, h.GetSourceType(), section, h.GetSection())
		case h.GetSubjectCheck() == lhcrv1.SubjectCheck_SUBJECT_CHECK_UNSPECIFIED:
			t.Errorf("%s: the subject of %s was not checked", path, h.GetSourceType())
		}
		ids[h.GetItemId()] = true
	})
	for _, l := range out.Links {
		if !ids[l.GetFromItemId()] || l.GetToItemId() != "" && !ids[l.GetToItemId()] || (l.GetToItemId() == "") == (l.GetUnresolved() == "") {
			t.Errorf("%s: a link of kind %v leads from or to no item", path, l.GetKind())
		}
	}
}

// eachItem calls do for every item of a record with the section of its field.
func eachItem(r *lhcrv1.Record, do func(lhcrv1.Section, *lhcrv1.ItemHeader)) {
	r.ProtoReflect().Range(func(field protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		section := lhcrv1.Section(field.Number())
		if field.Name() == "investigation_reports" {
			section = lhcrv1.Section_SECTION_INVESTIGATION_RESULTS
		}
		for i := range v.List().Len() {
			item, ok := v.List().Get(i).Message().Interface().(interface{ GetHeader() *lhcrv1.ItemHeader })
			if ok {
				do(section, item.GetHeader())
			}
		}
		return true
	})
}
