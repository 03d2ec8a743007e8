package decode_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

func TestModifiersAreNotedWhereverTheyStand(t *testing.T) {
	const x = `[{"url":"http://x.example/not","valueBoolean":true}]`
	cases := []struct {
		name, payload string
		want          []string
	}{
		{"of the resource", `"modifierExtension":` + x, []string{"modifierExtension"}},
		{"of a part in a list", `"dosageInstruction":[{"text":"a"},{"modifierExtension":` + x + `}]`, []string{"dosageInstruction.modifierExtension"}},
		{"of a part of a part", `"dosageInstruction":[{"timing":{"modifierExtension":` + x + `}}]`, []string{"dosageInstruction.timing.modifierExtension"}},
		{"of one part", `"dispenseRequest":{"modifierExtension":` + x + `}`, []string{"dispenseRequest.modifierExtension"}},
		{"one that is no list", `"modifierExtension":{"url":"x"}`, []string{"modifierExtension"}},
		{"one of the wrong kind", `"modifierExtension":"not"`, []string{"modifierExtension"}},
		{"implicit rules", `"implicitRules":"http://x.example/rules"`, []string{"implicitRules"}},
		{"the contained resource's is its own", `"contained":[{"resourceType":"Medication","id":"m","modifierExtension":` + x + `}]`, nil},
		{"after a contained resource", `"contained":[{"resourceType":"Medication","id":"m"}],"modifierExtension":` + x, []string{"modifierExtension"}},
		{"empty ones", `"modifierExtension":[ ],"implicitRules":"","dispenseRequest":{"modifierExtension":null}`, nil},
		{"none", `"extension":` + x, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, _ := read[model.MedicationRequest](t, `{"resourceType":"MedicationRequest",`+c.payload+`}`)
			if d := cmp.Diff(c.want, unread(got).Modifiers); d != "" {
				t.Error(d)
			}
		})
	}
}

func unread(r model.Resource) model.Unread {
	if u := r.Header().Unread; u != nil {
		return *u
	}
	return model.Unread{}
}

func TestWhySimpleElementsAreAbsent(t *testing.T) {
	because := func(reason string) string {
		return `{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"` + reason + `"}]}`
	}
	value := func(o *model.Observation) string { return o.Value.AbsentReason() }
	cases := []struct {
		name, payload string
		see           func(*model.Observation) string
		reason        string
		absent        []model.Absence
	}{
		{"a text value", `"_valueString":` + because("masked"), value, "masked", []model.Absence{{Path: "valueString", Reason: "masked"}}},
		{"a number inside a quantity", `"valueQuantity":{"unit":"mmol/L","_value":` + because("error") + `}`, value, "error",
			[]model.Absence{{Path: "valueQuantity.value", Reason: "error"}}},
		{"a quantity as a whole", `"valueQuantity":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`,
			value, "masked", nil},
		{"a concept as a whole", `"valueCodeableConcept":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}`,
			value, "masked", nil},
		{"a component's", `"component":[{"_valueInteger":` + because("unknown") + `}]`,
			func(o *model.Observation) string { return o.Component[0].Value.AbsentReason() }, "unknown",
			[]model.Absence{{Path: "component.valueInteger", Reason: "unknown"}}},
		{"a date", `"_issued":` + because("masked"), value, "", []model.Absence{{Path: "issued", Reason: "masked"}}},
		{"one of several", `"category":[{"_text":` + because("masked") + `}]`, value, "", []model.Absence{{Path: "category.text", Reason: "masked"}}},
		{"a value that is there all the same", `"valueString":"5","_valueString":` + because("masked"),
			func(o *model.Observation) string { return o.Value.Text() + o.Value.AbsentReason() }, "5", []model.Absence{{Path: "valueString", Reason: "masked"}}},
		{"and the other way about", `"_valueString":` + because("masked") + `,"valueString":"5"`,
			func(o *model.Observation) string { return o.Value.Text() + o.Value.AbsentReason() }, "5", []model.Absence{{Path: "valueString", Reason: "masked"}}},
		{"an element that nobody knows", `"_9990000018":` + because("masked"), value, "", nil},
		{"nothing to explain", `"_valueString":{"id":"1"},"_issued":null,"_status":[null,"x"]`, value, "", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, problems := read[model.Observation](t, `{"resourceType":"Observation",`+c.payload+`}`)
			if reason := c.see(got); reason != c.reason || len(problems) > 0 {
				t.Errorf("reason %q, problems %q", reason, problems)
			}
			if d := cmp.Diff(c.absent, unread(got).Absent); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAnAbsentValueIsNotSet(t *testing.T) {
	v := model.AbsentValue("masked")
	if v.IsSet() || v.Text() != "" || v.Concept() != nil || v.AbsentReason() != "masked" {
		t.Errorf("got %+v", v)
	}
}

func TestExtensionsWithoutAPlaceAreKept(t *testing.T) {
	got, _ := read[model.AllergyIntolerance](t, `{"resourceType":"AllergyIntolerance",
		"_recordedDate":{"extension":[{"url":"http://x.example/approximate","valueBoolean":true}]},
		"reaction":[{"extension":[{"url":"http://x.example/place","valueString":"ward"}]}],
		"extension":[{"url":"http://x.example/known","valueString":"stays"}]}`)
	var seen []string
	for _, u := range unread(got).Extensions {
		seen = append(seen, u.Path+" "+u.Extension.Tail()+" "+u.Extension.Value.Text())
	}
	if d := cmp.Diff([]string{"recordedDate approximate true", "reaction place ward"}, seen); d != "" {
		t.Error(d)
	}
	if len(got.Extension) != 1 {
		t.Errorf("%d extensions of the resource", len(got.Extension))
	}
}
