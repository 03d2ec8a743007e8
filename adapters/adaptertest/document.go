package adaptertest

import (
	"bytes"
	"context"
	"testing"

	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func (s Subject) document(p Patient, itemID, contentID string) *adapterv1.FetchDocumentRequest {
	return &adapterv1.FetchDocumentRequest{Caller: s.Caller, Patient: p.query(), ItemId: itemID, ContentId: contentID}
}

func documenter(t *testing.T, s Subject) documenting {
	t.Helper()
	return able[documenting](t, s, lhcrv1.Capability_CAPABILITY_DOCUMENTS)
}

// listed finds a document with content that can be fetched.
func listed(ctx context.Context, t *testing.T, s Subject, adapter documenting) (itemID, contentID string) {
	t.Helper()
	req := s.fetch(s.Document.Patient)
	req.Sections = []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS}
	res, err := adapter.Fetch(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range res.GetRecord().GetDocuments() {
		for _, c := range d.GetContents() {
			if c.GetContentId() != "" {
				return d.GetHeader().GetItemId(), c.GetContentId()
			}
		}
	}
	t.Fatal("no document with content is listed: want Subject.Document among the documents of its patient, with a content_id")
	return "", ""
}

func documentComes(ctx context.Context, t *testing.T, s Subject) {
	adapter := documenter(t, s)
	itemID, contentID := listed(ctx, t, s, adapter)
	res, err := adapter.FetchDocument(ctx, s.document(s.Document.Patient, itemID, contentID))
	if err != nil {
		t.Fatal(err)
	}
	if res.GetMediaType() != s.Document.MediaType || !bytes.Equal(res.GetContent(), s.Document.Content) {
		t.Errorf("%d bytes of %q came, want %d of %q", len(res.GetContent()), res.GetMediaType(), len(s.Document.Content), s.Document.MediaType)
	}
	if len(res.GetPatients()) == 0 {
		t.Error("whose document it is, is not said: want its patients, for the identity check")
	}
}

func unlistedDocumentIsNotFound(ctx context.Context, t *testing.T, s Subject) {
	adapter := documenter(t, s)
	_, err := adapter.FetchDocument(ctx, s.document(s.Held, "no such item", "Binary/1"))
	if status.Code(err) != codes.NotFound {
		t.Errorf("a document that nobody listed: %v, want NOT_FOUND", err)
	}
}

// foreignDocumentIsNotFound asks for a document on behalf of a patient whose it is not.
func foreignDocumentIsNotFound(ctx context.Context, t *testing.T, s Subject) {
	adapter := documenter(t, s)
	itemID, contentID := listed(ctx, t, s, adapter)
	for _, p := range []Patient{s.Held, s.Another, s.NotHeld} {
		if p == s.Document.Patient || p.NHSNumber == "" {
			continue
		}
		_, err := adapter.FetchDocument(ctx, s.document(p, itemID, contentID))
		if status.Code(err) != codes.NotFound {
			t.Errorf("another patient's document: %v, want NOT_FOUND", err)
		}
	}
	_, err := adapter.FetchDocument(ctx, s.document(s.Document.Patient, itemID, "https://elsewhere.invalid/Binary/1"))
	if status.Code(err) != codes.NotFound {
		t.Errorf("a content that the document does not have: %v, want NOT_FOUND", err)
	}
}
