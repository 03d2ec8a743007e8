package lookup

import (
	"time"

	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// summary gathers what closes a stream. It keeps no item of what was sent.
type summary struct {
	groups assembly.Groups
	tally  assembly.Tally
	parts  uint32
}

// send sends one region's parts.
func (s *summary) send(selection *assembly.Selection, send func(*lhcrv1.StreamRecordResponse) error) error {
	s.groups.Add(selection)
	s.tally.Merge(selection.Tally())
	for _, chunk := range assembly.Chunks(selection) {
		if err := send(chunk); err != nil {
			return err
		}
		s.parts++
	}
	return nil
}

func (s *summary) message(requestID string, at time.Time) *lhcrv1.StreamRecordResponse {
	return &lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Summary{Summary: &lhcrv1.RecordSummary{
		Completeness: s.tally.Completeness(), Groups: s.groups.Messages(), RequestId: requestID,
		AssembledAt: timestamppb.New(at), Parts: s.parts,
	}}}
}
