package sdk

import (
	"bytes"
	"context"
	"errors"
	"io"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// DocumentQuery asks for one content of one document. ContentID may be empty when
// the document has one content only; the rest is required.
type DocumentQuery struct {
	// Patient is the patient, whom the document must be about.
	Patient Patient
	// Access says why it is read.
	Access Access
	// RegionID is the region that lists the document.
	RegionID string
	// ItemID is the document's item id.
	ItemID string
	// ContentID is the content's id, from Document.contents.
	ContentID string
	// MaxBytes bounds the document. Zero takes up to [DefaultMaxDocumentBytes].
	MaxBytes int64
}

// DefaultMaxDocumentBytes is the largest document that is taken unless a query says
// otherwise. It is the largest that a gateway delivers.
const DefaultMaxDocumentBytes = 8 << 20

// GetDocument writes a document's bytes as they arrive and says what it is. With an
// error, whatever was written is not the document and must be thrown away: only the
// stream's end, whose size and SHA-256 agree with the bytes, makes it whole.
func (c *Client) GetDocument(ctx context.Context, query DocumentQuery, w io.Writer) (*lhcrv1.DocumentInfo, error) {
	d, err := c.OpenDocument(ctx, query)
	if err != nil {
		return nil, err
	}
	_, err = d.WriteTo(w)
	if err = errors.Join(err, d.Close()); err != nil {
		return nil, err
	}
	return d.Info(), nil
}

// ReadDocument gives a document's bytes once the whole of it is here and verified, and
// none with an error.
func (c *Client) ReadDocument(ctx context.Context, query DocumentQuery) ([]byte, *lhcrv1.DocumentInfo, error) {
	var content bytes.Buffer
	info, err := c.GetDocument(ctx, query, &content)
	if err != nil {
		return nil, nil, err
	}
	return content.Bytes(), info, nil
}

func (q DocumentQuery) message() (*lhcrv1.GetDocumentRequest, error) {
	patient, violations := q.Patient.message()
	access, more := q.Access.message()
	violations = append(violations, more...)
	for _, required := range []struct{ field, value string }{{"region_id", q.RegionID}, {"item_id", q.ItemID}} {
		if required.value == "" {
			violations = append(violations, Violation{Field: required.field, Rule: "required", Message: "name the document as the record lists it"})
		}
	}
	if violations != nil {
		return nil, invalid(violations)
	}
	return &lhcrv1.GetDocumentRequest{
		Patient: patient, Access: access, RegionId: q.RegionID, ItemId: q.ItemID, ContentId: q.ContentID,
	}, nil
}
