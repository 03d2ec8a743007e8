package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Document watches a document's stream. The zero Document has seen nothing.
type Document struct {
	sum   hash.Hash
	bytes uint64
	began bool
	end   *lhcrv1.DocumentEnd
	found findings
}

// Take takes the next message.
func (d *Document) Take(m *lhcrv1.GetDocumentResponse) {
	if d.sum == nil {
		d.sum = sha256.New()
	}
	if d.began == (m.GetInfo() != nil) || d.end != nil {
		d.found.add(DocumentWhole, "its messages are out of order")
	}
	d.began = true
	d.sum.Write(m.GetChunk())
	d.bytes += uint64(len(m.GetChunk()))
	d.end = m.GetEnd()
}

// End is the stream's end without an error: the SHA-256 of the bytes in hex, and what was
// wrong. want is the SHA-256 of this patient's document; empty while it is not known.
func (d *Document) End(want string) (sum string, found []Violation) {
	if d.sum == nil || d.end == nil {
		d.found.add(DocumentWhole, "it ended well without its end")
		return "", d.found.all
	}
	sum = hex.EncodeToString(d.sum.Sum(nil))
	if d.end.GetSize() != d.bytes || d.end.GetSha256() != sum {
		d.found.add(DocumentWhole, "%d bytes came of %d, or not those that were sent", d.bytes, d.end.GetSize())
	}
	if want != "" && want != sum {
		d.found.add(DocumentWhole, "its bytes are not those of the document that was asked for")
	}
	return sum, d.found.all
}
