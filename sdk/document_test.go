package sdk_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

var (
	documentInfo = &lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Info{Info: &lhcrv1.DocumentInfo{MediaType: "application/pdf", Size: 11}}}
	documentAsk  = sdk.DocumentQuery{Patient: testPatient, Access: sdk.LegitimateRelationship(), RegionID: "dorset", ItemID: "letter"}
)

func chunk(s string) *lhcrv1.GetDocumentResponse {
	return &lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Chunk{Chunk: []byte(s)}}
}

func documentEnd(of string) *lhcrv1.GetDocumentResponse {
	sum := sha256.Sum256([]byte(of))
	return &lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_End{End: &lhcrv1.DocumentEnd{Size: uint64(len(of)), Sha256: hex.EncodeToString(sum[:])}}}
}

func documents(err error, events ...*lhcrv1.GetDocumentResponse) *gateway {
	return &gateway{document: func(_ *lhcrv1.GetDocumentRequest, s lhcrv1.RecordService_GetDocumentServer) error {
		for _, e := range events {
			if err := s.Send(e); err != nil {
				return err
			}
		}
		return err
	}}
}

func TestDocumentIsWrittenAndVerified(t *testing.T) {
	client := connect(t, documents(nil, documentInfo, chunk("hello "), chunk("world"), documentEnd("hello world")))
	var got bytes.Buffer
	info, err := client.GetDocument(t.Context(), documentAsk, &got)
	if err != nil || info.GetMediaType() != "application/pdf" {
		t.Fatalf("info %v, error %v", info.GetMediaType(), err)
	}
	if diff := cmp.Diff("hello world", got.String()); diff != "" {
		t.Errorf("bytes (-want +got):\n%s", diff)
	}
}

func TestDocumentThatIsNotWholeIsAnError(t *testing.T) {
	miscounted := documentEnd("hello")
	miscounted.GetEnd().Size = 6
	tests := map[string]struct {
		gateway *gateway
		want    string
		code    codes.Code
	}{
		"no end":        {documents(nil, documentInfo, chunk("hello")), "without its end", codes.DataLoss},
		"a chunk lost":  {documents(nil, documentInfo, chunk("hello "), documentEnd("hello world")), "not those that were sent", codes.DataLoss},
		"a byte turned": {documents(nil, documentInfo, chunk("hello wurld"), documentEnd("hello world")), "not those that were sent", codes.DataLoss},
		"miscounted":    {documents(nil, documentInfo, chunk("hello"), miscounted), "not those that were sent", codes.DataLoss},
		"no info":       {documents(nil, chunk("hello"), documentEnd("hello")), "what the document is", codes.DataLoss},
		"an error":      {documents(status.Error(codes.NotFound, "no such document"), documentInfo), "no such document", codes.NotFound},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			info, err := connect(t, test.gateway).GetDocument(t.Context(), documentAsk, &bytes.Buffer{})
			if info != nil || status.Code(err) != test.code || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want %q with %v", err, test.want, test.code)
			}
		})
	}
}

type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWritersErrorIsKept(t *testing.T) {
	client := connect(t, documents(nil, documentInfo, chunk("hello"), documentEnd("hello")))
	if _, err := client.GetDocument(t.Context(), documentAsk, full{}); !errors.Is(err, errFull) {
		t.Errorf("error: %v", err)
	}
}

func TestDocumentMustBeNamed(t *testing.T) {
	query := documentAsk
	query.RegionID, query.ItemID = "", ""
	_, err := connect(t, &gateway{}).GetDocument(t.Context(), query, &bytes.Buffer{})
	var failure *sdk.Error
	if !errors.As(err, &failure) || len(failure.Violations) != 2 {
		t.Errorf("error: %v", err)
	}
}

func TestReadDocumentGivesTheWholeOrNothing(t *testing.T) {
	client := connect(t, documents(nil, documentInfo, chunk("hello "), chunk("world"), documentEnd("hello world")))
	content, info, err := client.ReadDocument(t.Context(), documentAsk)
	if err != nil || string(content) != "hello world" || info.GetMediaType() != "application/pdf" {
		t.Errorf("%q, %v, error %v", content, info.GetMediaType(), err)
	}
	content, info, err = connect(t, documents(nil, documentInfo, chunk("hello "))).ReadDocument(t.Context(), documentAsk)
	if err == nil || content != nil || info != nil {
		t.Errorf("half a document: %q, error %v", content, err)
	}
}

func TestADocumentIsReadAsItComes(t *testing.T) {
	client := connect(t, documents(nil, documentInfo, chunk("hello "), chunk(""), chunk("world"), documentEnd("hello world")))
	document, err := client.OpenDocument(t.Context(), documentAsk)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = document.Close() }() // it never fails
	if got := document.Info().GetMediaType(); got != "application/pdf" {
		t.Errorf("media type %q before the bytes", got)
	}
	if err := iotest.TestReader(struct{ io.Reader }{document}, []byte("hello world")); err != nil {
		t.Error(err)
	}
}

