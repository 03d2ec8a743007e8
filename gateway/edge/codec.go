package edge

import (
	"bytes"

	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/wire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/proto" // registers the codec that is wrapped
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// codec is the codec of messages, with two differences.
//
// A request whose bytes are no message comes out empty and marked, and the walk refuses
// it: identified, audited, and as the caller's mistake. grpc would answer it as a fault
// of the server, in the decoder's words, before the walk begins.
//
// An answer that is encoded already goes out as the bytes that it carries, or in the
// pieces that it is in (package wire), which are not copied. Whoever makes such an
// answer must never write to them again.
type codec struct{ encoding.CodecV2 }

var _ encoding.CodecV2 = codec{}

func newCodec() codec { return codec{encoding.GetCodecV2("proto")} }

// Marshal writes a message, or passes on the bytes of one that is encoded already.
func (c codec) Marshal(v any) (mem.BufferSlice, error) {
	if answer, ok := v.(*wire.Answer); ok {
		return piecesOf(answer), nil
	}
	if message, ok := v.(proto.Message); ok {
		if encoded := unknown(message); len(encoded) > 0 && len(encoded) == proto.Size(message) {
			return mem.BufferSlice{mem.SliceBuffer(encoded)}, nil
		}
	}
	return c.CodecV2.Marshal(v)
}

// piece is bytes that are never given back to any pool.
type piece struct{ mem.SliceBuffer }

var _ mem.Buffer = (*piece)(nil)

func piecesOf(a *wire.Answer) mem.BufferSlice {
	slice, pieces := make(mem.BufferSlice, len(a.Pieces)), make([]piece, len(a.Pieces))
	for i, p := range a.Pieces {
		pieces[i].SliceBuffer = p
		slice[i] = &pieces[i]
	}
	return slice
}

// Unmarshal reads a message or marks it as unreadable.
func (c codec) Unmarshal(data mem.BufferSlice, v any) error {
	err := c.CodecV2.Unmarshal(data, v)
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
