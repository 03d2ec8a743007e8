package sdktest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const (
	// maxRecord is the largest GetRecordResponse (contract rule 15).
	maxRecord = 4 << 20
	// chunk is how many bytes of a document one message carries.
	chunk = 64 << 10
)

// GetRecord answers once.
func (g *Gateway) GetRecord(_ context.Context, q *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	res, err := g.answer(q)
	if err != nil {
		return nil, err
	}
	if proto.Size(res) > maxRecord {
		return nil, TooLarge(1).call.err
	}
	return res, nil
}

// StreamRecord answers region by region.
func (g *Gateway) StreamRecord(req *lhcrv1.StreamRecordRequest, stream lhcrv1.RecordService_StreamRecordServer) error {
	res, err := g.answer(req.GetQuery())
	if err != nil {
		return err
	}
	s := &sender[*lhcrv1.StreamRecordResponse]{send: stream.Send, faults: g.on()}
	parts := uint32(0)
	for _, region := range answering(res) {
		for _, part := range partsOf(res, region) {
			if err := s.next(&lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Part{Part: part}}); err != nil {
				return err
			}
			parts++
		}
	}
	return s.next(&lhcrv1.StreamRecordResponse{Event: &lhcrv1.StreamRecordResponse_Summary{Summary: &lhcrv1.RecordSummary{
		Completeness: res.GetCompleteness(), Groups: res.GetGroups(), RequestId: res.GetRequestId(), AssembledAt: res.GetAssembledAt(), Parts: parts,
	}}})
}

// answering are the regions of an answer, in order.
func answering(res *lhcrv1.GetRecordResponse) []string {
	var ids []string
	for _, o := range res.GetOutcomes() {
		ids = append(ids, o.GetRegionId())
	}
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// partsOf are the parts of one region: its items under each field, then the rest,
// so that even a small record comes in more than one.
func partsOf(res *lhcrv1.GetRecordResponse, region string) []*lhcrv1.RegionPart {
	record := proto.CloneOf(res.GetRecord())
	each(record, func(item protoreflect.Message) bool {
		r, _, _ := identify(item)
		return r == region
	})
	of := func(id string) bool { return id == region }
	parts := []*lhcrv1.RegionPart{{RegionId: region, Record: record}, {
		RegionId: region, Sequence: 1, Last: true,
		Outcomes: keep(slices.Clone(res.GetOutcomes()), func(o *lhcrv1.SectionOutcome) bool { return of(o.GetRegionId()) }),
		Links:    keep(slices.Clone(res.GetLinks()), func(l *lhcrv1.ItemLink) bool { return of(l.GetRegionId()) }),
		Sources:  keep(slices.Clone(res.GetSources()), func(s *lhcrv1.SourceResource) bool { return of(s.GetRegionId()) }),
	}}
	for _, report := range res.GetRegions() {
		if of(report.GetRegionId()) {
			parts[1].Report = report
		}
	}
	return parts
}

// GetDocument sends a document.
func (g *Gateway) GetDocument(q *lhcrv1.GetDocumentRequest, stream lhcrv1.RecordService_GetDocumentServer) error {
	if err := check(q.GetPatient(), q.GetAccess()); err != nil {
		return err
	}
	doc, ok := fixtures().documents[documentKey{q.GetPatient().GetNhsNumber(), q.GetRegionId(), q.GetItemId(), q.GetContentId()}]
	if !ok {
		return refuse(codes.NotFound, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND, "the region lists no such document for this patient")
	}
	s := &sender[*lhcrv1.GetDocumentResponse]{send: stream.Send, faults: g.on()}
	if err := s.next(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Info{Info: doc.info}}); err != nil {
		return err
	}
	sum := sha256.Sum256(doc.bytes)
	for piece := range slices.Chunk(doc.bytes, chunk) {
		if s.corrupts() {
			piece = slices.Clone(piece)
			piece[0] ^= 1
		}
		if err := s.next(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Chunk{Chunk: piece}}); err != nil {
			return err
		}
	}
	return s.next(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_End{End: &lhcrv1.DocumentEnd{
		Size: uint64(len(doc.bytes)), Sha256: hex.EncodeToString(sum[:]),
	}}})
}

// GetServerInfo says that this is a fake.
func (g *Gateway) GetServerInfo(context.Context, *lhcrv1.GetServerInfoRequest) (*lhcrv1.GetServerInfoResponse, error) {
	return &lhcrv1.GetServerInfoResponse{
		Version: "sdktest", ContractVersion: sdk.ContractVersion, Features: []string{"cache", "documents", "stream"}, Time: timestamppb.New(g.now()),
	}, nil
}

// ListRegions lists the regions of the sandbox.
func (g *Gateway) ListRegions(context.Context, *lhcrv1.ListRegionsRequest) (*lhcrv1.ListRegionsResponse, error) {
	return fixtures().regions, nil
}

// GetRegion is one region of the sandbox.
func (g *Gateway) GetRegion(_ context.Context, q *lhcrv1.GetRegionRequest) (*lhcrv1.GetRegionResponse, error) {
	for _, r := range fixtures().regions.GetRegions() {
		if r.GetRegionId() == q.GetRegionId() {
			return &lhcrv1.GetRegionResponse{Region: r, Health: healthOf(r)}, nil
		}
	}
	return nil, refuse(codes.NotFound, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION, "region_id: no region has this id: RegionService.ListRegions lists them")
}

// ResolveRegions finds regions by committee or board. The sandbox knows no organisations.
func (g *Gateway) ResolveRegions(_ context.Context, q *lhcrv1.ResolveRegionsRequest) (*lhcrv1.ResolveRegionsResponse, error) {
	res := &lhcrv1.ResolveRegionsResponse{Explanation: "no region of the sandbox is known to serve it: name regions in the query"}
	for _, r := range fixtures().regions.GetRegions() {
		names := append(slices.Clone(r.GetPharmaceuticalCommittees()), r.GetIntegratedCareBoards()...)
		if slices.ContainsFunc(names, func(n string) bool {
			return strings.EqualFold(n, q.GetPharmaceuticalCommittee()) || strings.EqualFold(n, q.GetIntegratedCareBoard())
		}) {
			res.RegionIds = append(res.RegionIds, r.GetRegionId())
			res.Explanation = "the definitions of these regions name it"
		}
	}
	return res, nil
}

// ListRegionHealth says that no region was called yet.
func (g *Gateway) ListRegionHealth(context.Context, *lhcrv1.ListRegionHealthRequest) (*lhcrv1.ListRegionHealthResponse, error) {
	res := &lhcrv1.ListRegionHealthResponse{}
	for _, r := range fixtures().regions.GetRegions() {
		res.Health = append(res.Health, healthOf(r))
	}
	return res, nil
}

func healthOf(r *lhcrv1.Region) *lhcrv1.RegionHealth {
	return &lhcrv1.RegionHealth{RegionId: r.GetRegionId(), Breaker: lhcrv1.BreakerState_BREAKER_STATE_CLOSED}
}

// ListNetworkEndpoints lists the addresses of the regions' definitions.
func (g *Gateway) ListNetworkEndpoints(_ context.Context, q *lhcrv1.ListNetworkEndpointsRequest) (*lhcrv1.ListNetworkEndpointsResponse, error) {
	res := proto.CloneOf(fixtures().endpoints)
	if named := q.GetRegionIds(); len(named) > 0 {
		res.Endpoints = keep(res.GetEndpoints(), func(e *lhcrv1.NetworkEndpoint) bool { return slices.Contains(named, e.GetRegionId()) })
	}
	return res, nil
}
