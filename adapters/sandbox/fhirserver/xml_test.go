package fhirserver_test

import (
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fhirserver"
)

func TestJSONIsWrittenAsXMLByTheRulesOfTheStandard(t *testing.T) {
	for name, c := range map[string]struct{ json, xml string }{
		"values keep their digits": {
			`{"resourceType":"Observation","valueQuantity":{"value":82.600},"active":true}`,
			`<Observation xmlns="http://hl7.org/fhir"><valueQuantity><value value="82.600"></value></valueQuantity><active value="true"></active></Observation>`,
		},
		"ids and urls of elements are attributes": {
			`{"resourceType":"Patient","id":"p","extension":[{"id":"e","url":"https://x.example/y","valueCode":"a"}],"photo":[{"url":"u"}]}`,
			`<Patient xmlns="http://hl7.org/fhir"><id value="p"></id><extension id="e" url="https://x.example/y"><valueCode value="a"></valueCode></extension><photo><url value="u"></url></photo></Patient>`,
		},
		"contained resources have an element of their own": {
			`{"resourceType":"Basic","contained":[{"resourceType":"Medication","id":"med"}]}`,
			`<Basic xmlns="http://hl7.org/fhir"><contained><Medication><id value="med"></id></Medication></contained></Basic>`,
		},
		"narrative is XHTML already": {
			`{"resourceType":"Basic","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a &amp; b</div>"}}`,
			`<Basic xmlns="http://hl7.org/fhir"><text><status value="generated"></status><div xmlns="http://www.w3.org/1999/xhtml">a &amp; b</div></text></Basic>`,
		},
		"text of a concept is a value": {
			`{"resourceType":"Basic","code":{"text":"5 < 6 & \"so on\""}}`,
			`<Basic xmlns="http://hl7.org/fhir"><code><text value="5 &lt; 6 &amp; &#34;so on&#34;"></text></code></Basic>`,
		},
		"extensions of primitives stand within them": {
			`{"resourceType":"Patient","birthDate":"1950","_birthDate":{"extension":[{"url":"u","valueCode":"a"}]},"_gender":{"id":"g"},` +
				`"name":[{"given":["A",null],"_given":[null,{"id":"n"}]}]}`,
			`<Patient xmlns="http://hl7.org/fhir"><birthDate value="1950"><extension url="u"><valueCode value="a"></valueCode></extension></birthDate>` +
				`<gender id="g"></gender><name><given value="A"></given><given id="n"></given></name></Patient>`,
		},
	} {
		got, ok := strings.CutPrefix(string(fhirserver.ToXML([]byte(c.json))), `<?xml version="1.0" encoding="UTF-8"?>`+"\n")
		if !ok || got != c.xml {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.xml)
		}
	}
	if got := string(fhirserver.ToXML([]byte("<html>"))); got != "<html>" {
		t.Errorf("what is no JSON became %s", got)
	}
}
