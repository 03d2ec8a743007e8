package lookup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// documentChunk is how many bytes of a document one message carries.
const documentChunk = 256 << 10

// Document reads one content of one document and sends what it is, its bytes in
// order, and an end with their SHA-256. Only a stream that ends with its end is
// whole. Nothing is sent of a document that is not certainly about the patient.
//
// Errors are those of the contract: INVALID_ARGUMENT (a field, an unknown region),
// NOT_FOUND, FAILED_PRECONDITION (too large, somebody else's), PERMISSION_DENIED,
// UNAVAILABLE, DATA_LOSS, UNIMPLEMENTED, DEADLINE_EXCEEDED and CANCELLED. The error
// of send is returned as it is.
func (l *Lookup) Document(ctx context.Context, caller *adapterv1.Caller, req *lhcrv1.GetDocumentRequest, send func(*lhcrv1.GetDocumentResponse) error) error {
	asked, err := ask(caller, req.GetPatient())
	if err != nil {
		return err
	}
	r := l.regions[req.GetRegionId()]
	if r == nil {
		return unknownRegion("region_id")
	}
	bounded, cancel, err := l.begin(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	d := &documentQuestion{asked: asked, region: r, request: req, caller: caller, attempts: &attempts{lookup: l, region: r.ID()}}
	res, err := d.within(bounded)
	switch {
	case ctx.Err() != nil:
		return gaveUp(ctx)
	case err != nil:
		return err
	}
	return sendDocument(ctx, r.ID(), res, send)
}

// documentQuestion is what one region is asked of one document.
type documentQuestion struct {
	asked    identity.Asked
	region   *region
	request  *lhcrv1.GetDocumentRequest
	caller   *adapterv1.Caller
	attempts *attempts
}

// documentAnswer is a document or why there is none.
type documentAnswer struct {
	document *adapterv1.FetchDocumentResponse
	err      error
}

// within asks in a goroutine of its own, so that an adapter which does not mind its
// context delays nobody.
func (d *documentQuestion) within(ctx context.Context) (*adapterv1.FetchDocumentResponse, error) {
	wait, _ := regionTime(ctx, d.region)
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	answers := make(chan documentAnswer, 1)
	go func() { answers <- d.guarded(waiting) }()
	select {
	case a := <-answers:
		return a.document, a.err
	case <-waiting.Done():
		d.attempts.abandon(waiting.Err())
		return nil, documentFailure(waiting.Err())
	}
}

func (d *documentQuestion) guarded(ctx context.Context) (a documentAnswer) {
	defer func() {
		if recover() != nil {
			a = documentAnswer{err: failure.New(codes.Internal, lhcrv1.ErrorReason_ERROR_REASON_INTERNAL, "the gateway failed over the region's answer")}
			d.attempts.end(a.err)
		}
	}()
	res, err := d.answer(ctx)
	return documentAnswer{document: res, err: err}
}

func (d *documentQuestion) answer(ctx context.Context) (*adapterv1.FetchDocumentResponse, error) {
	caller := callerFor(d.region.ID(), d.caller, d.request.GetAccess())
	patient := proto.CloneOf(d.request.GetPatient())
	found := d.region.locate(ctx, d.attempts, func() *adapterv1.LocateRequest {
		return &adapterv1.LocateRequest{Caller: caller, Patient: patient}
	})
	switch {
	case found.err != nil:
		return nil, documentFailure(found.err)
	case found.verdictOf(d.asked).Mismatch():
		return nil, notThisPatient()
	case found.notHeld:
		return nil, noSuchDocument()
	}
	res, err := d.region.FetchDocument(d.attempts.start(ctx, MethodFetchDocument), &adapterv1.FetchDocumentRequest{
		Caller: caller, Patient: patient, ItemId: d.request.GetItemId(), ContentId: d.request.GetContentId(), Handle: found.handle,
	})
	d.attempts.end(err)
	if err != nil {
		return nil, documentFailure(err)
	}
	if d.asked.Check(identity.People(res.GetPatients())).Mismatch() {
		return nil, notThisPatient()
	}
	return res, nil
}

// sendDocument cuts the bytes into messages.
func sendDocument(ctx context.Context, region string, doc *adapterv1.FetchDocumentResponse, send func(*lhcrv1.GetDocumentResponse) error) error {
	content := doc.GetContent()
	sum := sha256.Sum256(content)
	size := uint64(len(content))
	if err := send(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Info{Info: &lhcrv1.DocumentInfo{
		MediaType: doc.GetMediaType(), Title: doc.GetTitle(), Size: size, RegionId: region,
	}}}); err != nil {
		return err
	}
	for len(content) > 0 {
		if ctx.Err() != nil {
			return gaveUp(ctx)
		}
		n := min(len(content), documentChunk)
		if err := send(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Chunk{Chunk: content[:n]}}); err != nil {
			return err
		}
		content = content[n:]
	}
	return send(&lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_End{End: &lhcrv1.DocumentEnd{
		Size: size, Sha256: hex.EncodeToString(sum[:]),
	}}})
}
