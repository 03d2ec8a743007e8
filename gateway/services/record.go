// Package services answers the contract's services. Each is thin: who calls comes
// from the context, the work is done elsewhere, and an answer that is encoded
// already is passed through untouched.
package services

import (
	"context"

	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/failure"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
)

// Lookup reads records and documents. Its errors are those of the contract.
type Lookup interface {
	// Get answers once. The answer carries its bytes as unknown fields: it must
	// reach the wire without being decoded, copied field by field or written as JSON.
	Get(ctx context.Context, caller *adapterv1.Caller, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error)
	// Stream sends part by part, then a summary. It stops with the error that send returns.
	Stream(ctx context.Context, caller *adapterv1.Caller, req *lhcrv1.GetRecordRequest, send func(*lhcrv1.StreamRecordResponse) error) error
	// Document sends what the document is, its bytes and an end.
	Document(ctx context.Context, caller *adapterv1.Caller, req *lhcrv1.GetDocumentRequest, send func(*lhcrv1.GetDocumentResponse) error) error
}

// Record is the RecordService.
type Record struct {
	lhcrv1.UnsafeRecordServiceServer
	lookup Lookup
}

var _ lhcrv1.RecordServiceServer = (*Record)(nil)

// NewRecord makes the RecordService.
func NewRecord(lookup Lookup) *Record { return &Record{lookup: lookup} }

// GetRecord answers once.
func (s *Record) GetRecord(ctx context.Context, req *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	caller, err := callerOf(ctx)
	if err != nil {
		return nil, err
	}
	return s.lookup.Get(ctx, caller, req)
}

// StreamRecord sends part by part.
func (s *Record) StreamRecord(req *lhcrv1.StreamRecordRequest, stream grpc.ServerStreamingServer[lhcrv1.StreamRecordResponse]) error {
	caller, err := callerOf(stream.Context())
	if err != nil {
		return err
	}
	return s.lookup.Stream(stream.Context(), caller, req.GetQuery(), stream.Send)
}

// GetDocument sends one document.
func (s *Record) GetDocument(req *lhcrv1.GetDocumentRequest, stream grpc.ServerStreamingServer[lhcrv1.GetDocumentResponse]) error {
	caller, err := callerOf(stream.Context())
	if err != nil {
		return err
	}
	return s.lookup.Document(stream.Context(), caller, req, stream.Send)
}

// callerOf is who calls. That nobody was identified is a fault of ours: the edge
// lets no such call through.
func callerOf(ctx context.Context) (*adapterv1.Caller, error) {
	caller, ok := access.CallerFrom(ctx)
	if !ok {
		return nil, failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "the call reached the service without a caller")
	}
	return caller, nil
}
