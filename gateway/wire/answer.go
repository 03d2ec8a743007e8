// Package wire takes an answer that is encoded already past the code that is
// generated for its service, from whoever puts it together to the codec, without a
// copy of its bytes and with what the audit is to be told of it.
//
// Whoever sends answers expects one ([Expecting]) and settles what came ([Desk.Settle]).
// Whoever makes them gives them ([Give]). Where nobody expects one, the answer is the
// message that it always was: nothing in between ever sees an answer that looks empty.
package wire

import (
	"bytes"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Answer is an encoded GetRecordResponse. It is never changed once made.
type Answer struct {
	// Pieces are the message when laid end to end. They are parts of what is kept of a
	// patient: nobody may write to them.
	Pieces [][]byte
	// Outcomes say what became of each section of each region.
	Outcomes []Outcome
	// Completeness is that of the whole.
	Completeness lhcrv1.Completeness
}

// Outcome is what became of one section of one region.
type Outcome struct {
	Region  string
	Section lhcrv1.Section
	Status  lhcrv1.OutcomeStatus
}

// Message is the answer as a message that carries its bytes as fields that it does not
// know: it must reach the wire without being decoded, copied field by field or written
// as JSON.
func (a *Answer) Message() *lhcrv1.GetRecordResponse {
	message := &lhcrv1.GetRecordResponse{}
	message.ProtoReflect().SetUnknown(bytes.Join(a.Pieces, nil))
	return message
}

// Size is the size of the message in bytes.
func (a *Answer) Size() int {
	n := 0
	for _, p := range a.Pieces {
		n += len(p)
	}
	return n
}
