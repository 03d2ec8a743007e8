package mapping_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

var update = flag.Bool("update", false, "write the expected records anew")

// surroundings stand in every answer of these tests: whom the items are about, and
// the people, places and encounter that they name.
const surroundings = `
{"resource":{"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}},
{"resource":{"resourceType":"Practitioner","id":"dr1","identifier":[{"system":"https://fhir.nhs.uk/Id/sds-user-id","value":"555000000001"}],"name":[{"text":"Dr Ada Penn"}]}},
{"resource":{"resourceType":"Organization","id":"org1","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Z99999"}],"name":"Test Practice"}},
{"resource":{"resourceType":"Location","id":"loc1","name":"Room 1"}},
{"resource":{"resourceType":"Device","id":"dev1","type":{"text":"Analyser 9"}}},
{"resource":{"resourceType":"Encounter","id":"enc1","status":"finished","subject":{"reference":"Patient/p1"}}}`

// mapped maps the surroundings with some resources.
func mapped(t *testing.T, resources ...any) *mapping.Result {
	t.Helper()
	var entries bytes.Buffer
	entries.WriteString(surroundings)
	for _, r := range resources {
		body, err := json.Marshal(map[string]any{"resource": r})
		if err != nil {
			t.Fatal(err)
		}
		entries.WriteString(",\n")
		entries.Write(body)
	}
	return mappedBundle(t, entries.String())
}

func mappedBundle(t *testing.T, entries string) *mapping.Result {
	t.Helper()
	a, err := answer.Read([]byte(`{"resourceType":"Bundle","entry":[`+entries+`]}`), answer.Options{Strict: true})
	if err != nil {
		t.Fatal(err)
	}
	return mapping.Map(a, mapping.Options{RegionID: "test", Now: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)})
}

// delivered is everything that was made, as one message to compare.
func delivered(out *mapping.Result) *lhcrv1.GetRecordResponse {
	r := proto.CloneOf(out.Record)
	r.PersonDemographics = nil
	r.ContactsWithProfessionals = slices.DeleteFunc(r.GetContactsWithProfessionals(), func(e *lhcrv1.Encounter) bool {
		return e.GetHeader().GetSourceId() == "enc1"
	})
	all := &lhcrv1.GetRecordResponse{Record: r, Links: out.Links}
	for _, section := range slices.Sorted(maps.Keys(lhcrv1.Section_name)) {
		s := lhcrv1.Section(section)
		for _, n := range out.Narratives[s] {
			all.Outcomes = append(all.Outcomes, &lhcrv1.SectionOutcome{Section: s, Narratives: []*lhcrv1.Narrative{n}})
		}
		for _, reason := range out.EmptyReasons[s] {
			all.Outcomes = append(all.Outcomes, &lhcrv1.SectionOutcome{Section: s, EmptyReason: reason})
		}
	}
	return all
}

// inputs are the example resources of these tests: rich ones, of each type in each
// version.
func inputs(t *testing.T) map[string][]any {
	t.Helper()
	paths, err := filepath.Glob("testdata/items/*.json")
	if err != nil || len(paths) < 20 {
		t.Fatalf("found %d inputs: %v", len(paths), err)
	}
	out := map[string][]any{}
	for _, p := range paths {
		data, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(bytes.NewReader(data))
		d.UseNumber()
		var list []any
		if err := d.Decode(&list); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		out[filepath.Base(p)] = list
	}
	return out
}

func TestRichResourcesBecomeWholeItems(t *testing.T) {
	for name, list := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			got := delivered(mapped(t, list...))
			path := filepath.Join("testdata", "records", name)
			if *update {
				writeRecord(t, path, got)
			}
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want := &lhcrv1.GetRecordResponse{}
			if err := protojson.Unmarshal(data, want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
				t.Errorf("record (-want +got):\n%s", diff)
			}
		})
	}
}

func writeRecord(t *testing.T, path string, r proto.Message) {
	t.Helper()
	data, err := protojson.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", " "); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(out.Bytes(), '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

// silent are the elements of the inputs that change nothing when they are missing,
// each with its reason.
var silent = map[string]string{
	"AllergyIntolerance/a1.clinicalStatus.coding.system": "a status is carried as its code",
	"CarePlan/p9.activity.detail.doNotPerform":           "false says what absence says; true is in another input",
	"List.mode":                                    "how a list was made is not an item's concern",
	"List.status":                                  "how a list was made is not an item's concern",
	"List.subject.reference":                       "a list that names nobody still lists its items",
	"List/consultation.id":                         "a consultation's list leads to its encounter by itself",
	"List/consultation.code.coding.system":         "a list is known by its code",
	"List/consultation.code.coding.display":        "a list is known by its code",
	"List/loose.code.coding.system":                "a list is known by its code",
	"List/category.encounter.reference":            "lists below a consultation hang on its list",
	"List/topic.encounter.reference":               "lists below a consultation hang on its list",
	"Specimen.subject.reference":                   "a specimen is about whom its report is about",
	"Binary/b1.id":                                 "a document's address is kept, whether its content came or not",
	"Binary/b1.contentType":                        "said by the attachment that points at it",
	"Binary/b1.data":                               "fetched with GetDocument, not carried in the record",
	"Immunization/c6.extension.valueExtension.url": "the name of a wrapper says nothing",
	"Task/n13.input.valueIdentifier.system":        "an identifier in words is its value",
	"Observation/group.related.type":               "without it the report tells which is the group",
	"Observation/remark.related.type":              "a comment that is about a result comments on it",
}

// TestEveryElementReachesItsItem takes each element of each input away in turn: what
// is delivered must differ, or nobody reads that element.
func TestEveryElementReachesItsItem(t *testing.T) {
	for name, list := range inputs(t) {
		t.Run(name, func(t *testing.T) {
			whole := delivered(mapped(t, list...))
			eachLeaf(list, "", func(path string, missing func() func()) {
				if isSilent(path) {
					return
				}
				restore := missing()
				defer restore()
				if proto.Equal(whole, delivered(mapped(t, list...))) {
					t.Errorf("%s is not read", path)
				}
			})
		})
	}
}

// isSilent looks an element up with its resource's id, and without.
func isSilent(path string) bool {
	plain := plainPath(path)
	resource, element, _ := strings.Cut(plain, ".")
	kind, _, _ := strings.Cut(resource, "/")
	return silent[plain] != "" || silent[kind+"."+element] != ""
}

// plainPath is a path without the places in its lists: "List.note.text".
func plainPath(path string) string {
	var out []string
	for _, part := range strings.Split(path, ".") {
		if _, err := strconv.Atoi(part); err != nil {
			out = append(out, part)
		}
	}
	return strings.Join(out, ".")
}

// eachLeaf calls do for every value below node, with what takes it away and gives back
// what restores it.
func eachLeaf(node any, path string, do func(path string, missing func() func())) {
	switch n := node.(type) {
	case []any:
		for i, v := range n {
			here := join(path, strconv.Itoa(i))
			if r, ok := v.(map[string]any); ok && r["resourceType"] != nil {
				here = fmt.Sprintf("%v/%v", r["resourceType"], r["id"])
			}
			eachLeaf(v, here, do)
		}
	case map[string]any:
		for k, v := range n {
			switch v.(type) {
			case map[string]any, []any:
				eachLeaf(v, join(path, k), do)
				continue
			}
			if k == "resourceType" {
				continue
			}
			do(join(path, k), func() func() {
				delete(n, k)
				return func() { n[k] = v }
			})
		}
	}
}

func join(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}
