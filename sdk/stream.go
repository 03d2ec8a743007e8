package sdk

import (
	"context"
	"errors"
	"io"
	"iter"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Stream is a record that arrives region by region. It is for one goroutine.
type Stream struct {
	ctx     context.Context
	client  *Client
	query   Query
	started bool
	built   *assembly
	err     error
}

// StreamRecord asks for a record region by region. Nothing is sent before the
// stream is ranged over.
//
//	stream := client.StreamRecord(ctx, query)
//	for region, err := range stream.Regions() {
//		…
//	}
//	record, err := stream.Record()
func (c *Client) StreamRecord(ctx context.Context, query Query) *Stream {
	return &Stream{ctx: ctx, client: c, query: query, built: newAssembly(query.Sections)}
}

// Regions yields each region's record as soon as the whole of it is there, in the
// order in which the regions answer. Groups across regions come with [Stream.Record].
// The last pair holds an error, and no record, when the stream broke off or ended
// without its summary: what came so far is partial. Leaving the loop early ends the
// stream. A stream can be ranged over once.
//
// Each region's record and the whole hold the same items: read them, and change none.
func (s *Stream) Regions() iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		if s.started {
			yield(nil, errors.New("sdk: the stream was read before"))
			return
		}
		s.started = true
		left := false
		s.err = s.read(func(region *Record) bool {
			left = !yield(region, nil)
			return !left
		})
		if s.err != nil {
			s.built.breakOff(s.err)
		}
		if s.err != nil && !left {
			yield(nil, s.err)
		}
	}
}

// Record is the whole record, reading what was not read yet. With an error, it is
// what came so far, and every section of it is incomplete.
func (s *Stream) Record() (*Record, error) {
	if !s.started {
		for range s.Regions() {
			continue
		}
	}
	return s.built.record(), s.err
}

// read takes message after message until the stream's end.
func (s *Stream) read(land func(*Record) bool) error {
	query, err := s.query.message()
	if err != nil {
		return err
	}
	e := s.client.errand("StreamRecord", s.client.timeout)
	ctx, cancel, allowed := bounded(s.ctx, e.allowed)
	defer cancel()
	e.allowed = allowed
	return e.end(ctx, s.follow(ctx, e, &lhcrv1.StreamRecordRequest{Query: query}, land))
}

func (s *Stream) follow(ctx context.Context, e *errand, req *lhcrv1.StreamRecordRequest, land func(*Record) bool) error {
	events, err := open(ctx, e, req, s.client.records.StreamRecord)
	if err != nil {
		return err
	}
	for {
		event, err := events.next()
		if errors.Is(err, io.EOF) {
			return s.built.ended(requestID(events.headers()...))
		}
		if err != nil {
			return e.reported(err)
		}
		if err := s.take(event, land); err != nil {
			return err
		}
	}
}

// errLeft is the error of a stream that the caller left.
var errLeft = errors.New("sdk: the stream was left before its end: the record is partial")

func (s *Stream) take(event *lhcrv1.StreamRecordResponse, land func(*Record) bool) error {
	switch e := event.GetEvent().(type) {
	case *lhcrv1.StreamRecordResponse_Summary:
		return s.built.finish(e.Summary)
	case *lhcrv1.StreamRecordResponse_Part:
		region, err := s.built.take(e.Part)
		if err != nil {
			return err
		}
		if region != nil && !land(region) {
			return errLeft
		}
	}
	// A kind of event that a later contract adds loses nothing of this contract.
	return nil
}
