package decode_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// TestXMLIsReadAsJSON gives XML and the JSON that says the same.
// Source: hl7.org/fhir/R4/xml.html and json.html.
func TestXMLIsReadAsJSON(t *testing.T) {
	many, manyJSON := "", ""
	for i := range 40 {
		many += fmt.Sprintf(`<a%d value="%d"/>`, i, i)
		if i > 0 {
			manyJSON += fmt.Sprintf(`,"a%d":"%d"`, i, i)
		}
	}
	for _, tc := range []struct{ name, xml, json string }{
		{"a simple value", `<Patient><birthDate value="1951-04-17"/></Patient>`, `{"resourceType":"Patient","birthDate":"1951-04-17"}`},
		{"a boolean and a number", `<Patient><active value="true"/><multipleBirthInteger value="2"/></Patient>`,
			`{"resourceType":"Patient","active":true,"multipleBirthInteger":"2"}`},
		{"decimals keep their digits", `<Observation><valueQuantity><value value="1.50"/></valueQuantity></Observation>`,
			`{"resourceType":"Observation","valueQuantity":{"value":1.50}}`},
		{"what is no number stays text", `<Observation><valueQuantity><value value="05"/></valueQuantity></Observation>`,
			`{"resourceType":"Observation","valueQuantity":{"value":"05"}}`},
		{"a list of one", `<Patient><name><given value="Ann"/></name></Patient>`, `{"resourceType":"Patient","name":[{"given":["Ann"]}]}`},
		{"one of a choice", `<Observation><valueString value="a b"/></Observation>`, `{"resourceType":"Observation","valueString":"a b"}`},
		{"ids and extensions beside values",
			`<Patient><birthDate id="b" value="1951"><extension url="u"><valueCode value="c"/></extension></birthDate></Patient>`,
			`{"resourceType":"Patient","birthDate":"1951","_birthDate":{"id":"b","extension":[{"url":"u","valueCode":"c"}]}}`},
		{"only an extension", `<Patient><birthDate><extension url="u"/></birthDate></Patient>`,
			`{"resourceType":"Patient","_birthDate":{"extension":[{"url":"u"}]}}`},
		{"only an extension of an object", `<Observation><code><extension url="u"/></code></Observation>`,
			`{"resourceType":"Observation","code":{"extension":[{"url":"u"}]}}`},
		{"some of a list have extensions",
			`<Patient><name><given value="A"/><given><extension url="u"/></given><given value="C"/></name></Patient>`,
			`{"resourceType":"Patient","name":[{"given":["A",null,"C"],"_given":[null,{"extension":[{"url":"u"}]},null]}]}`},
		{"contained resources",
			`<List><contained><Medication><id value="m"/></Medication></contained><contained><Group/></contained></List>`,
			`{"resourceType":"List","contained":[{"resourceType":"Medication","id":"m"},{"resourceType":"Group"}]}`},
		{"several resources in one wrapper", `<List><contained><Medication/><Group/></contained></List>`,
			`{"resourceType":"List","contained":[{"resourceType":"Medication"},{"resourceType":"Group"}]}`},
		{"entries", `<Bundle><entry><fullUrl value="f"/><resource><Flag/></resource><response><outcome><OperationOutcome/></outcome></response></entry><entry/></Bundle>`,
			`{"resourceType":"Bundle","entry":[{"fullUrl":"f","resource":{"resourceType":"Flag"},"response":{"outcome":{"resourceType":"OperationOutcome"}}},{}]}`},
		{"parameters in parameters", `<Parameters><parameter><name value="a"/><part><resource><Flag/></resource></part></parameter></Parameters>`,
			`{"resourceType":"Parameters","parameter":[{"name":"a","part":[{"resource":{"resourceType":"Flag"}}]}]}`},
		{"no resource in a resource's place", `<Bundle><entry><resource/></entry></Bundle>`, `{"resourceType":"Bundle","entry":[{"resource":null}]}`},
		{"a resource without a type", `<Bundle><entry><resource><id value="x"/></resource></entry></Bundle>`,
			`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"","id":"x"}}]}`},
		{"a narrative", `<Flag><text><status value="additional"/><h:div xmlns:h="http://www.w3.org/1999/xhtml"><h:p class="a">x &lt; <h:b>y</h:b><h:br/></h:p></h:div></text></Flag>`,
			`{"resourceType":"Flag","text":{"status":"additional","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p class=\"a\">x &lt; <b>y</b><br/></p></div>"}}`},
		{"a narrative that forgot its namespace", `<Flag><text><div><p>x</p></div></text></Flag>`,
			`{"resourceType":"Flag","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>x</p></div>"}}`},
		{"an element nobody knows", `<Flag><new><value value="1"/><part value="true"/></new><new/></Flag>`,
			`{"resourceType":"Flag","new":[{"value":"1","part":"true"},{}]}`},
		{"foreign elements and attributes", `<Flag xmlns:v="urn:v" v:a="1"><v:status value="x"/><status value="active" v:b="2"/></Flag>`,
			`{"resourceType":"Flag","other:a":"1","other:status":"x","status":"active","_status":{"other:b":"2"}}`},
		{"what is about XML", `<Flag xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b" xml:lang="en"/>`, `{"resourceType":"Flag"}`},
		{"values as attributes", `<Observation><code><coding system="s" code="c"/></code></Observation>`,
			`{"resourceType":"Observation","code":{"coding":[{"system":"s","code":"c"}]}}`},
		{"values as text", `<Flag><status> active </status></Flag>`, `{"resourceType":"Flag","status":"active"}`},
		{"text beside a value", `<Flag><status value="active">x</status>y</Flag>`,
			`{"resourceType":"Flag","other:text":"y","status":"active","_status":{"other:text":"x"}}`},
		{"a simple value in an object's place", `<Observation><code value="c"/></Observation>`, `{"resourceType":"Observation","code":"c"}`},
		{"an object in a simple value's place", `<Flag><status><coding><code value="active"/></coding></status></Flag>`,
			`{"resourceType":"Flag","status":{"coding":{"code":"active"}}}`},
		{"blanks around a word go, around words stay", `<Flag><status value=" active&#10;"/><code><text value=" a b "/></code></Flag>`,
			`{"resourceType":"Flag","status":"active","code":{"text":" a b "}}`},
		{"lines of text", "<Annotation><new value=\"a&#10;b&quot;\"/></Annotation>", `{"resourceType":"Annotation","new":"a\nb\""}`},
		{"elements of one name apart", `<Patient><name><family value="a"/></name><active value="true"/><name/></Patient>`,
			`{"resourceType":"Patient","name":[{"family":"a"},{}],"active":true}`},
		{"elements of one name apart, among many", `<Flag>` + many + `<a0 value="x"/></Flag>`,
			`{"resourceType":"Flag","a0":["0","x"]` + manyJSON + `}`},
		{"a value as text beside an extension", `<Flag><status>active<extension url="u"/></status></Flag>`,
			`{"resourceType":"Flag","status":"active","_status":{"extension":[{"url":"u"}]}}`},
		{"several resources in a wrapper that holds one", `<Bundle><entry><resource><Flag/><Group/></resource></entry></Bundle>`,
			`{"resourceType":"Bundle","entry":[{"resource":[{"resourceType":"Flag"},{"resourceType":"Group"}]}]}`},
		{"an extension with its value as an attribute", `<Flag><new><extension url="u" value="x"/></new></Flag>`,
			`{"resourceType":"Flag","new":{"extension":{"url":"u","value":"x"}}}`},
		{"a concept in attributes", `<Flag><code text="t" value="x"/></Flag>`, `{"resourceType":"Flag","code":{"text":"t","value":"x"}}`},
		{"a resource where nobody looks for one", `<Flag><new><Group><id value="g"/></Group></new></Flag>`,
			`{"resourceType":"Flag","new":{"resourceType":"Group","id":"g"}}`},
		{"only an id beside a value", `<Flag><status id="s" value="active"/></Flag>`, `{"resourceType":"Flag","status":"active","_status":{"id":"s"}}`},
		{"attributes of a narrative", `<Flag><text><div title="a &quot;b&quot; &lt;"/></text></Flag>`,
			`{"resourceType":"Flag","text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\" title=\"a &#34;b&#34; &lt;\"/>"}}`},
		{"elements without the namespace of their root", `<Flag><status xmlns="" value="active"/></Flag>`, `{"resourceType":"Flag","status":"active"}`},
		{"an element called as JSON's type", `<Flag resourceType="x"><resourceType value="Patient"/></Flag>`,
			`{"resourceType":"Flag","other:resourceType":"x","other:resourceType":"Patient"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			body := strings.Replace(tc.xml, ">", ` xmlns="http://hl7.org/fhir">`, 1)
			if strings.HasSuffix(tc.xml[:strings.Index(tc.xml, ">")], "/") {
				body = strings.Replace(tc.xml, "/>", ` xmlns="http://hl7.org/fhir"/>`, 1)
			}
			got, err := decode.AsJSON([]byte(body), 0)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.json, string(got)); diff != "" {
				t.Errorf("JSON differs (-want +got):\n%s", diff)
			}
			if _, err := new(decode.Reader).XML([]byte(body), 0); err != nil {
				t.Errorf("XML: %v", err)
			}
		})
	}
}

// TestANamespaceThatWasForgotten reads what no declaration makes FHIR.
func TestANamespaceThatWasForgotten(t *testing.T) {
	for name, body := range map[string]string{
		"no namespace":            `<Flag><status value="active"/></Flag>`,
		"an undeclared prefix":    `<fhir:Flag><fhir:status value="active"/></fhir:Flag>`,
		"declared further within": `<fhir:Flag><status xmlns="http://hl7.org/fhir" value="active"/></fhir:Flag>`,
	} {
		got, err := decode.AsJSON([]byte(body), 0)
		if err != nil || string(got) != `{"resourceType":"Flag","status":"active"}` {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

func TestEachResourceHasItsOwnXML(t *testing.T) {
	medication := `<f:Medication><f:id value="m"/></f:Medication>`
	request := `<f:MedicationRequest><f:contained>` + medication + `</f:contained><f:intent value="plan"/></f:MedicationRequest>`
	body := `<f:Bundle xmlns:f="http://hl7.org/fhir"><f:entry><f:resource>` + request + `</f:resource></f:entry></f:Bundle>`
	payload, err := new(decode.Reader).Read([]byte(body), 0)
	if err != nil {
		t.Fatal(err)
	}
	outer := payload.Resources[0]
	entry := outer.Resource.(*model.Bundle).Entry[0].Resource
	inner := entry.Resource.Header().Contained[0]
	got := []string{string(outer.Source), string(entry.Source), string(inner.Source), string(inner.JSON)}
	want := []string{body, request, medication, `{"resourceType":"Medication","id":"m"}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sources differ (-want +got):\n%s", diff)
	}
	if entry.Resource.(*model.MedicationRequest).Intent != "plan" || len(payload.Problems) > 0 {
		t.Errorf("read as %+v with %v", entry.Resource, payload.Problems)
	}
}

func TestProblemsOfXML(t *testing.T) {
	for _, tc := range []struct{ name, xml, path, reason string }{
		{"a boolean that is none", `<Patient xmlns="http://hl7.org/fhir"><active value="yes"/></Patient>`, "Patient.active", decode.ReasonBoolean},
		{"an element twice", `<Flag xmlns="http://hl7.org/fhir"><status value="a"/><status value="b"/></Flag>`, "Flag.status", decode.ReasonRepeated},
		{"an element twice, apart", `<Flag xmlns="http://hl7.org/fhir"><status value="a"/><period/><status value="b"/></Flag>`, "Flag.status", decode.ReasonRepeated},
		{"two of a choice", `<Observation xmlns="http://hl7.org/fhir"><valueString value="a"/><valueBoolean value="true"/></Observation>`, "Observation.valueBoolean", decode.ReasonChoice},
		{"no type", `<Bundle xmlns="http://hl7.org/fhir"><entry><resource><id value="x"/></resource></entry></Bundle>`, "Bundle.entry.resource", decode.ReasonUntyped},
		{"too deep", `<Parameters xmlns="http://hl7.org/fhir">` + strings.Repeat("<parameter>", 1) + strings.Repeat("<part>", 70) +
			strings.Repeat("</part>", 70) + "</parameter></Parameters>", "", decode.ReasonDeep},
	} {
		t.Run(tc.name, func(t *testing.T) {
			payload, err := new(decode.Reader).XML([]byte(tc.xml), 0)
			if err != nil || len(payload.Problems) != 1 {
				t.Fatalf("%v, problems %v", err, payload)
			}
			if p := payload.Problems[0]; p.Reason != tc.reason || tc.path != "" && p.Path != tc.path {
				t.Errorf("got %v", p)
			}
		})
	}
}

func TestXMLThatIsRefused(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		most       int
		want       error
	}{
		{"a web page", "<!DOCTYPE html><html/>", 0, decode.ErrNotXML},
		{"a document", `<ClinicalDocument xmlns="urn:hl7-org:v3"/>`, 0, decode.ErrNotXML},
		{"of no namespace and no type", `<Nonsense/>`, 0, decode.ErrNotXML},
		{"a type of another namespace", `<Patient xmlns="urn:hl7-org:v3"/>`, 0, decode.ErrNotXML},
		{"broken", `<Patient xmlns="http://hl7.org/fhir"><a></Patient>`, 0, decode.ErrNotXML},
		{"UTF-16 that is no XML", "\xff\xfea\x00", 0, decode.ErrNotXML},
		{"cut short", `<Patient xmlns="http://hl7.org/fhir"><a`, 0, decode.ErrTruncated},
		{"too large", `<Patient xmlns="http://hl7.org/fhir"/>`, 20, decode.ErrTooLarge},
		{"too deep", `<Patient xmlns="http://hl7.org/fhir">` + strings.Repeat("<a>", 600) + strings.Repeat("</a>", 600) + "</Patient>", 0, decode.ErrTooLarge},
		{"nothing in UTF-16", "\xff\xfe \x00", 0, decode.ErrEmpty},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := new(decode.Reader).Read([]byte(tc.body), tc.most)
			if err != tc.want {
				t.Errorf("Read gives %v, want %v", err, tc.want)
			}
			if errors.Is(err, decode.ErrNotJSON) != (tc.want == decode.ErrNotXML) {
				t.Errorf("%v is taken for ErrNotJSON wrongly", err)
			}
			if got, err := decode.AsJSON([]byte(tc.body), tc.most); err != tc.want || got != nil {
				t.Errorf("AsJSON gives %q, %v, want %v", got, err, tc.want)
			}
		})
	}
}