func TestTheLastReadSaysThatADocumentIsNotWhole(t *testing.T) {
	client := connect(t, documents(nil, documentInfo, chunk("hello wurld"), documentEnd("hello world")))
	document, err := client.OpenDocument(t.Context(), documentAsk)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(document)
	if status.Code(err) != codes.DataLoss || string(content) != "hello wurld" {
		t.Errorf("%q, error %v", content, err)
	}
	if err := document.Close(); err != nil {
		t.Error(err)
	}
	if _, again := document.Read(make([]byte, 1)); !errors.Is(again, err) && status.Code(again) != codes.DataLoss {
		t.Errorf("read again: %v", again)
	}
}

func TestClosingEarlyEndsTheStream(t *testing.T) {
	ended := make(chan struct{})
	client := connect(t, &gateway{document: func(_ *lhcrv1.GetDocumentRequest, s lhcrv1.RecordService_GetDocumentServer) error {
		defer close(ended)
		for _, event := range []*lhcrv1.GetDocumentResponse{documentInfo, chunk("hello")} {
			if err := s.Send(event); err != nil {
				return err
			}
		}
		<-s.Context().Done()
		return s.Context().Err()
	}})
	document, err := client.OpenDocument(t.Context(), documentAsk)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := document.Read(make([]byte, 3)); n != 3 || err != nil {
		t.Fatal(n, err)
	}
	if err := document.Close(); err != nil {
		t.Error(err)
	}
	<-ended
	if n, err := document.Read(make([]byte, 3)); n != 0 || err == nil || errors.Is(err, io.EOF) {
		t.Errorf("read %d bytes after closing, error %v", n, err)
	}
	if err := document.Close(); err != nil {
		t.Error(err)
	}
}

func TestADocumentLargerThanIsTakenIsRefused(t *testing.T) {
	untold := &lhcrv1.GetDocumentResponse{Event: &lhcrv1.GetDocumentResponse_Info{Info: &lhcrv1.DocumentInfo{Size: 1}}}
	tests := map[string]struct {
		gateway *gateway
		written string
	}{
		"as told":   {documents(nil, documentInfo, chunk("hello "), chunk("world"), documentEnd("hello world")), ""},
		"as it was": {documents(nil, untold, chunk("hello "), chunk("world"), documentEnd("hello world")), "hello "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			query := documentAsk
			query.MaxBytes = 10
			var got bytes.Buffer
			_, err := connect(t, test.gateway).GetDocument(t.Context(), query, &got)
			if !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_TOO_LARGE)) || got.String() != test.written {
				t.Errorf("%q written, error %v", got.String(), err)
			}
			query.MaxBytes = 11
			if _, err := connect(t, test.gateway).GetDocument(t.Context(), query, &got); err != nil {
				t.Errorf("at the limit: %v", err)
			}
		})
	}
}

func TestContentsOfDocumentsAreListedWithTheirGaps(t *testing.T) {
	named := func(id string, contents ...string) *lhcrv1.Document {
		d := &lhcrv1.Document{Header: header("dorset", id, lhcrv1.Section_SECTION_DOCUMENTS)}
		for _, content := range contents {
			d.Contents = append(d.Contents, &lhcrv1.Attachment{ContentId: content})
		}
		return d
	}
	withdrawn := named("withdrawn", "w")
	withdrawn.Header.Retracted = true
	record := sdk.NewRecord(&lhcrv1.GetRecordResponse{
		Record: &lhcrv1.Record{Documents: []*lhcrv1.Document{named("letter", "pdf", "xml"), named("placeholder", ""), withdrawn}},
		Outcomes: []*lhcrv1.SectionOutcome{
			outcome("dorset", lhcrv1.Section_SECTION_DOCUMENTS, lhcrv1.OutcomeStatus_OUTCOME_STATUS_RETURNED),
			outcome("yorkshire", lhcrv1.Section_SECTION_DOCUMENTS, lhcrv1.OutcomeStatus_OUTCOME_STATUS_UNAVAILABLE),
		},
	}, lhcrv1.Section_SECTION_DOCUMENTS)
	contents, gaps := record.DocumentContents()
	var got []sdk.DocumentQuery
	for _, content := range contents {
		got = append(got, content.Query(testPatient, sdk.LegitimateRelationship()))
	}
	want := []sdk.DocumentQuery{
		{Patient: testPatient, Access: sdk.LegitimateRelationship(), RegionID: "dorset", ItemID: "letter", ContentID: "pdf"},
		{Patient: testPatient, Access: sdk.LegitimateRelationship(), RegionID: "dorset", ItemID: "letter", ContentID: "xml"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("queries (-want +got):\n%s", diff)
	}
	if len(gaps) != 1 || gaps[0].RegionID != "yorkshire" {
		t.Errorf("gaps: %v", gaps)
	}
}
