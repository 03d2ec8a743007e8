package assembly

import (
	"errors"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// MaxRecordBytes is the largest GetRecordResponse: what a client of grpc takes
// unless told otherwise.
const MaxRecordBytes = 4 << 20

// ErrTooLarge says that an answer exceeds [MaxRecordBytes].
var ErrTooLarge = errors.New("the answer exceeds 4 MiB")

// The fields of GetRecordResponse that are laid out here.
const (
	recordField   protowire.Number = 1
	outcomesField protowire.Number = 2
	linksField    protowire.Number = 4
	groupsField   protowire.Number = 5
	sourcesField  protowire.Number = 6
	regionsField  protowire.Number = 7
)

// Record puts one answer together from the selections of all regions, in their
// order. The error is [ErrTooLarge].
func Record(selections []*Selection, requestID string, at time.Time) (*lhcrv1.GetRecordResponse, error) {
	size := 0
	for _, s := range selections {
		size += s.size()
	}
	if size > MaxRecordBytes {
		return nil, ErrTooLarge
	}
	tail, err := closing(selections, requestID, at)
	if err != nil {
		return nil, err
	}
	b := appendRecord(make([]byte, 0, size+len(tail)+16), selections)
	for _, s := range selections {
		b = s.appendBeside(b)
	}
	b = append(b, tail...)
	if len(b) > MaxRecordBytes {
		return nil, ErrTooLarge
	}
	response := &lhcrv1.GetRecordResponse{}
	response.ProtoReflect().SetUnknown(b)
	return response, nil
}

// closing is what is known only of the whole, encoded.
func closing(selections []*Selection, requestID string, at time.Time) ([]byte, error) {
	var groups Groups
	var tally Tally
	groups.grow(selections)
	for _, s := range selections {
		groups.Add(s)
		tally.Merge(s.tally)
	}
	b, err := proto.Marshal(&lhcrv1.GetRecordResponse{
		Completeness: tally.Completeness(), RequestId: requestID, AssembledAt: timestamppb.New(at),
	})
	return groups.append(b, groupsField), err
}

// size is what the selection adds to an answer, but for the record's own tag and length.
func (s *Selection) size() int {
	n := s.itemsSize() + framedSize(regionsField, len(s.report))
	for _, o := range s.outcomes {
		n += framedSize(outcomesField, o.size())
	}
	for _, l := range s.links {
		n += framedSize(linksField, len(l.Encoded))
	}
	for _, x := range s.sources {
		n += framedSize(sourcesField, len(x.Encoded))
	}
	return n
}

func (s *Selection) itemsSize() int {
	n := 0
	for _, i := range s.items {
		n += len(i.Encoded)
	}
	return n
}

// appendRecord lays the items of all regions end to end: together they are one Record.
func appendRecord(b []byte, selections []*Selection) []byte {
	size := 0
	for _, s := range selections {
		size += s.itemsSize()
	}
	b = protowire.AppendTag(b, recordField, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(size))
	for _, s := range selections {
		for _, i := range s.items {
			b = append(b, i.Encoded...)
		}
	}
	return b
}

// appendBeside lays what stands beside the items.
func (s *Selection) appendBeside(b []byte) []byte {
	for _, o := range s.outcomes {
		b = o.append(b, outcomesField)
	}
	for _, l := range s.links {
		b = appendFramed(b, linksField, l.Encoded)
	}
	for _, x := range s.sources {
		b = appendFramed(b, sourcesField, x.Encoded)
	}
	return appendFramed(b, regionsField, s.report)
}
