package rules

import (
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

// Stream puts the messages of a stream together as an answer, and watches their shape.
// The zero Stream has seen none.
type Stream struct {
	answer  lhcrv1.GetRecordResponse
	next    map[string]uint32
	ended   map[string]bool
	parts   uint32
	summary *lhcrv1.RecordSummary
	found   findings
}

// Take takes the next message.
func (s *Stream) Take(m *lhcrv1.StreamRecordResponse) {
	if s.summary != nil {
		s.found.add(StreamWhole, "a message came after the summary")
	}
	if m.GetSummary() != nil {
		s.close(m.GetSummary())
		return
	}
	s.add(m.GetPart())
}

func (s *Stream) add(p *lhcrv1.RegionPart) {
	if s.next == nil {
		s.next, s.ended = map[string]uint32{}, map[string]bool{}
	}
	region := p.GetRegionId()
	if s.ended[region] || p.GetSequence() != s.next[region] {
		s.found.add(StreamWhole, "part %d of %s came where %d was due", p.GetSequence(), region, s.next[region])
	}
	s.next[region]++
	s.ended[region] = p.GetLast()
	s.parts++
	for _, i := range items(p.GetRecord()) {
		if i.GetHeader().GetRegionId() != region {
			s.found.add(StreamWhole, "a part of %s holds an item of another region", region)
		}
	}
	proto.Merge(&s.answer, &lhcrv1.GetRecordResponse{
		Record: p.GetRecord(), Outcomes: p.GetOutcomes(), Links: p.GetLinks(), Sources: p.GetSources(),
	})
}

func (s *Stream) close(summary *lhcrv1.RecordSummary) {
	s.summary = summary
	for region, ended := range s.ended {
		if !ended {
			s.found.add(StreamWhole, "the summary came before the last part of %s", region)
		}
	}
	if summary.GetParts() != s.parts {
		s.found.add(StreamWhole, "%d parts were counted and %d came", summary.GetParts(), s.parts)
	}
	s.answer.Completeness, s.answer.Groups, s.answer.AssembledAt = summary.GetCompleteness(), summary.GetGroups(), summary.GetAssembledAt()
}

// End is the stream's end without an error: the answer that it makes, and what was wrong
// with its shape.
func (s *Stream) End() (*lhcrv1.GetRecordResponse, []Violation) {
	if s.summary == nil {
		s.found.add(StreamWhole, "it ended well without its summary")
	}
	return &s.answer, s.found.all
}
