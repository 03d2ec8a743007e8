package cda_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const author = `<author><time value="20260301"/><assignedAuthor><id root="1.2.826.0.1285.0.2.0.65" extension="555"/>
<code code="R1290" codeSystem="1.2.826.0.1285.0.2.1.104" displayName="Pharmacist"/><assignedPerson><name><given>Asha</given><family>Quill</family></name></assignedPerson>
<representedOrganization><id root="1.2.826.0.1285.0.1.10" extension="FZ999"/><name>Example Pharmacy</name></representedOrganization></assignedAuthor></author>`

// TestADocumentIsAnItem holds the document's own item to what its header says.
func TestADocumentIsAnItem(t *testing.T) {
	header := margaret + author + `<setId root="1.2.3" extension="set-1"/><versionNumber value="2"/>
<relatedDocument typeCode="RPLC"><parentDocument><id root="1.2.3" extension="doc-0"/></parentDocument></relatedDocument>`
	body := documentOf(header, section(allergies, "Allergies", "", entry(penicillin)))
	body = []byte(strings.Replace(string(body), `<confidentialityCode code="N"`, `<confidentialityCode code="R"`, 1))
	d, err := cda.Read(body, cda.Options{Listed: []model.Identifier{{System: "urn:ietf:rfc:3986", Value: "urn:oid:1.2.3.99"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := d.Replaces(); len(got) != 1 || got[0].Value != "doc-0" {
		t.Error(got)
	}
	record := read(t, body).Response.GetRecord()
	doc := record.GetDocuments()[0]
	got := []string{
		doc.GetDescription(), doc.GetType().GetDisplay(), doc.GetCreated().GetOriginal(), doc.GetCustodian().GetOdsCode(), doc.GetHeader().GetSourceVersion(),
		doc.GetConfidentiality()[0].GetCode(), doc.GetHeader().GetIdentifiers()[0].GetValue(), doc.GetRelations()[0].GetType() + " " + doc.GetRelations()[0].GetTarget(),
		doc.GetHeader().GetParticipants()[0].GetActor().GetName(),
	}
	want := []string{"Summary", "Summary of episode", "2026-03-01T10:15:00+00:00", "RZZ", "2", "R", "doc-1", "replaces doc-0", "Asha Quill"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestAnItemSaysWhereItIsFrom is about what a document says around its entries.
func TestAnItemSaysWhereItIsFrom(t *testing.T) {
	body := documentOf(margaret+author, section(allergies, "Allergies", "", entry(penicillin)))
	h := headers(read(t, []byte(strings.Replace(string(body), `<confidentialityCode code="N"`, `<confidentialityCode code="V"`, 1))))[0]
	a := h.GetParticipants()[0]
	got := []string{
		h.GetSourceOrganisation().GetOdsCode(), h.GetSourceOrganisation().GetName(), h.GetHeading(), h.GetSecurity()[0].GetCode(), h.GetIdentifiers()[0].GetValue(),
		a.GetActor().GetName(), a.GetActor().GetRole().GetDisplay(), a.GetActor().GetOrganisation().GetOdsCode(),
	}
	want := []string{"RZZ", "Example Hospital", "Allergies", "V", "a1", "Asha Quill", "Pharmacist", "FZ999"}
	if d := cmp.Diff(want, got); d != "" || h.GetRecorded() != nil {
		t.Error(d, h.GetRecorded())
	}
}

// TestTheEntrysOwnBytesAreKept is about include_source.
func TestTheEntrysOwnBytesAreKept(t *testing.T) {
	r := read(t, allergiesOf(penicillin))
	for _, s := range r.Response.GetSources() {
		if s.GetMediaType() != cda.MediaType {
			t.Errorf("the source of an item is %s", s.GetMediaType())
		}
		if s.GetItemId() == headers(r)[0].GetItemId() && string(s.GetContent()) != penicillin {
			t.Errorf("%s", s.GetContent())
		}
	}
}

// TestANumberThatWasNotTracedSaysSo is about the OID of untraced NHS numbers.
func TestANumberThatWasNotTracedSaysSo(t *testing.T) {
	header := strings.Replace(margaret, "2.16.840.1.113883.2.1.4.1", "2.16.840.1.113883.2.1.3.2.4.18.23", 1)
	p := readFor(t, documentOf(header), "9990001006").Response.GetRecord().GetPersonDemographics()
	if len(p) != 1 || p[0].GetNhsNumber() != "9990001006" || p[0].GetNhsNumberVerification().GetDisplay() != "not traced" {
		t.Error(p)
	}
}

// TestANarrativeIsSafeAndWhole is about the words of a section.
func TestANarrativeIsSafeAndWhole(t *testing.T) {
	text := `<paragraph>Seen <content revised="delete">Monday</content> <content revised="insert">Tuesday</content><footnoteRef IDREF="f1"/></paragraph>
<list listType="ordered"><caption>Plan</caption><item>Stop <linkHtml href="https://evil.example/">it</linkHtml></item></list>
<table><tbody><tr><td colspan="2">A &lt; B</td><td>C</td></tr></tbody></table><renderMultiMedia referencedObject="x"><caption>Scan</caption></renderMultiMedia>
<footnote ID="f1">on the ward</footnote><script>alert(1)</script><odd onclick="x()">kept</odd>`
	n := outcome(t, read(t, document(section("10160-0", "Medicines", text, ""))), lhcrv1.Section_SECTION_MEDICATIONS).GetNarratives()[0]
	for _, want := range []string{"[deleted: Monday]", "Tuesday", "[on the ward]", "Plan", "Stop it", "A < B | C", "[picture, not shown here: Scan]", "kept"} {
		if !strings.Contains(n.GetText(), want) {
			t.Errorf("%q is missing in %q", want, n.GetText())
		}
	}
	for _, bad := range []string{"script", "alert", "href", "onclick", "evil"} {
		if strings.Contains(n.GetMarkup(), bad) {
			t.Errorf("%q stands in %q", bad, n.GetMarkup())
		}
	}
}

// TestNestedSectionsKeepTheirOrder is about sections inside of sections.
func TestNestedSectionsKeepTheirOrder(t *testing.T) {
	inner := section("10160-0", "Inner", "Warfarin", entry(administration("EVN", "")))
	outer := strings.Replace(section("34133-9", "Outer", "Words", ""), "</section>", "<component>"+inner+"</component></section>", 1)
	r := read(t, document(outer))
	o := outcome(t, r, lhcrv1.Section_SECTION_MEDICATIONS)
	if o.GetNarratives()[0].GetHeading() != "Outer / Inner" || len(r.Response.GetRecord().GetMedications()) != 1 || len(r.Response.GetRecord().GetClinicalNotes()) != 1 {
		t.Error(o, r.Response.GetRecord().GetClinicalNotes())
	}
}

// TestAnUnstructuredDocumentStaysADocument is about a body of another format.
func TestAnUnstructuredDocumentStaysADocument(t *testing.T) {
	pdf := []byte("%PDF-1.7 made up")
	for name, c := range map[string]struct {
		text string
		want cda.Content
	}{
		"pdf":        {`<text mediaType="application/pdf" representation="B64">` + "\n" + base64.StdEncoding.EncodeToString(pdf) + "\n</text>", cda.Content{MediaType: "application/pdf", Data: pdf}},
		"not padded": {`<text mediaType="application/pdf" representation="B64">` + base64.RawStdEncoding.EncodeToString(pdf) + `</text>`, cda.Content{MediaType: "application/pdf", Data: pdf}},
		"text":       {`<text>Dear colleague</text>`, cda.Content{MediaType: "text/plain", Data: []byte("Dear colleague")}},
		"elsewhere":  {`<text mediaType="application/pdf"><reference value="letter.pdf"/></text>`, cda.Content{MediaType: "application/pdf", Reference: "letter.pdf"}},
		"no base64":  {`<text mediaType="application/pdf" representation="B64">***</text>`, cda.Content{MediaType: "application/pdf", Unreadable: true}},
		"nothing":    {`<text/>`, cda.Content{}},
	} {
		t.Run(name, func(t *testing.T) {
			body := strings.Replace(string(document()), "<structuredBody></structuredBody>", "<nonXMLBody>"+c.text+"</nonXMLBody>", 1)
			d, err := cda.Read([]byte(body), cda.Options{})
			if err != nil {
				t.Fatal(err)
			}
			got, ok := d.Content()
			if diff := cmp.Diff(c.want, got); diff != "" || !ok {
				t.Error(diff, ok)
			}
			record := read(t, []byte(body)).Response.GetRecord()
			if len(record.GetDocuments()) != 1 || len(record.GetClinicalNotes()) != 0 {
				t.Error(record)
			}
		})
	}
	d, err := cda.Read(document(), cda.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c, ok := d.Content(); ok {
		t.Errorf("a structured document has content of its own: %+v", c)
	}
}

// TestWhatIsNoDocumentIsRefused with words that hold nothing of it.
func TestWhatIsNoDocumentIsRefused(t *testing.T) {
	deep := strings.Repeat("<section><component>", 200)
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"another root":  {`<Envelope/>`, cda.ErrNotCDA},
		"JSON":          {`{"resourceType":"Bundle"}`, xmltree.ErrNotXML},
		"nothing":       {` `, xmltree.ErrEmpty},
		"cut short":     {string(document())[:900], xmltree.ErrTruncated},
		"an entity":     {`<!DOCTYPE x [<!ENTITY e "9990001006">]><ClinicalDocument>&e;</ClinicalDocument>`, xmltree.ErrForbidden},
		"very deep":     {"<ClinicalDocument>" + deep, xmltree.ErrTooLarge},
		"very large":    {"<ClinicalDocument><title>" + strings.Repeat("x", 9<<20) + "</title></ClinicalDocument>", xmltree.ErrTooLarge},
		"many elements": {"<ClinicalDocument>" + strings.Repeat("<a/>", 400_001) + "</ClinicalDocument>", xmltree.ErrTooLarge},
	} {
		if _, err := cda.Read([]byte(c.body), cda.Options{}); !errors.Is(err, c.want) || strings.Contains(err.Error(), "9990001006") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestIsLooksAtTheRoot tells documents from other XML without reading them.
func TestIsLooksAtTheRoot(t *testing.T) {
	for body, want := range map[string]bool{
		string(document()): true, "\ufeff<?xml version='1.0'?><!-- <a> --><hl7:ClinicalDocument xmlns:hl7='urn:hl7-org:v3'/>": true,
		"<Bundle xmlns='http://hl7.org/fhir'/>": false, "{}": false, "<": false, "": false, "<!-- ClinicalDocument -->": false, "<ClinicalDocumentX/>": false,
	} {
		if cda.Is([]byte(body)) != want {
			t.Errorf("%.40q: %v", body, !want)
		}
	}
}
