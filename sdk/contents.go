package sdk

import (
	"slices"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// DocumentContent is one content of one document that can be fetched.
type DocumentContent struct {
	// Document is the document as the record lists it.
	Document *lhcrv1.Document
	// Content is the content, with its media type, size and title as recorded.
	Content *lhcrv1.Attachment
}

// Query asks for the content, for a patient and on a footing.
func (d DocumentContent) Query(patient Patient, access Access) DocumentQuery {
	header := d.Document.GetHeader()
	return DocumentQuery{
		Patient: patient, Access: access,
		RegionID: header.GetRegionId(), ItemID: header.GetItemId(), ContentID: d.Content.GetContentId(),
	}
}

// DocumentContents are the contents of the record's documents that can be fetched,
// and what is missing from the list of documents: show both. A document without a
// content that can be fetched is not here, and in [Record.Documents] all the same; its
// contents say why. What is smaller than a query takes can still be refused as too
// large: sizes are as recorded.
func (r *Record) DocumentContents() ([]DocumentContent, []Gap) {
	documents, gaps := r.Documents().WithGaps()
	var contents []DocumentContent
	for _, document := range documents {
		for _, content := range document.GetContents() {
			if content.GetContentId() != "" {
				contents = append(contents, DocumentContent{Document: document, Content: content})
			}
		}
	}
	return slices.Clip(contents), gaps
}
