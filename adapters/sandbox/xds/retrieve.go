package xds

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

// retrieval is a RetrieveDocumentSet on its way to its answer.
type retrieval struct {
	*community
	message *soap.Message
	found   []filed
	errs    []registryError
}

// retrieve answers ITI-43 and ITI-39.
func (c *community) retrieve(m *soap.Message) (string, func(fault.Kind) fault.Reply) {
	r := &retrieval{community: c, message: m}
	number := ""
	for _, asked := range soap.Children(m.Payload, xdsSpace, "DocumentRequest") {
		f, wrong := r.one(asked)
		if f.folder != nil {
			number = numberOf(f.folder)
		}
		if wrong != nil {
			r.errs = append(r.errs, *wrong)
			continue
		}
		r.found = append(r.found, f)
	}
	return number, func(kind fault.Kind) fault.Reply { return r.respond(kind, number) }
}

// one finds one document that is asked for. A document that is lost gives its folder all the same.
func (r *retrieval) one(asked *etree.Element) (filed, *registryError) {
	id := soap.Text(soap.Child(asked, xdsSpace, "DocumentUniqueId"))
	home := soap.Text(soap.Child(asked, xdsSpace, "HomeCommunityId"))
	switch {
	case r.HomeCommunity != "" && home == "":
		return filed{}, &registryError{"XDSMissingHomeCommunityId", "the request for " + id + " names no community"}
	case r.HomeCommunity != "" && home != r.home():
		return filed{}, &registryError{"XDSUnknownCommunity", "home " + home + " is not this community"}
	case soap.Text(soap.Child(asked, xdsSpace, "RepositoryUniqueId")) != r.Repository:
		return filed{}, &registryError{"XDSUnknownRepositoryId", "the repository of " + id + " is not this one"}
	}
	f, ok := r.people.byUnique[id]
	if !ok || f.document.Lost {
		return f, &registryError{"XDSDocumentUniqueIdError", "the document " + id + " is not held"}
	}
	return f, nil
}

// respond gives the documents, wrong in the way of a content kind.
func (r *retrieval) respond(kind fault.Kind, number string) fault.Reply {
	broken := registryError{"XDSRepositoryError", "simulated failure for patient " + number}
	switch kind {
	case fault.ErrorIn200:
		r.found, r.errs = nil, []registryError{broken}
	case fault.PartialIn200:
		r.errs = append(r.errs, broken)
		if len(r.found) > 1 {
			r.found = r.found[:len(r.found)-1]
		}
	}
	body, parts := r.body(kind)
	action := "urn:ihe:iti:2007:RetrieveDocumentSetResponse"
	if r.HomeCommunity != "" {
		action = "urn:ihe:iti:2007:CrossGatewayRetrieveResponse"
	}
	return soap.Multipart(action, r.message.ID, body, parts)
}

func (r *retrieval) status() string {
	switch {
	case len(r.errs) == 0:
		return success
	case len(r.found) == 0:
		return failure
	default:
		return partialSuccess
	}
}

func (r *retrieval) body(kind fault.Kind) (string, []soap.Part) {
	var b strings.Builder
	var parts []soap.Part
	b.WriteString(`<xds:RetrieveDocumentSetResponse xmlns:xds="` + xdsSpace + `"` + spaces + `><rs:RegistryResponse status="` +
		r.status() + `">` + r.errorList(r.errs) + `</rs:RegistryResponse>`)
	for _, f := range r.found {
		content := r.content(kind, f)
		inner, part := attach(f.document, content)
		if part != nil && kind != fault.MissingPart {
			parts = append(parts, *part)
		}
		b.WriteString(`<xds:DocumentResponse>`)
		if r.HomeCommunity != "" {
			b.WriteString(`<xds:HomeCommunityId>` + r.home() + `</xds:HomeCommunityId>`)
		}
		fmt.Fprintf(&b, `<xds:RepositoryUniqueId>%s</xds:RepositoryUniqueId><xds:DocumentUniqueId>%s</xds:DocumentUniqueId><xds:mimeType>%s</xds:mimeType><xds:Document>%s</xds:Document></xds:DocumentResponse>`,
			r.Repository, f.document.UniqueID, f.document.MediaType, inner)
	}
	b.WriteString(`</xds:RetrieveDocumentSetResponse>`)
	return b.String(), parts
}

// content is the document's bytes, or others where a fault wants others.
func (r *retrieval) content(kind fault.Kind, f filed) []byte {
	switch kind {
	case fault.WrongPatient:
		return counterpart(r.people.other(f.folder), f.document).Content
	case fault.WrongHash:
		altered := bytes.Clone(f.document.Content)
		altered[len(altered)/2] ^= 1
		return altered
	default:
		return f.document.Content
	}
}

// counterpart is a document of somebody else's, of the same media type if there is one.
func counterpart(folder *documents.Folder, like *documents.Document) *documents.Document {
	for i, d := range folder.Documents {
		if d.MediaType == like.MediaType {
			return &folder.Documents[i]
		}
	}
	return &folder.Documents[0]
}

// attach gives what stands within Document: base64, or a reference to a part.
func attach(d *documents.Document, content []byte) (string, *soap.Part) {
	if d.Inline {
		return base64.StdEncoding.EncodeToString(content), nil
	}
	part := &soap.Part{ID: d.UniqueID + "." + rand.Text() + "@repository.example", MediaType: d.MediaType, Content: content}
	return `<xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:` + part.ID + `"/>`, part
}
