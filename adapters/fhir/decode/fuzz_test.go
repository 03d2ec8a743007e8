package decode_test

import (
	"bytes"
	"testing"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// FuzzXML reads anything as FHIR XML: what it is written as must be JSON, each resource's
// bytes must be the document's own, and both must be of the same resources.
func FuzzXML(f *testing.F) {
	for _, seed := range []string{
		`<Patient><name><given value="A"/><given><extension url="u"/></given></name><birthDate id="b" value="1951"/></Patient>`,
		`<List><contained><Medication/><Group/></contained><text><div xmlns="http://www.w3.org/1999/xhtml"><p>x &lt;</p></div></text></List>`,
		`<Bundle><entry><resource><Flag><status>a</status>b</Flag></resource></entry><entry><resource><id value="x"/></resource></entry></Bundle>`,
		`<Observation xmlns:v="urn:v" v:a="1"><v:x/><valueQuantity><value value="1e5"/></valueQuantity><component><valueString value="&#10;"/></component></Observation>`,
		"<Parameters><parameter><part><resource/></part><valueCode value='\xe9'/></parameter></Parameters>",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		text, err := decode.AsJSON(data, 1<<16)
		payload, readErr := new(decode.Reader).XML(data, 1<<16)
		if decode.FormatOf(data) == decode.FormatJSON {
			return
		}
		if readErr == nil && (err != nil || !jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true))) {
			t.Fatalf("read, but not written as JSON: %q", text)
		}
		if payload == nil {
			return
		}
		for _, r := range payload.Resources {
			owned(t, data, r)
		}
	})
}

// owned checks the originals of a resource and of those that it contains.
func owned(t *testing.T, data []byte, c model.Contained) {
	if len(c.Source) == 0 || !bytes.Contains(data, c.Source) || !jsontext.Value(c.JSON).IsValid(jsontext.AllowDuplicateNames(true)) {
		t.Fatalf("a resource with the source %q and the JSON %q", c.Source, c.JSON)
	}
	for _, inner := range c.Resource.Header().Contained {
		owned(t, data, inner)
	}
	if b, ok := c.Resource.(*model.Bundle); ok {
		for i := range b.Entry {
			if b.Entry[i].Resource.Resource != nil {
				owned(t, data, b.Entry[i].Resource)
			}
		}
	}
}
