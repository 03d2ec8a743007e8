package cda_test

import (
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// now is when documents are read in these tests.
var now = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

// margaret is a made patient.
const margaret = `<recordTarget><patientRole><id root="2.16.840.1.113883.2.1.4.1" extension="9990001006"/>
<patient><name><given>Margaret</given><family>Example</family></name><administrativeGenderCode code="2"/><birthTime value="19480307"/></patient>
</patientRole></recordTarget>`

const keeper = `<custodian><assignedCustodian><representedCustodianOrganization>
<id root="2.16.840.1.113883.2.1.3.2.4.19.1" extension="RZZ"/><name>Example Hospital</name>
</representedCustodianOrganization></assignedCustodian></custodian>`

// document makes a document of Margaret's out of sections.
func document(sections ...string) []byte { return documentOf(margaret, sections...) }

func documentOf(header string, sections ...string) []byte {
	body := ""
	for _, s := range sections {
		body += "<component>" + s + "</component>"
	}
	return []byte(`<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/><id root="1.2.3" extension="doc-1"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summary of episode"/><title>Summary</title>
<effectiveTime value="20260301101500+0000"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
` + header + keeper + `<component><structuredBody>` + body + `</structuredBody></component></ClinicalDocument>`)
}

func section(code, title, text, entries string) string {
	return `<section><code code="` + code + `" codeSystem="2.16.840.1.113883.6.1"/><title>` + title + `</title><text>` + text + `</text>` + entries + `</section>`
}

func entry(statement string) string { return `<entry>` + statement + `</entry>` }

// concern puts an act around an observation.
func concern(status, observation string) string {
	return `<act classCode="ACT" moodCode="EVN"><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/><statusCode code="` + status + `"/>
<entryRelationship typeCode="SUBJ">` + observation + `</entryRelationship></act>`
}

// agent is the participant that is reacted to.
func agent(code, words string) string {
	return `<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">
<code code="` + code + `" codeSystem="2.16.840.1.113883.2.1.3.2.4.15" displayName="` + words + `"/></playingEntity></participantRole></participant>`
}

const penicillin = `<observation classCode="OBS" moodCode="EVN"><id root="1.2.3.4" extension="a1"/>
<code code="ASSERTION" codeSystem="2.16.840.1.113883.5.4"/><statusCode code="completed"/>
<value xsi:type="CD" code="416098002" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to drug"/>
<participant typeCode="CSM"><participantRole classCode="MANU"><playingEntity classCode="MMAT">
<code code="764146007" codeSystem="2.16.840.1.113883.6.96" displayName="Penicillin"/></playingEntity></participantRole></participant>
</observation>`

// read reads a document to the contract, as a reader with nobody's question.
func read(t *testing.T, body []byte) *fhir.Reading {
	t.Helper()
	return readFor(t, body, "")
}

func readFor(t *testing.T, body []byte, number string) *fhir.Reading {
	t.Helper()
	d, err := cda.Read(body, cda.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := fhir.Read(fhir.Input{
		RegionID: "test", Payloads: []fhir.Payload{d.Payload()}, NHSNumber: number, Now: now, Strict: true, IncludeSource: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	balanced(t, d, r)
	return r
}

// balanced holds an account to its promise.
func balanced(t *testing.T, d *cda.Document, r *fhir.Reading) {
	t.Helper()
	a := r.Account
	if a.Resources != a.Items+a.Supporting+a.Reported || a.Resources != d.Facts().Resources {
		t.Errorf("the account does not balance: %+v, %d resources made", a, d.Facts().Resources)
	}
}

func outcome(t *testing.T, r *fhir.Reading, s lhcrv1.Section) *lhcrv1.SectionOutcome {
	t.Helper()
	for _, o := range r.Response.GetOutcomes() {
		if o.GetSection() == s {
			return o
		}
	}
	t.Fatalf("no outcome for %v", s)
	return nil
}

func notes(h *lhcrv1.ItemHeader) []string {
	var out []string
	for _, n := range h.GetNotes() {
		out = append(out, n.GetText())
	}
	return out
}
