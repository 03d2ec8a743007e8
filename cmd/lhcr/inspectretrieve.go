package main

import (
	"fmt"
	"mime"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/cda"
	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
)

// retrieved reads the documents of a repository's answer: those that hold entries by them, others as documents. What
// failed is a failure inside the answer.
func retrieved(m *soap.Message) ([]fhir.Payload, string, error) {
	r, err := xds.ReadRetrieved(m)
	if err != nil {
		return nil, "", unreadable(m.XML, err)
	}
	frame := &model.Bundle{Type: "collection"}
	outcome := failures(r)
	var list []fhir.Payload
	for i := range r.Documents {
		d := &r.Documents[i]
		p, ok := contentOf(d)
		switch {
		case d.Err != nil:
			outcome.Issue = append(outcome.Issue, issue(d.Err.Error()))
		case ok:
			list = append(list, p)
		case broken(d):
			outcome.Issue = append(outcome.Issue, issue("a document could not be read: what it holds is missing"))
			fallthrough
		default:
			add(frame, "DocumentReference", listing(d))
		}
	}
	if len(outcome.Issue) > 0 {
		add(frame, "OperationOutcome", outcome)
	}
	if len(frame.Entry) > 0 || len(list) == 0 {
		list = append(list, xds.Read(frame))
	}
	return list, fmt.Sprintf("%d documents came.", len(r.Documents)), nil
}

// failures are what the answer says of its failures.
func failures(r *xds.Retrieved) *model.OperationOutcome {
	out := &model.OperationOutcome{}
	for _, f := range xds.Judge(r.Status, r.Errors).Failures {
		out.Issue = append(out.Issue, issue(f.Message))
	}
	return out
}

func issue(words string) model.Issue {
	return model.Issue{Severity: "error", Code: "exception", Details: &model.Concept{Text: words}}
}

func add(b *model.Bundle, kind string, r model.Resource) {
	r.Header().ResourceType = kind
	b.Entry = append(b.Entry, model.BundleEntry{Resource: model.Contained{Resource: r}})
}

// contentOf reads a document that holds entries: a clinical document, or one in FHIR.
func contentOf(d *xds.Document) (fhir.Payload, bool) {
	switch decode.FormatOf(d.Content) {
	case decode.FormatCDA:
		doc, err := cda.Read(d.Content, cda.Options{Listed: []model.Identifier{*uniqueID(d)}})
		if err != nil {
			return fhir.Payload{}, false
		}
		return doc.Payload(), true
	case decode.FormatJSON, decode.FormatFHIRXML:
		return fhir.Payload{Body: d.Content, FromDocument: true}, true
	}
	return fhir.Payload{}, false
}

// broken reports a document that may hold entries and that came cut short, or empty: it begins as a clinical document,
// or is XML by its type.
func broken(d *xds.Document) bool {
	media, _, err := mime.ParseMediaType(d.MediaType)
	if err != nil {
		media = d.MediaType
	}
	return len(d.Content) == 0 || decode.FormatOf(d.Content) == decode.FormatCDA || strings.HasSuffix(strings.ToLower(media), "xml")
}

func uniqueID(d *xds.Document) *model.Identifier {
	return &model.Identifier{System: "urn:ietf:rfc:3986", Value: d.Document}
}

// listing is what is known of a document of another format.
func listing(d *xds.Document) *model.DocumentReference {
	size := model.Number(fmt.Sprint(len(d.Content)))
	return &model.DocumentReference{
		MasterIdentifier: uniqueID(d),
		Content:          []model.DocumentContent{{Attachment: &model.Attachment{ContentType: d.MediaType, Size: size}}},
	}
}
