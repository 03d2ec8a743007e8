package edge

import (
	"bytes"

	"github.com/openlhcr/openlhcr/gateway/failure"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers the codec that is wrapped
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// lenient is the codec of messages, but for a request whose bytes are none. grpc would
// answer that as a fault of the server, in the decoder's words, before the walk begins.
// Here the request comes out empty and marked, and the walk refuses it: identified,
// audited, and as the caller's mistake.
type lenient struct{ encoding.CodecV2 }

var _ encoding.CodecV2 = lenient{}

func newCodec() lenient { return lenient{encoding.GetCodecV2("proto")} }

// Unmarshal reads a message or marks it as unreadable.
func (l lenient) Unmarshal(data mem.BufferSlice, v any) error {
	err := l.CodecV2.Unmarshal(data, v)
	message, ok := v.(proto.Message)
	if err == nil || !ok {
		return err
	}
	proto.Reset(message)
	message.ProtoReflect().SetUnknown(unreadableMark())
	return nil
}

// unreadableMark is a field that no message of the contract has: the largest number that
// there is. A caller who sends it is refused as if the request could not be read.
func unreadableMark() []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, protowire.MaxValidNumber, protowire.VarintType), 1)
}

// readable refuses a request that is marked.
func (e *Edge) readable(message proto.Message) error {
	if !bytes.Equal(message.ProtoReflect().GetUnknown(), unreadableMark()) {
		return nil
	}
	e.options.Metrics.Unread(codes.InvalidArgument)
	return failure.New(codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_INVALID_REQUEST,
		"the request is no message of this method, or holds a text that is not UTF-8: compare the contract that your client was generated from")
}
