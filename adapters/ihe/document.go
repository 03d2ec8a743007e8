package ihe

import (
	"cmp"
	"context"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/call"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
	"github.com/openlhcr/openlhcr/adapters/transport"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// answerMost is the largest answer that can hold a document: base64 within XML.
const answerMost = adapters.MaxDocumentBytes/3*4 + 256<<10

// FetchDocument retrieves one document. It asks the registry anew which documents it lists for
// the patient: one that is not among them is NOT_FOUND. A document above 8 MiB is
// RESOURCE_EXHAUSTED, one whose bytes are not what is listed DATA_LOSS, an answer about somebody
// else FAILED_PRECONDITION.
func (r *Region) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	list, err := r.Fetch(ctx, &adapterv1.FetchRequest{
		Caller: req.GetCaller(), Patient: req.GetPatient(), Handle: req.GetHandle(), IncludeSource: true, Sections: documentsOnly(),
	})
	if err != nil {
		return nil, err
	}
	e, title, err := r.entryOf(list, req.GetItemId(), req.GetContentId())
	if err != nil {
		return nil, err
	}
	inner, cancel := call.Deadline(ctx, r.definition.Limits.FetchTimeout)
	defer cancel()
	res, err := r.download(inner, req.GetCaller(), e)
	if ctx.Err() != nil {
		return nil, transport.Failure(ctx, ctx.Err())
	}
	if err != nil {
		return nil, err
	}
	if err := documents.About(res.GetContent(), req.GetPatient(), r.client.now()); err != nil {
		return nil, err
	}
	res.Title, res.Patients = title, list.GetPatients()
	return res, nil
}

// entryOf finds the registry's entry of a content among the documents that it lists for the patient.
func (r *Region) entryOf(list *adapterv1.FetchResponse, itemID, contentID string) (*xds.Entry, string, error) {
	for _, d := range list.GetRecord().GetDocuments() {
		if d.GetHeader().GetItemId() != itemID {
			continue
		}
		i := slices.IndexFunc(d.GetContents(), func(a *lhcrv1.Attachment) bool { return a.GetContentId() == contentID || contentID == "" })
		if i < 0 {
			return nil, "", errNoDocument()
		}
		e, err := entryAt(list.GetSources(), itemID)
		return e, d.GetContents()[i].GetTitle(), err
	}
	return nil, "", notListed(list.GetOutcomes())
}

// entryAt reads the entry from its own bytes.
func entryAt(sources []*lhcrv1.SourceResource, itemID string) (*xds.Entry, error) {
	for _, s := range sources {
		if s.GetItemId() != itemID {
			continue
		}
		if e, err := xds.ReadEntry(s.GetContent()); err == nil {
			return e, nil
		}
	}
	return nil, call.Malformed("the region's entry of the document cannot be read")
}

// notListed says why a document is not among those that came. Only a whole list that does not
// name it is a reason to say that it is not there.
func notListed(outcomes []*lhcrv1.SectionOutcome) error {
	for _, o := range outcomes {
		switch o.GetStatus() {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH:
			return status.Error(codes.FailedPrecondition, "the region's answer is not certainly about this person")
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
			return status.Error(codes.Unimplemented, "this region gives no documents")
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD,
			lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:
			return &call.Failure{
				Status: o.GetStatus(), Message: cmp.Or(o.GetMessage(), "the region's list of documents is not whole"),
				RetryAfter: o.GetRetryAfter().AsDuration(),
			}
		}
		if slices.ContainsFunc(o.GetGaps(), mayHide) {
			return call.Unavailable("the region's list of documents is not whole, and this one is not in it")
		}
	}
	return errNoDocument()
}

// mayHide says that what a gap stands for may be the patient's.
func mayHide(g *lhcrv1.Gap) bool { return g.GetKind() != lhcrv1.GapKind_GAP_KIND_OTHER_PERSON }

// download retrieves a document and checks that it is the one that is listed.
func (r *Region) download(ctx context.Context, caller *adapterv1.Caller, e *xds.Entry) (*adapterv1.FetchDocumentResponse, error) {
	key, ok := r.client.keyOf(e)
	listed := e.Listed()
	switch {
	case !ok:
		return nil, status.Error(codes.NotFound, "the region lists the document and does not say where it is held")
	case listed.Size > adapters.MaxDocumentBytes:
		return nil, errDocumentSize()
	}
	s, failure := r.client.open(caller)
	if failure != nil {
		return nil, failure
	}
	came, failure := s.retrieved(ctx, []xds.Key{key}, answerMost)
	one := find(ctx, came, key, failure)
	switch {
	case one.failure != nil && one.failure.Kind == lhcrv1.GapKind_GAP_KIND_TOO_LARGE, len(one.document.Content) > adapters.MaxDocumentBytes:
		return nil, errDocumentSize()
	case one.failure != nil:
		return nil, one.failure
	}
	media, err := listed.Check(one.document.Content, one.document.MediaType)
	if err != nil {
		return nil, err
	}
	return &adapterv1.FetchDocumentResponse{Content: one.document.Content, MediaType: media}, nil
}

func errNoDocument() error {
	return status.Error(codes.NotFound, "the region lists no such document for this patient")
}

func errDocumentSize() error {
	return status.Error(codes.ResourceExhausted, "the document is larger than 8 MiB")
}
