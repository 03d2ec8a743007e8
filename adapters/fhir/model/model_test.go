package model_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

func TestDatePrecisionIsReadNotInvented(t *testing.T) {
	cases := []struct {
		text      string
		precision model.Precision
		zoned     bool
		moment    string
	}{
		{"2018", model.PrecisionYear, false, "2018-01-01T00:00:00Z"},
		{"2018-03", model.PrecisionMonth, false, "2018-03-01T00:00:00Z"},
		{"2018-03-07", model.PrecisionDay, false, "2018-03-07T00:00:00Z"},
		{"2017-10-09T15:25+00:00", model.PrecisionMinute, true, "2017-10-09T15:25:00Z"},
		{"2022-05-19T00:00:00+01:00", model.PrecisionSecond, true, "2022-05-19T00:00:00+01:00"},
		{"2022-05-19T14:15:35.65Z", model.PrecisionFraction, true, "2022-05-19T14:15:35.65Z"},
		{"2022-05-19T14:15:35", model.PrecisionSecond, false, "2022-05-19T14:15:35Z"},
		{"10:15:30", model.PrecisionTime, false, "0000-01-01T10:15:30Z"},
		{"19", model.PrecisionNone, false, ""},
		{"YYYY", model.PrecisionNone, false, ""},
		{"2018-03-93", model.PrecisionNone, false, ""},
		{"2018-02-30", model.PrecisionNone, false, ""},
		{"T", model.PrecisionNone, false, ""},
		{"", model.PrecisionNone, false, ""},
	}
	for _, c := range cases {
		t.Run(c.text, func(t *testing.T) {
			got := model.When(c.text).Parse()
			moment := ""
			if !got.Time.IsZero() {
				moment = got.Time.Format(time.RFC3339Nano)
			}
			if got.Precision != c.precision || got.Zoned != c.zoned || moment != c.moment {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestReferenceForms(t *testing.T) {
	cases := map[string]model.Target{
		"Patient/1":                      {Form: model.FormRelative, Type: "Patient", ID: "1"},
		"Patient/1/_history/2":           {Form: model.FormRelative, Type: "Patient", ID: "1", Version: "2"},
		"https://a.example/r4/Patient/1": {Form: model.FormAbsolute, Type: "Patient", ID: "1", Full: "https://a.example/r4/Patient/1", Base: "https://a.example/r4"},
		"urn:uuid:0a1b":                  {Form: model.FormURN, ID: "0a1b", Full: "urn:uuid:0a1b"},
		"#med1":                          {Form: model.FormContained, ID: "med1"},
		"#":                              {Form: model.FormContained},
		"1767A5D0":                       {Form: model.FormBare, ID: "1767A5D0"},
		"Refer to the practice if/when it is worse": {Form: model.FormText},
		"":   {},
		"  ": {},
	}
	for text, want := range cases {
		t.Run(text, func(t *testing.T) {
			if d := cmp.Diff(want, (&model.Reference{Reference: text}).Target()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestConceptShowsWhatPeopleRead(t *testing.T) {
	first, selected := model.Coding{Code: "1", Display: "first"}, model.Coding{Code: "2", Display: "chosen", UserSelected: model.True}
	cases := []struct {
		name    string
		concept *model.Concept
		want    string
	}{
		{"text before all", &model.Concept{Text: "words", Coding: []model.Coding{first, selected}}, "words"},
		{"then what the user selected", &model.Concept{Coding: []model.Coding{first, selected}}, "chosen"},
		{"then the first display", &model.Concept{Coding: []model.Coding{{Code: "0"}, first}}, "first"},
		{"then the code", &model.Concept{Coding: []model.Coding{{Code: "0"}}}, "0"},
		{"absent", nil, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.concept.Show(); got != c.want {
				t.Errorf("got %q", got)
			}
		})
	}
	if !(&model.Concept{Coding: []model.Coding{{System: "https://snomed.info/sct", Code: "1"}}}).Has(model.SNOMED, "1") {
		t.Error("an alias of SNOMED CT's address is SNOMED CT")
	}
}

func TestDescriptionIDInEveryPublishedForm(t *testing.T) {
	part := func(name, value string) model.Extension {
		return model.Extension{URL: name, Value: model.TextValue("String", value)}
	}
	cases := map[string][]model.Extension{
		"parts":       {{URL: "https://x.example/Extension-coding-sctdescid", Extension: []model.Extension{part("descriptionId", "9"), part("descriptionDisplay", "term")}}},
		"in capitals": {{URL: "https://x.example/Extension-coding-sctdescid", Extension: []model.Extension{part("DescriptionID", "9"), part("DescriptionDisplay", "term")}}},
		"misspelt":    {{URL: "http://x.example/Extension-coding-sctdecsid", Extension: []model.Extension{part("descriptionId", "9"), part("descriptionDisplay", "term")}}},
		"two simple ones": {
			{URL: "http://x.example/coding-sctdescid", Value: model.TextValue("Id", "9")},
			{URL: "https://x.example/Extension-UKCore-CodingSCTDescDisplay", Value: model.TextValue("String", "term")}},
	}
	for name, list := range cases {
		t.Run(name, func(t *testing.T) {
			if id, term := (&model.Coding{Extension: list}).DescriptionID(); id != "9" || term != "term" {
				t.Errorf("got %q, %q", id, term)
			}
		})
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[model.Number]bool{"1": true, "1.50": true, "-2e3": true, "two": false, "": false, "NaN": false, "0x10": false, "1.2.3": false} {
		if text.IsNumber() != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
	if n, ok := model.Number("12").Int(); n != 12 || !ok {
		t.Error("12 is whole")
	}
	if _, ok := model.Number("1.5").Int(); ok {
		t.Error("1.5 is not whole")
	}
}