func TestFormatsAreToldApart(t *testing.T) {
	for _, tc := range []struct {
		name, body string
		want       decode.Format
	}{
		{"nothing", "", decode.FormatUnknown},
		{"text", "hello", decode.FormatUnknown},
		{"a web page", "<!doctype html><html></html>", decode.FormatUnknown},
		{"a web page without its type", `<HTML>`, decode.FormatUnknown},
		{"JSON", "\xef\xbb\xbf {", decode.FormatJSON},
		{"an array", "[", decode.FormatJSON},
		{"FHIR XML", `<?xml version="1.0"?><!-- x --><f:Bundle xmlns:f="http://hl7.org/fhir"><f:entry>`, decode.FormatFHIRXML},
		{"FHIR XML in UTF-16", "\xff\xfe<\x00F\x00l\x00a\x00g\x00/\x00>\x00", decode.FormatFHIRXML},
		{"FHIR without its namespace", " <Patient>", decode.FormatFHIRXML},
		{"FHIR with a prefix nobody declared", "<fhir:Patient>", decode.FormatFHIRXML},
		{"CDA", `<ClinicalDocument xmlns="urn:hl7-org:v3">`, decode.FormatCDA},
		{"CDA without its namespace", `<ClinicalDocument>`, decode.FormatCDA},
		{"SOAP 1.2", `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope">`, decode.FormatSOAP},
		{"SOAP 1.1", `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/">`, decode.FormatSOAP},
		{"another envelope", `<Envelope xmlns="urn:x">`, decode.FormatXML},
		{"a registry's answer", `<q:AdhocQueryResponse xmlns:q="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0">`, decode.FormatXML},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := decode.FormatOf([]byte(tc.body)); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}
