package fhirsearch_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// Each case is a page in XML, and what is read of it to follow it.
func TestPageInXML(t *testing.T) {
	const (
		links   = `<link><relation value="self"/><url value="s"/></link><link><relation value="next"/><url value="u?a=1&amp;b=2"/></link>`
		match   = `<entry><fullUrl value="f"/><resource><Flag><id value="a"/></Flag></resource><search><mode value="match"/></search></entry>`
		include = `<entry><resource><Patient/></resource><search><mode value="include"/></search></entry>`
		outcome = `<entry><resource><OperationOutcome/></resource></entry>`
	)
	bundle := func(inside string) string { return `<Bundle xmlns="http://hl7.org/fhir">` + inside + `</Bundle>` }
	for name, c := range map[string]struct {
		body             string
		matches, entries int
		next, err        string
	}{
		"plain":                 {`<?xml version="1.0"?>` + bundle(`<total value="1"/>`+links+match), 1, 1, "u?a=1&b=2", ""},
		"included":              {bundle(match + include + outcome), 1, 3, "", ""},
		"one entry":             {bundle(`<entry/>`), 1, 1, "", ""},
		"links after entries":   {bundle(match + links + match), 2, 2, "u?a=1&b=2", ""},
		"next without address":  {bundle(`<link><relation value="next"/></link>` + match), 1, 1, "", "the region's links to further pages cannot be read"},
		"another resource":      {`<Patient xmlns="http://hl7.org/fhir">` + links + `</Patient>`, 0, 0, "", "the region's answer is not a bundle"},
		"cut short":             {`<Bundle xmlns="http://hl7.org/fhir">` + match, 0, 0, "", "the region's answer is not FHIR XML"},
		"a web page":            {`<!DOCTYPE html><html></html>`, 0, 0, "", "the region's answer is not FHIR XML"},
		"a SOAP fault":          {`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"/>`, 0, 0, "", "the region's answer is not FHIR XML"},
		"an entity to be wider": {`<!DOCTYPE Bundle [<!ENTITY e "x">]>` + bundle(match), 0, 0, "", "the region's answer is not FHIR XML"},
	} {
		t.Run(name, func(t *testing.T) {
			matches, entries, next, err := fhirsearch.ParsePage([]byte(c.body))
			said := ""
			if err != nil {
				said = err.Error()
			}
			if matches != c.matches || entries != c.entries || next != c.next || said != c.err {
				t.Errorf("%d matches of %d entries, next %q, %q; want %d of %d, %q, %q", matches, entries, next, said, c.matches, c.entries, c.next, c.err)
			}
		})
	}
}

func TestRefusalInXML(t *testing.T) {
	code, id := fhirsearch.ReadRefusal([]byte(`<OperationOutcome xmlns="http://hl7.org/fhir"><meta><tag>` +
		`<system value="https://yhcr.nhs.uk/RequestId"/><code value="a-1"/></tag></meta><issue><severity value="error"/><code value="suppressed"/></issue></OperationOutcome>`))
	if code != "suppressed" || id != "a-1" {
		t.Errorf("code %q, request id %q", code, id)
	}
	if code, id := fhirsearch.ReadRefusal([]byte(`<html><issue><code value="login"/></issue></html>`)); code != "" || id != "" {
		t.Errorf("a web page says code %q, request id %q", code, id)
	}
}
