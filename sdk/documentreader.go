package sdk

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
)

// DocumentReader reads one document as it arrives. Close it when done. It is for one
// goroutine.
//
// What Read gave is the document only once Read gave io.EOF: until then it can turn
// out not to be whole, and the last Read then gives an [*Error] in io.EOF's place. Do
// not show what was read before.
type DocumentReader struct {
	ctx    context.Context
	cancel context.CancelFunc
	errand *errand
	events *events[lhcrv1.GetDocumentResponse]
	info   *lhcrv1.DocumentInfo
	end    *lhcrv1.DocumentEnd
	sum    hash.Hash
	size   uint64
	limit  uint64
	chunk  []byte
	// err is how it ended: io.EOF when it is whole.
	err    error
	closed bool
}

var (
	_ io.ReadCloser = (*DocumentReader)(nil)
	_ io.WriterTo   = (*DocumentReader)(nil)
)

// OpenDocument asks for a document and returns once the gateway has said what it is.
// The context bounds the reading too.
func (c *Client) OpenDocument(ctx context.Context, query DocumentQuery) (*DocumentReader, error) {
	req, err := query.message()
	if err != nil {
		return nil, err
	}
	d := &DocumentReader{
		errand: c.errand("GetDocument", c.documentTimeout), sum: sha256.New(),
		limit: uint64(max(cmp.Or(query.MaxBytes, DefaultMaxDocumentBytes), 0)),
	}
	d.ctx, d.cancel, d.errand.allowed = bounded(ctx, c.documentTimeout)
	d.events, err = open(d.ctx, d.errand, req, c.records.GetDocument)
	if err == nil {
		err = d.begin()
	}
	if err != nil {
		err = d.errand.end(d.ctx, err)
		d.cancel()
		return nil, err
	}
	return d, nil
}

// Info says what the document is, as the gateway said before its bytes.
func (d *DocumentReader) Info() *lhcrv1.DocumentInfo { return d.info }

// Read gives the next bytes. Its io.EOF says that the document is whole: size and
// SHA-256 of what was read agree with what was sent.
func (d *DocumentReader) Read(p []byte) (int, error) {
	if err := d.fill(); err != nil {
		return 0, err
	}
	n := copy(p, d.chunk)
	d.chunk = d.chunk[n:]
	return n, nil
}

// WriteTo writes the rest of the document. Without an error the document is whole.
func (d *DocumentReader) WriteTo(w io.Writer) (int64, error) {
	var written int64
	for {
		err := d.fill()
		if errors.Is(err, io.EOF) {
			return written, nil
		}
		if err != nil {
			return written, err
		}
		n, err := w.Write(d.chunk)
		written += int64(n)
		d.chunk = d.chunk[n:]
		if err != nil {
			return written, fmt.Errorf("sdk: writing the document: %w", err)
		}
	}
}

// Close ends the reading. It is no error to close before the end: the document is then not whole.
func (d *DocumentReader) Close() error {
	if d.closed {
		return nil
	}
	d.closed = true
	switch {
	case d.err == nil:
		d.err = errors.New("sdk: the document was closed before its end")
		_ = d.errand.end(d.ctx, errLeft) // the observer's: who closes knows
	case errors.Is(d.err, io.EOF):
		_ = d.errand.end(d.ctx, nil)
	default:
		_ = d.errand.end(d.ctx, d.err) // Read has given it
	}
	d.cancel()
	return nil
}

// begin takes what the document is, which is the first event.
func (d *DocumentReader) begin() error {
	event, err := d.events.next()
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if d.info = event.GetInfo(); d.info == nil {
		return broken("the document's stream did not say what the document is", requestID(d.events.headers()...))
	}
	return d.bounded(d.info.GetSize())
}

// fill makes sure of bytes to give, or says how the document ended.
func (d *DocumentReader) fill() error {
	for d.err == nil && len(d.chunk) == 0 {
		d.err = d.next()
	}
	if len(d.chunk) > 0 && !d.closed {
		return nil
	}
	return d.err
}

func (d *DocumentReader) next() error {
	event, err := d.events.next()
	if errors.Is(err, io.EOF) {
		return d.verified()
	}
	if err != nil {
		return d.errand.reported(err)
	}
	if end := event.GetEnd(); end != nil {
		d.end = end
	}
	d.chunk = event.GetChunk()
	d.size += uint64(len(d.chunk))
	d.sum.Write(d.chunk)
	if err := d.bounded(d.size); err != nil {
		d.chunk = nil
		return err
	}
	return nil
}

func (d *DocumentReader) bounded(size uint64) error {
	if size <= d.limit {
		return nil
	}
	return &Error{
		Code: codes.FailedPrecondition, Reason: lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_TOO_LARGE,
		Message: fmt.Sprintf("the document is larger than the %d bytes that are taken", d.limit), RequestID: d.errand.id,
	}
}

// verified is io.EOF when the document is whole.
func (d *DocumentReader) verified() error {
	id := requestID(d.events.headers()...)
	switch {
	case d.end == nil:
		return broken("the document's stream ended without its end: the document is not whole", id)
	case d.end.GetSize() != d.size || d.end.GetSha256() != hex.EncodeToString(d.sum.Sum(nil)):
		return broken("the document's bytes are not those that were sent", id)
	}
	return io.EOF
}
