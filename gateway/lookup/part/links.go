package part

import (
	"google.golang.org/protobuf/proto"
)

// encodeLinks gives each link to the parts of the item that it starts at. A link
// that starts at no item of the answer has nothing to say.
func (e *encoder) encodeLinks() {
	for place, l := range e.answer.Response.GetLinks() {
		drafts := e.holders[l.GetFromItemId()]
		if len(drafts) == 0 {
			continue
		}
		l.RegionId = e.answer.Region
		encoded, ok := encodeFor(drafts, l)
		if !ok {
			continue
		}
		link := Link{From: l.GetFromItemId(), To: l.GetToItemId(), Place: uint32(place), Encoded: encoded}
		for _, d := range drafts {
			d.part.Links = append(d.part.Links, link)
		}
	}
}

// encodeSources gives each original to the parts of its item.
func (e *encoder) encodeSources() {
	for place, s := range e.answer.Response.GetSources() {
		drafts := e.holders[s.GetItemId()]
		if len(drafts) == 0 {
			continue
		}
		s.RegionId = e.answer.Region
		encoded, ok := encodeFor(drafts, s)
		if !ok {
			continue
		}
		source := Source{ItemID: s.GetItemId(), Place: uint32(place), Encoded: encoded}
		for _, d := range drafts {
			d.part.Sources = append(d.part.Sources, source)
		}
	}
}

// encodeFor encodes what stands beside items, or counts it as lost.
func encodeFor(drafts []*draft, m proto.Message) ([]byte, bool) {
	if proto.Size(m) > MaxItemBytes {
		return nil, lose(drafts, tooLarge)
	}
	encoded, err := proto.Marshal(m)
	if err != nil {
		return nil, lose(drafts, unreadable)
	}
	return encoded, true
}
