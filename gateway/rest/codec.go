package rest

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

const (
	mediaJSON   = "application/json"
	mediaStream = "application/x-ndjson"
)

// codec writes and reads the contract as JSON: names in camelCase, enumerations by
// their long names, empty fields too; a field that is not known is an error.
type codec struct {
	out protojson.MarshalOptions
	in  protojson.UnmarshalOptions
}

var (
	_ runtime.Marshaler         = (*codec)(nil)
	_ runtime.Delimited         = (*codec)(nil)
	_ runtime.StreamContentType = (*codec)(nil)
)

func newCodec() *codec {
	return &codec{out: protojson.MarshalOptions{EmitUnpopulated: true}}
}

// Marshal writes a message, or one line of a stream: {"result": …} or {"error": …}.
func (c *codec) Marshal(v any) ([]byte, error) {
	switch v := v.(type) {
	case proto.Message:
		return c.out.Marshal(v)
	case map[string]any:
		return c.line("result", v["result"])
	case map[string]proto.Message:
		return c.line("error", v["error"])
	}
	return nil, fmt.Errorf("%T has no JSON form", v)
}

func (c *codec) line(key string, v any) ([]byte, error) {
	message, ok := v.(proto.Message)
	if !ok {
		return nil, fmt.Errorf("%T has no JSON form", v)
	}
	body, err := c.out.Marshal(message)
	if err != nil {
		return nil, err
	}
	return json.Marshal(map[string]json.RawMessage{key: body})
}

// Unmarshal reads a message. Its error says where and what, and repeats no value.
func (c *codec) Unmarshal(data []byte, v any) error {
	message, ok := v.(proto.Message)
	if !ok {
		return fmt.Errorf("%T has no JSON form", v)
	}
	if err := c.in.Unmarshal(data, message); err != nil {
		return unreadable(err, data, message.ProtoReflect().Descriptor())
	}
	return nil
}

// NewDecoder reads the body of a request.
func (c *codec) NewDecoder(r io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(v any) error {
		if b, ok := r.(*body); ok {
			return b.decode(c, v)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		return c.Unmarshal(data, v)
	})
}

// NewEncoder writes messages.
func (c *codec) NewEncoder(w io.Writer) runtime.Encoder {
	return runtime.EncoderFunc(func(v any) error {
		data, err := c.Marshal(v)
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	})
}

// ContentType is that of a message.
func (c *codec) ContentType(any) string { return mediaJSON }

// StreamContentType is that of a stream: one JSON object a line.
func (c *codec) StreamContentType(any) string { return mediaStream }

// Delimiter ends a line of a stream.
func (c *codec) Delimiter() []byte { return []byte("\n") }
