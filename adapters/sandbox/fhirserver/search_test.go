package fhirserver_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
)

const number = "9990001003"

// service serves one patient with the given resources.
func service(t *testing.T, dialect fhirserver.Dialect, resources ...string) *fhirserver.Service {
	t.Helper()
	patient := `{"resourceType":"Patient","id":"p","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"` + number + `"}]}`
	var entries []string
	for _, r := range append([]string{patient}, resources...) {
		entries = append(entries, `{"resource":`+r+`}`)
	}
	record, err := fhirserver.ReadRecord(number, []byte(`{"entry":[`+strings.Join(entries, ",")+`]}`))
	if err != nil {
		t.Fatal(err)
	}
	store, err := fhirserver.NewStore([]*fhirserver.Record{record})
	if err != nil {
		t.Fatal(err)
	}
	return &fhirserver.Service{Store: store, Dialect: dialect, Path: "/fhir", Faults: &fault.Set{}}
}

func search(s *fhirserver.Service, typ string, form url.Values) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Search(w, httptest.NewRequest(http.MethodGet, "https://region.example/fhir/any", nil), typ, form)
	return w
}

func count(t *testing.T, s *fhirserver.Service, typ, name, value string) int {
	t.Helper()
	form := url.Values{"patient": {"Patient/p"}}
	form.Add(name, value)
	return probe.ReadBundle(t, search(s, typ, form).Body.Bytes()).Total
}

func TestDatesMatchByTheSpanThatTheyCover(t *testing.T) {
	for _, c := range []struct {
		have string
		want string
		hit  bool
	}{
		{`"2019"`, "2019", true}, {`"2019"`, "2019-03", false}, {`"2019-03"`, "2019", true},
		{`"2019-03-04"`, "ge2019-03-04", true}, {`"2019-03-04"`, "gt2019-03-04", false},
		{`"2019-03-04"`, "le2019-03", true}, {`"2019-03-04"`, "lt2019-03-04", false},
		{`"2019-03-04"`, "sa2019-03-03", true}, {`"2019"`, "sa2019-01", false}, {`"2019"`, "eb2020", true},
		{`"2019"`, "eb2019-06", false}, {`"2019-03-04T10:00:00Z"`, "2019-03-04", true},
		{`"2019-03-04T10:00:00Z"`, "lt2019-03-04T10:00:00Z", false}, {`"2019-03-04T10:00:00+01:00"`, "lt2019-03-04T09:30:00Z", true},
		{`"2019-03-04"`, "ne2019", false}, {`"2018"`, "ne2019", true}, {`"2021-13-93"`, "ge1900", false},
	} {
		s := service(t, fhirserver.R4(), `{"resourceType":"Observation","id":"o","subject":{"reference":"Patient/p"},"effectiveDateTime":`+c.have+`}`)
		if got := count(t, s, "Observation", "date", c.want) == 1; got != c.hit {
			t.Errorf("%s against %s: %v, want %v", c.have, c.want, got, c.hit)
		}
	}
}

func TestPeriodsWithOpenEndsReachOn(t *testing.T) {
	s := service(t, fhirserver.R4(), `{"resourceType":"CarePlan","id":"c","subject":{"reference":"Patient/p"},"period":{"start":"2020-02"}}`)
	for want, hits := range map[string]int{"ge2031": 1, "lt2020-02": 0, "gt2020-02": 1, "eb2024": 0} {
		if got := count(t, s, "CarePlan", "date", want); got != hits {
			t.Errorf("date=%s: %d, want %d", want, got, hits)
		}
	}
}

func TestTokensMatchCodesConceptsAndIdentifiers(t *testing.T) {
	s := service(t, fhirserver.R4(), `{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},
		"clinicalStatus":"active","identifier":{"system":"urn:x","value":"7"},
		"code":{"coding":[{"system":"http://snomed.info/sct","code":"49436004"}]}}`)
	for query, hits := range map[string]int{
		"code=49436004": 1, "code=http://snomed.info/sct|49436004": 1, "code=http://loinc.org|49436004": 0,
		"code=http://snomed.info/sct|": 1, "code=1,49436004": 1, "clinical-status=active": 1, "clinical-status=resolved": 0,
		"identifier=urn:x|7": 1, "identifier=urn:y|7": 0, "_id=c": 1, "_id=d": 0,
	} {
		name, value, _ := strings.Cut(query, "=")
		if got := count(t, s, "Condition", name, value); got != hits {
			t.Errorf("%s: %d, want %d", query, got, hits)
		}
	}
}

