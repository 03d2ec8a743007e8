package fhirsearch_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// binary is what the region answers at Binary/1.
type binary struct {
	media string
	body  []byte
	code  int
}

// documentRegion lists one document with the attachment, and answers Binary/1.
func documentRegion(t *testing.T, attachment string, b binary) (*fhirsearch.Region, *server) {
	t.Helper()
	document := `{"resource":{"resourceType":"DocumentReference","id":"d1","status":"current","subject":{"reference":"Patient/p1"},` +
		`"content":[{"attachment":` + attachment + `}]}}`
	s, client := newServer(t, nil)
	s.serve = func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, "/fhir/Binary/1"):
			w.Header().Set("Content-Type", b.media)
			w.WriteHeader(max(b.code, http.StatusOK))
			_, _ = w.Write(b.body)
		case strings.HasPrefix(r.URL.Path, "/fhir/Patient"):
			_, _ = fmt.Fprint(w, held()[0])
		default:
			_, _ = fmt.Fprint(w, strings.ReplaceAll(bundle(1, "", document), "{base}", s.url+"/fhir"))
		}
	}
	return region(t, s, client), s
}

func fetchDocument(t *testing.T, r *fhirsearch.Region) (*adapterv1.FetchDocumentResponse, error) {
	t.Helper()
	d := fetch(t, r, lhcrv1.Section_SECTION_DOCUMENTS).GetRecord().GetDocuments()
	if len(d) != 1 {
		t.Fatalf("%d documents are listed", len(d))
	}
	return r.FetchDocument(t.Context(), &adapterv1.FetchDocumentRequest{
		Patient: &lhcrv1.PatientQuery{NhsNumber: number}, ItemId: d[0].GetHeader().GetItemId(), ContentId: d[0].GetContents()[0].GetContentId(),
	})
}

func TestDocumentContents(t *testing.T) {
	pdf := []byte("%PDF-1.4 words")
	encoded := base64.StdEncoding.EncodeToString(pdf)
	for name, c := range map[string]struct {
		attachment string
		binary     binary
		media      string
	}{
		"relative":         {`{"contentType":"application/pdf","url":"Binary/1"}`, binary{media: "application/pdf", body: pdf}, "application/pdf"},
		"absolute":         {`{"contentType":"application/pdf","url":"{base}/Binary/1"}`, binary{media: "application/pdf", body: pdf}, "application/pdf"},
		"of no said type":  {`{"contentType":"application/pdf","url":"Binary/1"}`, binary{media: "application/octet-stream", body: pdf}, "application/pdf"},
		"a Binary of R4":   {`{"contentType":"application/pdf","url":"Binary/1"}`, binary{media: "application/fhir+json", body: []byte(`{"resourceType":"Binary","contentType":"application/pdf","data":"` + encoded + `"}`)}, "application/pdf"},
		"a Binary of STU3": {`{"contentType":"application/pdf","url":"Binary/1"}`, binary{media: "application/fhir+json; charset=utf-8", body: []byte(`{"resourceType":"Binary","contentType":"application/pdf","content":"` + encoded + `"}`)}, "application/pdf"},
		"within the entry": {`{"contentType":"application/pdf","data":"` + encoded + `"}`, binary{}, "application/pdf"},
		"a Binary in XML":  {`{"contentType":"application/pdf","url":"Binary/1"}`, binary{media: "application/fhir+xml", body: []byte(`<Binary xmlns="http://hl7.org/fhir"><contentType value="application/pdf"/><data value="` + encoded + `"/></Binary>`)}, "application/pdf"},
		"of its size":      {`{"contentType":"application/pdf","size":14,"url":"Binary/1"}`, binary{media: "application/pdf", body: pdf}, "application/pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := documentRegion(t, c.attachment, c.binary)
			res, err := fetchDocument(t, r)
			if err != nil || string(res.GetContent()) != string(pdf) || res.GetMediaType() != c.media {
				t.Errorf("%d bytes of %q, %v", len(res.GetContent()), res.GetMediaType(), err)
			}
		})
	}
}

func TestDocumentsThatAreNotDelivered(t *testing.T) {
	here := `{"contentType":"application/pdf","url":"Binary/1"}`
	for name, c := range map[string]struct {
		attachment string
		binary     binary
		want       codes.Code
	}{
		"kept elsewhere":          {`{"url":"https://elsewhere.invalid/Binary/1"}`, binary{}, codes.FailedPrecondition},
		"kept in plain text":      {`{"url":"http://127.0.0.1/Binary/1"}`, binary{}, codes.FailedPrecondition},
		"kept at a file":          {`{"url":"file:///etc/passwd"}`, binary{}, codes.FailedPrecondition},
		"without content":         {`{"title":"a placeholder"}`, binary{}, codes.NotFound},
		"larger than delivered":   {here, binary{media: "application/pdf", body: make([]byte, adapters.MaxDocumentBytes+1)}, codes.ResourceExhausted},
		"far larger":              {here, binary{media: "application/pdf", body: make([]byte, 2*adapters.MaxDocumentBytes)}, codes.ResourceExhausted},
		"an answer of JSON":       {here, binary{media: "application/json", body: []byte(`{"resourceType":"OperationOutcome"}`)}, codes.DataLoss},
		"an answer of XML":        {here, binary{media: "application/fhir+xml", body: []byte(`<OperationOutcome xmlns="http://hl7.org/fhir"/>`)}, codes.DataLoss},
		"a page of HTML":          {here, binary{media: "text/html", body: []byte("<html>Sorry</html>")}, codes.DataLoss},
		"a page that says PDF":    {here, binary{media: "application/pdf", body: []byte("<!DOCTYPE html><html>Sorry</html>")}, codes.DataLoss},
		"nothing":                 {here, binary{media: "application/pdf"}, codes.DataLoss},
		"of another size":         {`{"contentType":"application/pdf","size":7,"url":"Binary/1"}`, binary{media: "application/pdf", body: []byte("%PDF-1.4 words")}, codes.DataLoss},
		"of another hash":         {`{"contentType":"application/pdf","hash":"qUqP5cyxm6YcTAhz05Hph5gvu9M=","url":"Binary/1"}`, binary{media: "application/pdf", body: []byte("%PDF-1.4 words")}, codes.DataLoss},
		"said to be larger":       {`{"contentType":"application/pdf","size":9000000,"url":"Binary/1"}`, binary{}, codes.ResourceExhausted},
		"damaged":                 {`{"contentType":"application/pdf","data":"%%%"}`, binary{}, codes.DataLoss},
		"refused":                 {here, binary{code: 403}, codes.PermissionDenied},
		"on a service that fails": {here, binary{code: 500}, codes.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			r, _ := documentRegion(t, c.attachment, c.binary)
			_, err := fetchDocument(t, r)
			if status.Code(err) != c.want {
				t.Errorf("%v, want %v", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "invalid") {
				t.Errorf("the error names an address: %v", err)
			}
		})
	}
}
