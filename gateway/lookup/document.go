package lookup

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
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
	deployed := l.deployed.Load()
	r := deployed.regions[req.GetRegionId()]
	if r == nil {
		return unknownRegion("region_id")
	}
	until, err := deployed.usable(ctx)
	if err != nil {
		return err
	}
	bounded, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	d := &documentQuestion{
		asked: asked, region: r, request: req, caller: callerFor(r.id, caller, req.GetAccess()), keep: deployed.keep,
		patient: proto.CloneOf(req.GetPatient()), lookup: l, attempts: &attempts{lookup: l, region: r.id},
	}
	res, err := d.within(bounded)
	switch {
	case ctx.Err() != nil:
		return gaveUp(ctx)
	case err != nil:
		return err
	}
	return sendDocument(ctx, r.id, res, send)
}

// documentQuestion is what one region is asked of one document.
type documentQuestion struct {
	asked    identity.Asked
	region   *region
	request  *lhcrv1.GetDocumentRequest
	caller   *adapterv1.Caller // as the region hears of them
	patient  *lhcrv1.PatientQuery
	keep     Keep
	lookup   *Lookup
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

// answer locates and fetches. With a location that was kept it fetches at once, and
// locates anew where the reply could come of a handle that is not good any more.
func (d *documentQuestion) answer(ctx context.Context) (*adapterv1.FetchDocumentResponse, error) {
	held, reading := d.held(ctx)
	var first documentReply
	if held != nil {
		if first = d.fetch(ctx, held.Handle); !first.stale(d.asked) {
			return first.judged(d.asked)
		}
	}
	found := d.region.locate(ctx, d.attempts, d.lookup.opts.Now, func() *adapterv1.LocateRequest {
		return &adapterv1.LocateRequest{Caller: d.caller, Patient: d.patient}
	})
	switch {
	case found.err != nil:
		return nil, documentFailure(found.err)
	case found.verdictOf(d.asked).Mismatch():
		return nil, notThisPatient()
	case found.notHeld:
		return nil, noSuchDocument()
	}
	d.fill(reading, found)
	if held != nil && found.told && bytes.Equal(found.handle, held.Handle) {
		return first.judged(d.asked)
	}
	return d.fetch(ctx, found.handle).judged(d.asked)
}

// held is where the region holds the person, as it was kept, and under what it may
// be kept anew. That a region did not hold the person is asked again: somebody has
// just been shown a document of theirs.
func (d *documentQuestion) held(ctx context.Context) (*part.Location, *cache.Reading) {
	if d.lookup.opts.Cache == nil || !d.region.canLocate || !d.region.mayKeep(d.request.GetAccess()) {
		return nil, nil
	}
	reading := d.lookup.opts.Cache.Read(ctx, d.asked.Number(), []cache.Field{{Region: d.region.id, View: d.view(), Reader: d.region.reader}})
	entry, _ := reading.Entry(0)
	held, ok := entry.Value.(*part.Location)
	if !ok || held.NotHeld || !holdsFor(held, d.asked) || !lastsFor(d.lookup.opts.Now().Sub(entry.Retrieved), d.keep.Held) {
		return nil, reading
	}
	return held, reading
}

func (d *documentQuestion) view() cache.View {
	return viewsOf(d.region.varies, d.caller, d.request.GetAccess(), d.request.GetPatient(), manner{}).location
}

func (d *documentQuestion) fill(reading *cache.Reading, found location) {
	if reading == nil {
		return
	}
	if kept, ok := found.kept(d.region, d.view(), d.keep); ok {
		d.lookup.opts.Cache.Fill(reading, []cache.Kept{kept})
	}
}

// documentReply is what a region answered to a FetchDocument.
type documentReply struct {
	res *adapterv1.FetchDocumentResponse
	err error
}

func (d *documentQuestion) fetch(ctx context.Context, handle []byte) documentReply {
	res, err := d.region.FetchDocument(d.attempts.start(ctx, MethodFetchDocument), &adapterv1.FetchDocumentRequest{
		Caller: d.caller, Patient: d.patient, ItemId: d.request.GetItemId(), ContentId: d.request.GetContentId(), Handle: slices.Clone(handle),
	})
	d.attempts.end(err)
	return documentReply{res, err}
}

func (r documentReply) mismatch(asked identity.Asked) bool {
	return asked.Check(identity.People(r.res.GetPatients())).Mismatch()
}

// stale says whether a reply could come of a handle that was kept for too long.
func (r documentReply) stale(asked identity.Asked) bool {
	if r.err != nil {
		return staleHandle(r.err)
	}
	return r.mismatch(asked)
}

func (r documentReply) judged(asked identity.Asked) (*adapterv1.FetchDocumentResponse, error) {
	switch {
	case r.err != nil:
		return nil, documentFailure(r.err)
	case r.mismatch(asked):
		return nil, notThisPatient()
	}
	return r.res, nil
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
