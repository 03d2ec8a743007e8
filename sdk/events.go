package sdk

import (
	"errors"
	"io"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// events are the messages of a stream, the first of which has come when it is opened.
type events[Res any] struct {
	stream grpc.ServerStreamingClient[Res]
	first  *Res
	// empty says that the stream ended without a message.
	empty bool
}

// begin takes the first message.
func (s *events[Res]) begin() ([]metadata.MD, error) {
	first, err := s.stream.Recv()
	s.first, s.empty = first, errors.Is(err, io.EOF)
	if s.empty {
		err = nil
	}
	if err != nil {
		return s.headers(), err
	}
	header, _ := s.stream.Header() // it came before the message; without it nothing is named
	return []metadata.MD{header}, nil
}

// next is the next message, or io.EOF at the stream's end.
func (s *events[Res]) next() (*Res, error) {
	if s.empty {
		return nil, io.EOF
	}
	if event := s.first; event != nil {
		s.first = nil
		return event, nil
	}
	event, err := s.stream.Recv()
	if err == nil || errors.Is(err, io.EOF) {
		return event, err
	}
	return nil, failed(err, s.headers()...)
}

// headers are the headers and trailers of a stream that has ended.
func (s *events[Res]) headers() []metadata.MD {
	// Without headers the trailers alone may name the request.
	header, _ := s.stream.Header()
	return []metadata.MD{header, s.stream.Trailer()}
}
