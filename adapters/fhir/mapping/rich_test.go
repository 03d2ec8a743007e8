package mapping_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
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

// today is the moment of reading in the tests of medicines and people.
var today = time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)

// asked is the NHS number asked for; the others' Patient carries it.
const asked = "9990000018"

// rich is one file of resources that fill every field which is read of their types.
type rich struct {
	file    string
	options mapping.Options
	// silent are elements that change nothing when they are missing, each with its reason.
	silent map[string]string
}

var richFiles = []rich{
	{"medicines/stu3.json", mapping.Options{Courses: mapping.CourseRuleGPConnect, IssuesAskedFor: true}, nil},
	{"medicines/r4.json", mapping.Options{Courses: mapping.CourseRuleR4, IssuesAskedFor: true}, map[string]string{
		"dispenseRequest.extension.valueCoding.code":                         "the words say it",
		"extension.extension.valueCoding.code":                               "the words say it",
		"extension.valueCoding.code":                                         "the words say it",
		"groupIdentifier.extension.url":                                      "any identifier of the form will do",
		"groupIdentifier.extension.valueIdentifier.system":                   "the short form is enough here",
		"groupIdentifier.extension.valueIdentifier.value":                    "the short form is enough here",
		"authorizingPrescription.extension.extension.url":                    "any identifier of the form will do",
		"authorizingPrescription.extension.extension.valueIdentifier.system": "the number alone names the form",
	}},
	{"people/stu3.json", mapping.Options{SourceIsPatientsPractice: true}, map[string]string{
		"link.other.identifier.system": "the number alone is one by its check digit",
	}},
	{"people/r4.json", mapping.Options{}, map[string]string{
		"generalPractitioner.type": "the identifier's system says that it is an organisation",
	}},
}

// others stand beside the rich resources: who and where they point at.
const others = `[
{"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]},
{"resourceType":"Practitioner","id":"dr1","identifier":[{"system":"https://fhir.nhs.uk/Id/sds-user-id","value":"555000000001"}],"name":[{"text":"Dr Ada Penn"}]},
{"resourceType":"Organization","id":"org1","identifier":[{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"Z99999"}],"name":"Test Practice"},
{"resourceType":"Location","id":"loc1","name":"Room 1"},
{"resourceType":"Encounter","id":"enc1","status":"finished","subject":{"reference":"Patient/p1"}}]`

func parsed(t *testing.T, data []byte) []any {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var list []any
	if err := d.Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// filled is a file's resources and, where it has no patient of its own, those beside it.
func (r rich) filled(t *testing.T) (own, all []any) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", r.file))
	if err != nil {
		t.Fatal(err)
	}
	own = parsed(t, data)
	rest := parsed(t, []byte(others))
	if strings.HasPrefix(r.file, "people/") {
		rest = rest[1:]
	}
	return own, append(rest, own...)
}

// whole is all that is made of resources, as one message.
func whole(t *testing.T, options mapping.Options, resources []any) *lhcrv1.GetRecordResponse {
	t.Helper()
	entries := make([]any, len(resources))
	for i, r := range resources {
		entries[i] = map[string]any{"resource": r}
	}
	body, err := json.Marshal(map[string]any{"resourceType": "Bundle", "entry": entries})
	if err != nil {
		t.Fatal(err)
	}
	a, err := answer.Read(body, answer.Options{Strict: true, NHSNumber: asked})
	if err != nil {
		t.Fatal(err)
	}
	options.RegionID, options.Now = "test", today
	out := mapping.Map(a, options)
	return &lhcrv1.GetRecordResponse{Record: out.Record, Links: out.Links}
}

// TestRichMedicinesAndPeople compares whole messages: `go test -update` writes the
// expected ones anew, to be read in review.
func TestRichMedicinesAndPeople(t *testing.T) {
	for _, r := range richFiles {
		t.Run(r.file, func(t *testing.T) {
			_, all := r.filled(t)
			got := whole(t, r.options, all)
			path := filepath.Join("testdata", strings.TrimSuffix(r.file, ".json")+".want.json")
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

// TestNoElementOfMedicinesAndPeopleIsDropped takes each element away in turn: what is
// made must differ, or nobody reads that element.
func TestNoElementOfMedicinesAndPeopleIsDropped(t *testing.T) {
	for _, r := range richFiles {
		t.Run(r.file, func(t *testing.T) {
			own, all := r.filled(t)
			full := whole(t, r.options, all)
			eachLeaf(own, "", func(path string, missing func() func()) {
				if _, element, _ := strings.Cut(plainPath(path), "."); r.silent[element] != "" {
					return
				}
				restore := missing()
				defer restore()
				if proto.Equal(full, whole(t, r.options, all)) {
					t.Errorf("%s is not read", path)
				}
			})
		})
	}
}

// TestRichResourcesFillEveryField fails when a field of the contract is filled by no
// rich resource, unless it says why.
func TestRichResourcesFillEveryField(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range richFiles {
		_, all := r.filled(t)
		record := whole(t, r.options, all).GetRecord()
		for _, m := range record.GetMedications() {
			note(seen, m)
		}
		for _, c := range record.GetMedicationCourses() {
			note(seen, c)
		}
		for _, p := range record.GetPersonDemographics() {
			note(seen, p)
		}
	}
	var missing []string
	for _, m := range []proto.Message{
		&lhcrv1.Medication{}, &lhcrv1.Product{}, &lhcrv1.Ingredient{}, &lhcrv1.Dosage{}, &lhcrv1.DoseAndRate{}, &lhcrv1.Timing{},
		&lhcrv1.DoseChange{}, &lhcrv1.MedicationChange{}, &lhcrv1.MedicationReason{}, &lhcrv1.ControlledDrug{}, &lhcrv1.Substitution{},
		&lhcrv1.Supply{}, &lhcrv1.MedicationCourse{}, &lhcrv1.Person{}, &lhcrv1.HumanName{}, &lhcrv1.Address{}, &lhcrv1.Telecom{},
		&lhcrv1.Registration{}, &lhcrv1.Language{}, &lhcrv1.Contact{},
	} {
		fields := m.ProtoReflect().Descriptor().Fields()
		for i := range fields.Len() {
			if name := string(fields.Get(i).FullName()); !seen[name] && unfilled[name] == "" {
				missing = append(missing, name)
			}
		}
	}
	if len(missing) > 0 {
		t.Errorf("no rich resource fills %v", missing)
	}
	for _, name := range slices.Sorted(maps.Keys(unfilled)) {
		if seen[name] {
			t.Errorf("%s is filled and still excused", name)
		}
	}
}

// unfilled are fields that FHIR fills in other tests or not at all.
var unfilled = map[string]string{
	"lhcr.v1.DoseChange.change":  "no published extension of FHIR says in words what changed",
	"lhcr.v1.DoseChange.changed": "no published extension of FHIR says whether it changed",
}
