package fhirsearch

import (
	"cmp"
	"context"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/openlhcr/openlhcr/adapters"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// FetchDocument gets one content of one document. It asks the region anew which documents it
// lists for the patient: one that is not among them is NOT_FOUND. A content above 8 MiB is
// RESOURCE_EXHAUSTED, an answer about somebody else or an address that is not the region's
// FAILED_PRECONDITION.
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
	res, err := r.download(inner, req, found)
	if err != nil {
		return nil, err
	}
	if len(res.GetContent()) > adapters.MaxDocumentBytes {
		return nil, errDocumentSize()
	}
	res.Title, res.Patients = found.Title, listed.GetPatients()
	return res, nil
}

// attachment is where a document's content is (FHIR Attachment).
type attachment struct {
	ContentType string `json:"contentType"`
	URL         string `json:"url"`
	Data        string `json:"data"`
	Title       string `json:"title"`
}

// chooseContent finds the content among the documents that the region lists for the patient.
func chooseContent(listed *adapterv1.FetchResponse, itemID, contentID string) (attachment, error) {
	for _, d := range listed.GetRecord().GetDocuments() {
		if d.GetHeader().GetItemId() != itemID {
			continue
		}
		i := slices.IndexFunc(d.GetContents(), func(a *lhcrv1.Attachment) bool { return a.GetContentId() == contentID })
		if contentID == "" && len(d.GetContents()) == 1 {
			i = 0
		}
		if i < 0 {
			return attachment{}, errNoDocument()
		}
		return attachmentAt(listed.GetSources(), itemID, i)
	}
	return attachment{}, notListed(listed.GetOutcomes())
}

// attachmentAt reads where the content is from the document reference's own bytes.
func attachmentAt(sources []*lhcrv1.SourceResource, itemID string, i int) (attachment, error) {
	var reference struct {
		Content jsontext.Value `json:"content"`
	}
	for _, s := range sources {
		if s.GetItemId() != itemID || json.Unmarshal(s.GetContent(), &reference, lenient()) != nil {
			continue
		}
		contents := oneOrMany(reference.Content)
		if i >= len(contents) {
			break
		}
		var content struct {
			Attachment attachment `json:"attachment"`
		}
		if json.Unmarshal(contents[i], &content, lenient()) == nil {
			return content.Attachment, nil
		}
	}
	return attachment{}, malformed("the region's entry of the document cannot be read")
}

// lenient lets through what real answers hold.
func lenient() json.Options {
	return json.JoinOptions(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// oneOrMany are the elements of an array, or the one element where an array is due.
func oneOrMany(raw jsontext.Value) []jsontext.Value {
	switch raw.Kind() {
	case '[':
		var many []jsontext.Value
		if json.Unmarshal(raw, &many, lenient()) == nil {
			return many
		}
	case '{', '"', '0', 't', 'f':
		return []jsontext.Value{raw}
	}
	return nil
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
			return unavailable("the region's list of documents is not whole, and this one is not in it")
		}
	}
	return errNoDocument()
}

// download gets an attachment's bytes from within it or from its address.
func (r *Region) download(ctx context.Context, req *adapterv1.FetchDocumentRequest, from attachment) (*adapterv1.FetchDocumentResponse, error) {
	if from.Data != "" {
		return decoded(from.Data, from.ContentType)
	}
	if from.URL == "" {
		return nil, status.Error(codes.NotFound, "the region lists the document and gives no content of it")
	}
	at, err := url.Parse(from.URL)
	if err != nil {
		return nil, malformed("the document's address cannot be read")
	}
	if at = r.resolve(at); !r.client.ours(at) {
		return nil, status.Error(codes.FailedPrecondition, "the document is kept at an address that is not the region's")
	}
	s, failure := r.client.open(req.GetCaller(), req.GetPatient())
	if failure != nil {
		return nil, failure
	}
	came, failure := s.do(ctx, call{method: http.MethodGet, url: at, accept: acceptOf(from.ContentType), limit: maxBinary})
	switch {
	case failure == nil:
		return content(came, from.ContentType)
	case failure.Kind == lhcrv1.GapKind_GAP_KIND_TOO_LARGE:
		return nil, errDocumentSize()
	}
	return nil, failure
}

// maxBinary is the largest answer that can hold a document: base64 within a Binary.
const maxBinary = adapters.MaxDocumentBytes/3*4 + 64<<10

// resolve reads a reference relative to the region's base, as FHIR has it.
func (r *Region) resolve(ref *url.URL) *url.URL {
	if ref.IsAbs() || strings.HasPrefix(ref.Path, "/") || ref.Host != "" {
		return r.client.base.ResolveReference(ref)
	}
	at := r.client.base.JoinPath(ref.Path)
	at.RawQuery = ref.RawQuery
	return at
}

// acceptOf asks for the advertised bytes, not for a Binary resource around them.
func acceptOf(contentType string) string {
	if media, _, err := mime.ParseMediaType(contentType); err == nil && strings.Contains(media, "/") {
		return media
	}
	return "*/*"
}

// content is the bytes of an answer, out of the Binary resource around them if there is one.
func content(came reply, advertised string) (*adapterv1.FetchDocumentResponse, error) {
	media, _, _ := mime.ParseMediaType(came.header.Get("Content-Type"))
	if strings.HasSuffix(media, "json") && !strings.HasSuffix(acceptOf(advertised), "json") {
		var binary struct {
			ResourceType string `json:"resourceType"`
			ContentType  string `json:"contentType"`
			Data         string `json:"data"`    // R4
			Content      string `json:"content"` // STU3
		}
		if json.Unmarshal(came.body, &binary, lenient()) != nil || binary.ResourceType != "Binary" {
			return nil, malformed("the region's answer is not the document")
		}
		return decoded(cmp.Or(binary.Data, binary.Content), cmp.Or(binary.ContentType, advertised))
	}
	if media == "" || media == "application/octet-stream" {
		media = acceptOf(advertised)
	}
	return &adapterv1.FetchDocumentResponse{Content: came.body, MediaType: media}, nil
}

func decoded(data, media string) (*adapterv1.FetchDocumentResponse, error) {
	if base64.StdEncoding.DecodedLen(len(data)) > adapters.MaxDocumentBytes+2 {
		return nil, errDocumentSize()
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return nil, malformed("the document's content is damaged")
	}
	return &adapterv1.FetchDocumentResponse{Content: raw, MediaType: acceptOf(media)}, nil
}

func errNoDocument() error {
	return status.Error(codes.NotFound, "the region lists no such document for this patient")
}

func errDocumentSize() error {
	return status.Error(codes.ResourceExhausted, "the document is larger than 8 MiB")
}
