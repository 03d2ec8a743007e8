package documents_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/answer"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	listing = `{"resourceType":"Bundle","type":"searchset","entry":[
{"resource":{"resourceType":"Patient","id":"p1","identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"}]}},
{"resource":{"resourceType":"DocumentReference","id":"d1","status":"current","subject":{"reference":"Patient/p1"},"description":"as listed","content":[{"attachment":{"contentType":"text/xml","url":"Binary/d1"}}]}},
{"resource":{"resourceType":"DocumentReference","id":"d2","status":"current","subject":{"reference":"Patient/p1"},"content":[{"attachment":{"contentType":"application/pdf","url":"Binary/d2"}}]}}]}`
	summary = `<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="2.999.1" extension="a"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>as it says itself</title>
<effectiveTime value="20260201"/><confidentialityCode code="R" codeSystem="2.16.840.1.113883.5.25"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/></patientRole></recordTarget>
<author><time value="20260201"/><assignedAuthor><id root="2.999.5" extension="dr"/><assignedPerson><name><family>Penn</family></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="2.999.6" extension="o"/><name>Test Trust</name></representedCustodianOrganization></assignedCustodian></custodian>
<relatedDocument typeCode="RPLC"><parentDocument><id root="2.999.1" extension="before"/></parentDocument></relatedDocument>
<component><structuredBody>
<component><section><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title><text>Penicillin</text></section></component>
<component><section><title>Course of the stay</title><text>Was well.</text></section></component>
</structuredBody></component></ClinicalDocument>`
)

// listings are the documents that the listing names.
func listings(t *testing.T) []*model.DocumentReference {
	t.Helper()
	a, err := answer.Read([]byte(listing), answer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var out []*model.DocumentReference
	for _, d := range answer.Each[model.DocumentReference](a) {
		out = append(out, d)
	}
	return out
}

// together reads a document beside its listing, before it or after.
func together(t *testing.T, last bool) *fhir.Reading {
	t.Helper()
	who := &lhcrv1.PatientQuery{NhsNumber: "9990000018"}
	document, gap := documents.Listed{Reference: listings(t)[0], Said: true}.Read([]byte(summary), who, time.Now())
	if gap != nil {
		t.Fatal(gap)
	}
	payloads := []fhir.Payload{{Body: []byte(listing)}, document}
	if !last {
		slices.Reverse(payloads)
	}
	got, err := fhir.Read(fhir.Input{RegionID: "test", NHSNumber: who.GetNhsNumber(), Strict: true, Payloads: payloads})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// A document that was read is the item of its listing, whichever came first. What it says
// of itself, where the listing is silent, is not lost.
func TestADocumentThatWasReadIsTheOneThatIsListed(t *testing.T) {
	got := together(t, true)
	record := got.Response.GetRecord()
	if len(record.GetDocuments()) != 2 {
		t.Fatalf("%d documents, want the 2 that are listed", len(record.GetDocuments()))
	}
	d := record.GetDocuments()[0]
	if d.GetHeader().GetSourceId() != "d1" || d.GetDescription() != "as listed" {
		t.Errorf("the item is not that of the listing: %v", d)
	}
	said := d.String() // the listing says the same whether its document is read or not
	for _, own := range []string{"Penn", "Test Trust", "replaces", `code:"R"`} {
		if strings.Contains(said, own) {
			t.Errorf("%q of the document stands in the item of its listing: %v", own, d)
		}
	}
	note := record.GetClinicalNotes()[0]
	if n := note.GetNarrative(); n.GetItemId() != d.GetHeader().GetItemId() || len(n.GetAuthors()) == 0 {
		t.Errorf("the note is not of the listed document: %v", n)
	}
	if a := got.Account; a.Items < 3 || a.Resources != a.Items+a.Supporting+a.Reported {
		t.Errorf("account %+v", a)
	}
}

func TestADocumentBeforeItsListingIsTheSame(t *testing.T) {
	one, other := together(t, true).Response, together(t, false).Response
	for _, d := range [][2]any{
		{one.GetRecord().GetDocuments(), other.GetRecord().GetDocuments()},
		{one.GetRecord().GetClinicalNotes(), other.GetRecord().GetClinicalNotes()},
		{one.GetOutcomes(), other.GetOutcomes()},
	} {
		if diff := cmp.Diff(d[0], d[1], protocmp.Transform()); diff != "" {
			t.Errorf("(-listing first +document first):\n%s", diff)
		}
	}
}

func TestADocumentThatIsNotListedIsAnItem(t *testing.T) {
	document, gap := documents.Read([]byte(summary), &lhcrv1.PatientQuery{NhsNumber: "9990000018"}, time.Now())
	if gap != nil {
		t.Fatal(gap)
	}
	got, err := fhir.Read(fhir.Input{RegionID: "test", Strict: true, Payloads: []fhir.Payload{document}})
	if err != nil || len(got.Response.GetRecord().GetDocuments()) != 1 {
		t.Errorf("%v: %v", err, got)
	}
}
