package composite

import (
	"context"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// FetchDocument asks the system that listed the document, which its item's id tells.
func (r *region) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	able := r.that(lhcrv1.Capability_CAPABILITY_DOCUMENTS)
	if len(able) == 0 {
		return nil, unimplemented()
	}
	handles, err := unframe(req.GetHandle(), len(r.systems))
	if err != nil {
		return nil, err
	}
	// From the end: every id can be one of the main system, which comes first.
	for i, s := range slices.Backward(r.systems) {
		id, its := ofSystem(s.name, req.GetItemId())
		if !its || !slices.Contains(able, s) {
			continue
		}
		own := proto.CloneOf(req)
		own.ItemId, own.Handle = id, handles[i]
		return s.Region.FetchDocument(ctx, own)
	}
	return nil, status.Error(codes.NotFound, "none of the region's systems lists this document")
}

// Contribute asks the first system that can.
func (r *region) Contribute(ctx context.Context, req *adapterv1.ContributeRequest) (*adapterv1.ContributeResponse, error) {
	handles, err := unframe(req.GetHandle(), len(r.systems))
	if err != nil {
		return nil, err
	}
	for i, s := range r.systems {
		if s.can(lhcrv1.Capability_CAPABILITY_CONTRIBUTE) {
			own := proto.CloneOf(req)
			own.Handle = handles[i]
			return s.Region.Contribute(ctx, own)
		}
	}
	return nil, unimplemented()
}
