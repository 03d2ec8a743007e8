package xds

import (
	"bytes"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// Document is one document that was retrieved.
type Document struct {
	Key
	// MediaType as the repository says.
	MediaType string
	// Content is the document's bytes, a part of the answer's own.
	Content []byte
	// Err is why there is no content: a [*soap.Error].
	Err error
}

// Retrieved is a repository's answer.
type Retrieved struct {
	Status    Status
	Errors    []Error
	Documents []Document
}

// ReadRetrieved reads a RetrieveDocumentSetResponse. ErrNotXDS is for what is something else.
func ReadRetrieved(m *soap.Message) (*Retrieved, error) {
	switch m.Body.Local {
	case "RetrieveDocumentSetResponse":
	case "RegistryResponse": // of a repository that has no document to send
		return &Retrieved{Status: readStatus(m.Body), Errors: readErrors(m.Body)}, nil
	default:
		return nil, ErrNotXDS
	}
	r := &Retrieved{Status: readStatus(m.Body.Child("RegistryResponse"))}
	for _, said := range m.Body.Children("RegistryResponse") {
		r.Errors = append(r.Errors, readErrors(said)...)
	}
	for _, e := range m.Body.Children("DocumentResponse") {
		r.Documents = append(r.Documents, readDocument(m, e))
	}
	return r, nil
}

func readDocument(m *soap.Message, e *xmltree.Element) Document {
	d := Document{
		Key:       Key{Home: text(e, "HomeCommunityId"), Repository: text(e, "RepositoryUniqueId"), Document: text(e, "DocumentUniqueId")},
		MediaType: text(e, "mimeType"),
	}
	content := e.Child("Document")
	if content == nil {
		d.Err = &soap.Error{Kind: soap.KindPart}
		return d
	}
	d.Content, d.Err = m.Content(content)
	return d
}

func text(e *xmltree.Element, name string) string { return strings.TrimSpace(e.Child(name).Text()) }

// Find gives the document of a key. A community counts where both name it; of two documents of
// one key that differ, nobody can say which is meant.
func (r *Retrieved) Find(k Key) (Document, bool) {
	var found *Document
	for i := range r.Documents {
		d := &r.Documents[i]
		if !d.is(k) {
			continue
		}
		if found != nil && (found.Err != nil || d.Err != nil || !bytes.Equal(found.Content, d.Content)) {
			return Document{Key: k, Err: &soap.Error{Kind: soap.KindPart}}, true
		}
		found = d
	}
	if found == nil {
		return Document{}, false
	}
	return *found, true
}

func (d *Document) is(k Key) bool {
	home := d.Home == "" || k.Home == "" || strings.EqualFold(Home(d.Home), Home(k.Home))
	return home && d.Document == k.Document && (d.Repository == k.Repository || d.Repository == "")
}
