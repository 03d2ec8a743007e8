package assembly

import (
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// MaxChunkBytes is the largest StreamRecordResponse.
const MaxChunkBytes = 1 << 20

// envelopeBytes is more than what a StreamRecordResponse adds to what a part holds:
// tags and lengths, the region's id, the sequence and last.
const envelopeBytes = 256

// The fields of RegionPart that are laid out here, and that of StreamRecordResponse
// in which a RegionPart stands.
const (
	chunkRecordField   protowire.Number = 2
	chunkOutcomesField protowire.Number = 3
	chunkLinksField    protowire.Number = 4
	chunkSourcesField  protowire.Number = 5
	chunkReportField   protowire.Number = 8
	partField          protowire.Number = 1
)

// Chunks cuts a selection into the parts of a stream, each at most [MaxChunkBytes],
// between items and never within one. Items come first, then links, then originals;
// the outcomes and the report come with the last part. Outcomes too large for one
// part begin in the parts before it.
func Chunks(s *Selection) []*lhcrv1.StreamRecordResponse {
	c := &chunker{region: s.region}
	for _, i := range s.items {
		c.addItem(i.Encoded)
	}
	for _, l := range s.links {
		c.add(chunkLinksField, l.Encoded)
	}
	for _, x := range s.sources {
		c.add(chunkSourcesField, x.Encoded)
	}
	c.keepTogether(s.closingSize())
	for _, o := range s.outcomes {
		c.addOutcome(o)
	}
	c.add(chunkReportField, s.report)
	c.cut(true)
	return c.chunks
}

// closingSize is the size of what belongs into the last part.
func (s *Selection) closingSize() int {
	n := framedSize(chunkReportField, len(s.report))
	for _, o := range s.outcomes {
		n += framedSize(chunkOutcomesField, o.size())
	}
	return n
}

// chunker fills one part after the other.
type chunker struct {
	region string
	chunks []*lhcrv1.StreamRecordResponse
	items  []byte // of the part being filled, as a Record
	beside []byte // its other fields
}

func (c *chunker) addItem(encoded []byte) {
	c.makeRoom(len(encoded))
	c.items = append(c.items, encoded...)
}

func (c *chunker) add(field protowire.Number, encoded []byte) {
	c.makeRoom(framedSize(field, len(encoded)))
	c.beside = appendFramed(c.beside, field, encoded)
}

func (c *chunker) addOutcome(o outcome) {
	c.makeRoom(framedSize(chunkOutcomesField, o.size()))
	c.beside = o.append(c.beside, chunkOutcomesField)
}

// makeRoom cuts where what comes next does not fit any more.
func (c *chunker) makeRoom(size int) {
	if filled := len(c.items) + len(c.beside); filled > 0 && filled+size > MaxChunkBytes-envelopeBytes {
		c.cut(false)
	}
}

// keepTogether cuts where what comes next fits into one part, but no longer into this one.
func (c *chunker) keepTogether(size int) {
	if size <= MaxChunkBytes-envelopeBytes {
		c.makeRoom(size)
	}
}

// cut closes the part being filled.
func (c *chunker) cut(last bool) {
	// Marshalling fails on strings that are no UTF-8 only; a region's id is a-z.
	b, _ := proto.Marshal(&lhcrv1.RegionPart{RegionId: c.region, Sequence: uint32(len(c.chunks)), Last: last})
	if len(c.items) > 0 {
		b = appendFramed(b, chunkRecordField, c.items)
	}
	b = append(b, c.beside...)
	response := &lhcrv1.StreamRecordResponse{}
	response.ProtoReflect().SetUnknown(appendFramed(nil, partField, b))
	c.chunks = append(c.chunks, response)
	c.items, c.beside = nil, nil
}