func TestWhatIsStoredIsSentDigitForDigit(t *testing.T) {
	s := service(t, fhirserver.R4(), `{"resourceType":"Observation","id":"o","valueQuantity":{"value":4.60},"note":"<b>&amp;</b>"}`)
	body := search(s, "Observation", url.Values{"patient": {"p"}}).Body.String()
	if !strings.Contains(body, `"value":4.60`) || !strings.Contains(body, "<b>&amp;</b>") {
		t.Errorf("sent %s", body)
	}
}

func TestIncludesFollowIterateAndComeOnce(t *testing.T) {
	s := service(t, fhirserver.R4(),
		`{"resourceType":"MedicationRequest","id":"a","requester":{"reference":"PractitionerRole/r"}}`,
		`{"resourceType":"MedicationRequest","id":"b","requester":{"reference":"https://region.example/fhir/PractitionerRole/r"}}`,
		`{"resourceType":"PractitionerRole","id":"r","organization":{"reference":"Organization/o"}}`,
		`{"resourceType":"Organization","id":"o"}`)
	form := url.Values{"patient": {"p"}, "_include": {"MedicationRequest:requester"}, "_include:iterate": {"PractitionerRole:organization"}}
	b := probe.ReadBundle(t, search(s, "MedicationRequest", form).Body.Bytes())
	if got, want := b.IDs("include"), []string{"PractitionerRole/r", "Organization/o"}; !slices.Equal(got, want) || b.Total != 2 {
		t.Errorf("total %d, includes %v, want %v", b.Total, got, want)
	}
	form.Set("_include", "MedicationRequest:requester:Organization")
	if got := probe.ReadBundle(t, search(s, "MedicationRequest", form).Body.Bytes()).IDs("include"); len(got) != 0 {
		t.Errorf("includes of another target type: %v", got)
	}
}

func TestCountIsCappedAndZeroCountsOnly(t *testing.T) {
	var many []string
	for i := range 205 {
		many = append(many, fmt.Sprintf(`{"resourceType":"Flag","id":"f%d"}`, i))
	}
	s := service(t, fhirserver.R4(), many...)
	for asked, want := range map[string]int{"1000": 200, "7": 7, "0": 0, "": 50} {
		form := url.Values{"patient": {"p"}}
		if asked != "" {
			form.Set("_count", asked)
		}
		b := probe.ReadBundle(t, search(s, "Flag", form).Body.Bytes())
		if len(b.Entry) != want || b.Total != 205 {
			t.Errorf("_count=%s: %d entries of %d, want %d", asked, len(b.Entry), b.Total, want)
		}
	}
}

func TestStoresWithDoublesAreRefused(t *testing.T) {
	record, err := fhirserver.ReadRecord("", []byte(`{"entry":[{"resource":{"resourceType":"Flag","id":"f"}},{"resource":{"resourceType":"Flag","id":"f"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fhirserver.NewStore([]*fhirserver.Record{record}); err == nil {
		t.Error("two resources of one id are taken")
	}
	one := &fhirserver.Record{NHSNumber: number}
	if _, err := fhirserver.NewStore([]*fhirserver.Record{one, one}); err == nil {
		t.Error("two records of one number are taken")
	}
}

func FuzzSearch(f *testing.F) {
	f.Add("Observation", "patient=p&date=ge2019&_count=2&_sort=-date")
	f.Add("Patient", "identifier=https://fhir.nhs.uk/Id/nhs-number|"+number)
	f.Add("List", "patient=Patient/p&_include=List:item&_revinclude=List:patient&_lastUpdated=lt2020-01")
	f.Fuzz(func(t *testing.T, typ, query string) {
		form, err := url.ParseQuery(query)
		if err != nil {
			t.Skip()
		}
		s := service(t, fhirserver.STU3(), `{"resourceType":"Observation","id":"o","effectiveDateTime":"2019"}`)
		answer := search(s, typ, form)
		if !json.Valid(answer.Body.Bytes()) || (answer.Code != 200 && answer.Code != 400 && answer.Code != 404) {
			t.Errorf("%d %s", answer.Code, answer.Body)
		}
	})
}
