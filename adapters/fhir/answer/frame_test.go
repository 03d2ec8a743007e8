package answer_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

const modifier = `"modifierExtension":[{"url":"http://x.example/not","valueBoolean":true}]`

func tagged(kind, code string) string { return `"meta":{"` + kind + `":[{"code":"` + code + `"}]}` }

// TestWhatChangesTheMeaningOfAResource covers the resource itself and what it stands in.
func TestWhatChangesTheMeaningOfAResource(t *testing.T) {
	flag := func(rest string) string { return `{"resourceType":"Flag","id":"f"` + rest + `}` }
	framed := func(head, entry string) string {
		return `{"resourceType":"Bundle",` + head + `"entry":[{` + entry + `"resource":` + flag("") + `}]}`
	}
	inside := func(container string) string {
		return `{"resourceType":"List",` + container + `,"contained":[` + flag("") + `]}`
	}
	cases := []struct {
		name, payload     string
		modifiers, subset []string
	}{
		{"nothing", flag(""), nil, nil},
		{"its own modifier", flag("," + modifier), []string{"modifierExtension"}, nil},
		{"its own rules", flag(`,"implicitRules":"http://x.example/r"`), []string{"implicitRules"}, nil},
		{"its container's", inside(modifier), []string{"List.modifierExtension"}, nil},
		{"its bundle's rules", framed(`"implicitRules":"http://x.example/r",`, ""), []string{"Bundle.implicitRules"}, nil},
		{"its bundle entry's", framed("", modifier+","), []string{"Bundle.entry.modifierExtension"}, nil},
		{"an outer bundle's", `{"resourceType":"Bundle",` + modifier + `,"entry":[{"resource":` + framed("", "") + `}]}`, []string{"Bundle.modifierExtension"}, nil},
		{"its parameters'", `{"resourceType":"Parameters",` + modifier + `,"parameter":[{"name":"x","resource":` + flag("") + `}]}`, []string{"Parameters.modifierExtension"}, nil},
		{"a container of no known type", `{"resourceType":"9990000018",` + modifier + `,"contained":[` + flag("") + `]}`, []string{"(unknown type).modifierExtension"}, nil},
		{"a tag", flag("," + tagged("tag", "SUBSETTED")), nil, []string{"SUBSETTED"}},
		{"a label", flag("," + tagged("security", "REDACTED")), nil, []string{"REDACTED"}},
		{"small letters", flag("," + tagged("tag", "masked")), nil, []string{"MASKED"}},
		{"another tag", flag("," + tagged("tag", "HTEST")), nil, nil},
		{"its container's tag", inside(tagged("tag", "MASKED")), nil, []string{"MASKED"}},
		{"its bundle's tag", framed(tagged("tag", "SUBSETTED")+",", ""), nil, []string{"SUBSETTED"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			e := read(t, answer.Options{}, c.payload).Of("Flag")[0]
			if d := cmp.Diff(c.modifiers, e.Modifiers()); d != "" {
				t.Error(d)
			}
			if d := cmp.Diff(c.subset, e.Subset()); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestAnEmptyFrameStillTells is about a search that found nothing because what it found
// was taken out.
func TestAnEmptyFrameStillTells(t *testing.T) {
	a := read(t, answer.Options{}, `{"resourceType":"Bundle",`+tagged("tag", "SUBSETTED")+`,"implicitRules":"http://x.example/r"}`)
	want := []*answer.Frame{{Modifiers: []string{"Bundle.implicitRules"}, Subset: []string{"SUBSETTED"}}}
	if d := cmp.Diff(want, a.Frames()); d != "" {
		t.Error(d)
	}
}

func TestAResourceShowsWhatHadNoPlace(t *testing.T) {
	a := read(t, answer.Options{}, bundle(
		`"resourceType":"Immunization","_lotNumber":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"},{"url":"http://x.example/y","valueString":"z"}]}`,
		`"resourceType":"Immunization"`))
	list := a.Of("Immunization")
	if d := cmp.Diff([]model.Absence{{Path: "lotNumber", Reason: "masked"}}, list[0].Absent()); d != "" {
		t.Error(d)
	}
	if u := list[0].Unplaced(); len(u) != 1 || u[0].Path != "lotNumber" || u[0].Extension.Value.Text() != "z" {
		t.Errorf("unplaced %+v", u)
	}
	if list[1].Absent() != nil || list[1].Unplaced() != nil {
		t.Error("a plain resource shows something")
	}
}
