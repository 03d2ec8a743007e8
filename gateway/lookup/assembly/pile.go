package assembly

import "google.golang.org/protobuf/encoding/protowire"

// pile lays encodings end to end in pieces. It points at long ones where they are and
// copies short ones, each of which would cost more to send by itself.
type pile struct {
	pieces [][]byte
	own    []byte // what was copied, or made here
	cut    int    // up to where own stands in pieces
	run    []byte // encodings that lie end to end already and are in no piece yet
}

// leastPiece is the least that is pointed at: below it, a copy is cheaper.
const leastPiece = 512

// usualPieces is how many pieces most answers have at most.
const usualPieces = 32

func newPile(room int) *pile {
	return &pile{pieces: make([][]byte, 0, usualPieces), own: make([]byte, 0, room)}
}

// record lays the items of all regions, so many bytes: together they are one Record.
func (p *pile) record(selections []*Selection, size int) {
	p.own = protowire.AppendTag(p.own, recordField, protowire.BytesType)
	p.own = protowire.AppendVarint(p.own, uint64(size))
	for _, s := range selections {
		for _, i := range s.items {
			p.lay(i.Encoded)
		}
	}
	p.endRun()
}

// lay lays an encoding.
func (p *pile) lay(encoded []byte) {
	if follows(p.run, encoded) {
		p.run = p.run[:len(p.run)+len(encoded)]
		return
	}
	p.endRun()
	p.run = encoded
}

// follows says whether an encoding lies right behind a run, in the same memory.
func follows(run, encoded []byte) bool {
	n := len(run)
	return n > 0 && len(encoded) > 0 && n+len(encoded) <= cap(run) && &run[:n+1][n] == &encoded[0]
}

func (p *pile) endRun() {
	if len(p.run) < leastPiece {
		p.own = append(p.own, p.run...)
	} else {
		p.endOwn()
		p.pieces = append(p.pieces, p.run[:len(p.run):len(p.run)])
	}
	p.run = nil
}

// endOwn makes a piece of what was copied since the last. Should own move when it
// grows, the piece stays where it is.
func (p *pile) endOwn() {
	if end := len(p.own); end > p.cut {
		p.pieces = append(p.pieces, p.own[p.cut:end:end])
		p.cut = end
	}
}

// whole are all pieces.
func (p *pile) whole() [][]byte {
	p.endRun()
	p.endOwn()
	return p.pieces
}
