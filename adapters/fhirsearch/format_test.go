package fhirsearch_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

const (
	patientXML = `<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><total value="1"/><entry><resource><Patient><id value="p1"/>` +
		`<identifier><system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="` + number + `"/></identifier></Patient></resource><search><mode value="match"/></search></entry></Bundle>`
	documentXML = `<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><total value="1"/><entry><resource><DocumentReference><id value="d1"/><status value="current"/>` +
		`<subject><reference value="Patient/p1"/></subject><content><attachment><contentType value="text/plain"/><url value="Binary/1"/></attachment></content></DocumentReference></resource></entry></Bundle>`
)

func TestAnswersInXML(t *testing.T) {
	s, client := newServer(t, nil)
	seen := requests(s, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/fhir+xml")
		switch {
		case strings.Contains(r.URL.Path, "/Patient"):
			_, _ = io.WriteString(w, patientXML)
		case strings.Contains(r.URL.Path, "/DocumentReference"):
			_, _ = io.WriteString(w, documentXML)
		case strings.Contains(r.URL.Path, "/Binary"):
			w.Header().Set("Content-Type", "text/plain")
			_, _ = io.WriteString(w, "A letter.")
		}
	})
	r, err := configured(t, s, client, asIs, "  page_size: 100", "  page_size: 100\n  format: xml")
	if err != nil {
		t.Fatal(err)
	}
	documents := ask(t, r, []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS}).GetRecord().GetDocuments()
	if len(documents) != 1 {
		t.Fatalf("%d documents are listed", len(documents))
	}
	for _, req := range *seen {
		if req.Header.Get("Accept") != "application/fhir+xml" || req.Form.Get("_format") != "xml" {
			t.Errorf("%s: %q, %q", req.URL.Path, req.Header.Get("Accept"), req.Form.Get("_format"))
		}
	}
	res, err := r.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: number}, ItemId: documents[0].GetHeader().GetItemId(),
	})
	if err != nil || string(res.GetContent()) != "A letter." {
		t.Errorf("%v, %v", res, err)
	}
}
