package soap

import (
	"errors"

	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// Kind says what is wrong with an answer.
type Kind int

// The kinds of wrong answers.
const (
	// KindMalformed: what came is no SOAP message that can be read.
	KindMalformed Kind = iota + 1
	// KindTruncated: the message ends before its end.
	KindTruncated
	// KindTooLarge: the message is beyond a bound of ours.
	KindTooLarge
	// KindOther: the answer belongs to another request.
	KindOther
	// KindPart: a part that the message names did not come, or came more than once.
	KindPart
	// KindSender: a fault that says that what we asked is wrong.
	KindSender
	// KindReceiver: a fault that says that the service failed.
	KindReceiver
	// KindRefused: a fault that refuses us.
	KindRefused
	// KindBusy: a fault that says that the service is busy.
	KindBusy
)

// Error is an answer that is of no use. It holds nothing of the answer.
type Error struct{ Kind Kind }

var _ error = (*Error)(nil)

// Error says what happened, in words for a user.
func (e *Error) Error() string {
	switch e.Kind {
	case KindTruncated:
		return "the region's answer broke off"
	case KindTooLarge:
		return "the region's answer is larger than is read"
	case KindOther:
		return "the region's answer belongs to another request"
	case KindPart:
		return "a part that the region's answer names did not come"
	case KindSender:
		return "the region did not accept what it was asked"
	case KindReceiver:
		return "the region failed"
	case KindRefused:
		return "the region refused us"
	case KindBusy:
		return "the region is busy"
	default:
		return "the region's answer cannot be read"
	}
}

// IsFault reports an answer that was a SOAP fault.
func (e *Error) IsFault() bool { return e.Kind >= KindSender }

func fail(k Kind) error { return &Error{Kind: k} }

// unread is the failure of reading XML.
func unread(err error) error {
	switch {
	case errors.Is(err, xmltree.ErrTruncated):
		return fail(KindTruncated)
	case errors.Is(err, xmltree.ErrTooLarge):
		return fail(KindTooLarge)
	}
	return fail(KindMalformed)
}
