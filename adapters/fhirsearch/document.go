package fhirsearch

import (
	"cmp"
	"context"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// FetchDocument gets one content of one document. It asks the region anew which documents it
// lists for the patient: one that is not among them is NOT_FOUND. A content above 8 MiB is
// RESOURCE_EXHAUSTED, an answer about somebody else or an address that is not the region's
// FAILED_PRECONDITION, bytes that are not what the region lists DATA_LOSS.
func (r *Region) FetchDocument(ctx context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
	listed, err := r.Fetch(ctx, &adapterv1.FetchRequest{
		Caller: req.GetCaller(), Patient: req.GetPatient(), Handle: req.GetHandle(), IncludeSource: true,
		Sections: []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS},
	})
	if err != nil {
		return nil, err
	}
	found, err := chooseContent(listed, req.GetItemId(), req.GetContentId())
	if err != nil {
		return nil, err
	}
	inner, cancel := r.deadline(ctx)
	defer cancel()
	got, err := r.download(inner, req, found)
	if err != nil {
		return nil, err
	}
	if err := documents.About(got.bytes, req.GetPatient(), r.client.now()); err != nil {
		return nil, err
	}
	return &adapterv1.FetchDocumentResponse{Content: got.bytes, MediaType: got.media, Title: found.Title, Patients: listed.GetPatients()}, nil
}

func (r *Region) download(ctx context.Context, req *adapterv1.FetchDocumentRequest, from *model.Attachment) (content, error) {
	s, failure := r.client.open(req.GetCaller(), req.GetPatient())
	if failure != nil {
		return content{}, failure
	}
	got, err := s.content(ctx, from, adapters.MaxDocumentBytes)
	if f := failureOf(ctx, err); f != nil && f.Kind == lhcrv1.GapKind_GAP_KIND_TOO_LARGE {
		return content{}, status.Error(codes.ResourceExhausted, "the document is larger than 8 MiB")
	}
	return got, err
}

// chooseContent finds the content among the documents that the region lists for the patient.
func chooseContent(listed *adapterv1.FetchResponse, itemID, contentID string) (*model.Attachment, error) {
	for _, d := range listed.GetRecord().GetDocuments() {
		if d.GetHeader().GetItemId() != itemID {
			continue
		}
		i := slices.IndexFunc(d.GetContents(), func(a *lhcrv1.Attachment) bool { return a.GetContentId() == contentID })
		if contentID == "" && len(d.GetContents()) == 1 {
			i = 0
		}
		if i < 0 {
			return nil, errNoDocument()
		}
		return attachmentAt(listed.GetSources(), itemID, i)
	}
	return nil, notListed(listed.GetOutcomes())
}

// attachmentAt reads where the content is from the document reference's own bytes.
func attachmentAt(sources []*lhcrv1.SourceResource, itemID string, i int) (*model.Attachment, error) {
	for _, s := range sources {
		if s.GetItemId() != itemID {
			continue
		}
		reference, ok := resourceOf(s.GetContent()).(*model.DocumentReference)
		if ok && i < len(reference.Content) && reference.Content[i].Attachment != nil {
			return reference.Content[i].Attachment, nil
		}
	}
	return nil, malformed("the region's entry of the document cannot be read")
}

// notListed says why a document is not among those that came. Only a whole list that does
// not name it is a reason to say that it is not there.
func notListed(outcomes []*lhcrv1.SectionOutcome) error {
	for _, o := range outcomes {
		switch o.GetStatus() {
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_IDENTITY_MISMATCH:
			return status.Error(codes.FailedPrecondition, "the region's answer is not certainly about this person")
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_SUPPORTED:
			return status.Error(codes.Unimplemented, "this region gives no documents")
		case lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, lhcrv1.OutcomeStatus_OUTCOME_STATUS_WITHHELD,
			lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE, lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID:
			return &Failure{Status: o.GetStatus(), Message: cmp.Or(o.GetMessage(), "the region's list of documents is not whole"), RetryAfter: o.GetRetryAfter().AsDuration()}
		}
		if len(o.GetGaps()) > 0 {
			return &Failure{
				Status:  lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE,
				Message: "the region's list of documents is not whole, and this one is not in it",
			}
		}
	}
	return errNoDocument()
}

func errNoDocument() error {
	return status.Error(codes.NotFound, "the region lists no such document for this patient")
}
