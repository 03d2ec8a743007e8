package sdk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
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
}

// GetDocument writes a document's bytes as they arrive and says what it is. With an
// error, whatever was written is not the document and must be thrown away: only the
// stream's end, whose size and SHA-256 agree with the bytes, makes it whole.
func (c *Client) GetDocument(ctx context.Context, query DocumentQuery, w io.Writer) (*lhcrv1.DocumentInfo, error) {
	req, err := query.message()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.records.GetDocument(ctx, req)
	if err != nil {
		return nil, failed(err)
	}
	return receive(stream, w)
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

type documentStream = grpc.ServerStreamingClient[lhcrv1.GetDocumentResponse]

// receive copies a document's stream and holds it to its end.
func receive(stream documentStream, w io.Writer) (*lhcrv1.DocumentInfo, error) {
	d := &document{sum: sha256.New(), to: w}
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, failed(err, headersOf(stream)...)
		}
		if err := d.take(event); err != nil {
			return nil, err
		}
	}
	if err := d.verify(requestID(headersOf(stream)...)); err != nil {
		return nil, err
	}
	return d.info, nil
}

// document is what of a document has come.
type document struct {
	info *lhcrv1.DocumentInfo
	end  *lhcrv1.DocumentEnd
	sum  hash.Hash
	size uint64
	to   io.Writer
}

func (d *document) take(event *lhcrv1.GetDocumentResponse) error {
	switch e := event.GetEvent().(type) {
	case *lhcrv1.GetDocumentResponse_Info:
		d.info = e.Info
	case *lhcrv1.GetDocumentResponse_Chunk:
		d.size += uint64(len(e.Chunk))
		d.sum.Write(e.Chunk)
		if _, err := d.to.Write(e.Chunk); err != nil {
			return fmt.Errorf("sdk: writing the document: %w", err)
		}
	case *lhcrv1.GetDocumentResponse_End:
		d.end = e.End
	}
	return nil
}

func (d *document) verify(requestID string) error {
	switch {
	case d.end == nil:
		return broken("the document's stream ended without its end: the document is not whole", requestID)
	case d.info == nil:
		return broken("the document's stream did not say what the document is", requestID)
	case d.end.GetSize() != d.size || d.end.GetSha256() != hex.EncodeToString(d.sum.Sum(nil)):
		return broken("the document's bytes are not those that were sent", requestID)
	}
	return nil
}
