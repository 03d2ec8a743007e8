package mapping_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// oddShapes are shapes that real records send against the standard, with what each
// still says.
var oddShapes = []struct {
	name, text string
	want       func(*lhcrv1.Record) bool
}{
	{
		"one object where an array is due",
		`{"resourceType":"AllergyIntolerance","reaction":{"manifestation":{"text":"rash"}},"note":{"text":"mild"}}`,
		func(r *lhcrv1.Record) bool {
			a := r.GetAllergies()[0]
			return a.GetReactions()[0].GetManifestations()[0].GetText() == "rash" && a.GetHeader().GetNotes()[0].GetText() == "mild"
		},
	},
	{
		"an impossible day", `{"resourceType":"Condition","onsetDateTime":"1993-02-93"}`,
		func(r *lhcrv1.Record) bool {
			w := r.GetProblems()[0].GetOnset()
			return w.GetOriginal() == "1993-02-93" && w.GetPrecision() == lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED
		},
	},
	{
		"a sentence as a reference", `{"resourceType":"Condition","evidence":[{"detail":[{"reference":"see the letter of the clinic"}]}],"asserter":{"reference":"the patient told us"}}`,
		func(r *lhcrv1.Record) bool {
			return r.GetProblems()[0].GetHeader().GetParticipants()[0].GetActor().GetUnresolved() == "the patient told us"
		},
	},
	{
		"nothing but a type", `{"resourceType":"Immunization"}`,
		func(r *lhcrv1.Record) bool { return r.GetVaccinations()[0].Given == nil },
	},
	{
		"retracted", `{"resourceType":"Immunization","status":"entered-in-error"}`,
		func(r *lhcrv1.Record) bool {
			v := r.GetVaccinations()[0]
			return v.Given == nil && v.GetHeader().GetRetracted()
		},
	},
	{
		"not given says no", `{"resourceType":"Immunization","status":"completed","notGiven":"true"}`,
		func(r *lhcrv1.Record) bool {
			return r.GetVaccinations()[0].Given != nil && !r.GetVaccinations()[0].GetGiven()
		},
	},
	{
		"not given false says yes", `{"resourceType":"Immunization","notGiven":false}`,
		func(r *lhcrv1.Record) bool { return r.GetVaccinations()[0].GetGiven() },
	},
	{
		"words in a quantity", `{"resourceType":"Observation","valueQuantity":{"value":"trace","unit":"g"}}`,
		func(r *lhcrv1.Record) bool {
			return r.GetInvestigationResults()[0].GetFinding().GetValue().GetQuantity().GetText() == "trace"
		},
	},
	{
		"inline content that is no text is fetched, not shown", `{"resourceType":"DocumentReference","content":[{"attachment":{"contentType":"text/plain","data":"!!"}},{}]}`,
		func(r *lhcrv1.Record) bool {
			d := r.GetDocuments()[0]
			return len(d.GetContents()) == 2 && d.GetHeader().GetNarrative() == nil && d.GetContents()[0].GetContentId() != ""
		},
	},
	{
		"a comment with a value is a result", `{"resourceType":"Observation","code":{"coding":[{"code":"37331000000100"}]},"valueCodeableConcept":{"text":"positive"}}`,
		func(r *lhcrv1.Record) bool {
			return r.GetInvestigationResults()[0].GetKind() == lhcrv1.InvestigationResultKind_INVESTIGATION_RESULT_KIND_COMMENT
		},
	},
}

func TestOddShapesAreTakenAsFarAsTheyGo(t *testing.T) {
	for _, c := range oddShapes {
		t.Run(c.name, func(t *testing.T) {
			r := resource(t, c.text).(map[string]any)
			r["id"], r["subject"] = "x", map[string]any{"reference": "Patient/p1"}
			if out := mapped(t, r); !c.want(out.Record) {
				t.Errorf("delivered %v", out.Record)
			}
		})
	}
}

func TestListsThatNameEachOtherEnd(t *testing.T) {
	list := func(id, code, entry string) any {
		return resource(t, `{"resourceType":"List","id":"`+id+`","title":"`+id+`","code":{"coding":[{"code":"`+code+`"}]},"subject":{"reference":"Patient/p1"},
			"encounter":{"reference":"Encounter/enc1"},"entry":[{"item":{"reference":"List/`+entry+`"}}]}`)
	}
	out := mapped(t, list("consultation", "325851000000107", "topic"), list("topic", "25851000000105", "category"), list("category", "24781000000107", "topic"))
	topics := out.Record.GetContactsWithProfessionals()[0].GetTopics()
	if len(topics) != 1 || len(topics[0].GetHeadings()) != 1 || len(topics[0].GetHeadings()[0].GetHeadings()) != 0 {
		t.Errorf("topics %v", topics)
	}
}

func FuzzMap(f *testing.F) {
	paths, _ := filepath.Glob("testdata/items/*.json")
	for _, p := range paths {
		if data, err := os.ReadFile(p); err == nil {
			f.Add(strings.ReplaceAll(string(data), "Patient/p1", "#p"))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := answer.Read([]byte(text), answer.Options{Strict: true})
		if err != nil {
			return
		}
		out := mapping.Map(a, mapping.Options{RegionID: "test", SourceIsPatientsPractice: true})
		checkRecord(t, "fuzz", out)
		account, sum := a.Account(), 0
		for _, r := range account.Reported {
			sum += r.Count
		}
		if sum += account.Items + account.Supporting; sum != account.Resources {
			t.Errorf("%d resources, accounted for %d", account.Resources, sum)
		}
	})
}
