package sdk_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

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
	tests := map[string]struct {
		gateway *gateway
		want    string
		code    codes.Code
	}{
		"no end":        {documents(nil, documentInfo, chunk("hello")), "without its end", codes.DataLoss},
		"a chunk lost":  {documents(nil, documentInfo, chunk("hello "), documentEnd("hello world")), "not those that were sent", codes.DataLoss},
		"a byte turned": {documents(nil, documentInfo, chunk("hello wurld"), documentEnd("hello world")), "not those that were sent", codes.DataLoss},
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
