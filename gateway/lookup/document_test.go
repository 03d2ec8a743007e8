package lookup_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/lookup"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func documentRequest() *lhcrv1.GetDocumentRequest {
	r := request()
	return &lhcrv1.GetDocumentRequest{Patient: r.GetPatient(), Access: r.GetAccess(), RegionId: "dorset", ItemId: "d1", ContentId: "c1"}
}

// documentOf is a region that holds the patient and gives one document, or fails.
func documentOf(located *adapterv1.LocateResponse, doc *adapterv1.FetchDocumentResponse, err error) *fullAdapter {
	region := locating("dorset", located, nil, nil)
	region.document = func(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
		return doc, err
	}
	return region
}

func letter(size int, patients ...*adapterv1.MatchedPatient) *adapterv1.FetchDocumentResponse {
	return &adapterv1.FetchDocumentResponse{Content: bytes.Repeat([]byte("letter "), size/7+1)[:size], MediaType: "text/plain", Title: "A letter", Patients: patients}
}

// errorPage is what a service answers in the place of a letter, under the letter's media type.
func errorPage(patients ...*adapterv1.MatchedPatient) *adapterv1.FetchDocumentResponse {
	return &adapterv1.FetchDocumentResponse{Content: []byte("<!DOCTYPE html><html><body>Sign in</body></html>"), MediaType: "application/pdf", Patients: patients}
}

// readDocument reads a document as a client does.
func readDocument(t *testing.T, l *lookup.Lookup, req *lhcrv1.GetDocumentRequest) (info *lhcrv1.DocumentInfo, content []byte, end *lhcrv1.DocumentEnd, err error) {
	t.Helper()
	err = l.Document(t.Context(), caller(), req, func(m *lhcrv1.GetDocumentResponse) error {
		switch event := m.GetEvent().(type) {
		case *lhcrv1.GetDocumentResponse_Info:
			if info != nil || content != nil {
				t.Error("the information does not come first and once")
			}
			info = event.Info
		case *lhcrv1.GetDocumentResponse_Chunk:
			if len(event.Chunk) > 256<<10 || info == nil || end != nil {
				t.Errorf("a chunk of %d bytes out of place", len(event.Chunk))
			}
			content = append(content, event.Chunk...)
		case *lhcrv1.GetDocumentResponse_End:
			end = event.End
		}
		return nil
	})
	return info, content, end, err
}

var heldHere = &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD, Handle: []byte("h1")}

func TestADocumentComesWholeAndInOrder(t *testing.T) {
	for _, size := range []int{1, 256 << 10, 256<<10 + 1, 8 << 20} {
		doc := letter(size, patient())
		var asked *adapterv1.FetchDocumentRequest
		region := documentOf(heldHere, doc, nil)
		region.document = func(_ context.Context, req *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
			asked = req
			return doc, nil
		}
		info, content, end, err := readDocument(t, newLookup(t, lookup.Options{}, region), documentRequest())
		if err != nil {
			t.Fatal(err)
		}
		if info.GetMediaType() != "text/plain" || info.GetTitle() != "A letter" || info.GetSize() != uint64(size) || info.GetRegionId() != "dorset" {
			t.Errorf("%d bytes: the information says %d bytes of %s", size, info.GetSize(), info.GetMediaType())
		}
		sum := sha256.Sum256(doc.GetContent())
		if !bytes.Equal(content, doc.GetContent()) || end.GetSize() != uint64(size) || end.GetSha256() != hex.EncodeToString(sum[:]) {
			t.Errorf("%d bytes: %d came, and the end says %d", size, len(content), end.GetSize())
		}
		if asked.GetItemId() != "d1" || asked.GetContentId() != "c1" || string(asked.GetHandle()) != "h1" || asked.GetCaller().GetAccess() == nil {
			t.Error("the region was not asked for it with the handle and the reason")
		}
	}
}

func TestADocumentThatCannotBeDelivered(t *testing.T) {
	somebody := &adapterv1.MatchedPatient{NhsNumber: otherNumber}
	strange := patient()
	strange.BirthDate = born("1950")
	fails := func(err error) adapters.Adapter { return documentOf(heldHere, nil, err) }
	notHeldHere := &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_NOT_HELD}
	foundElse := &adapterv1.LocateResponse{Holding: adapterv1.Holding_HOLDING_HELD, Patients: []*adapterv1.MatchedPatient{somebody}}
	tests := map[string]struct {
		region adapters.Adapter
		code   codes.Code
		reason lhcrv1.ErrorReason
	}{
		"another patient's":     {documentOf(heldHere, letter(9, somebody), nil), codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_IDENTITY_MISMATCH},
		"born another year":     {documentOf(heldHere, letter(9, strange), nil), codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_IDENTITY_MISMATCH},
		"nobody's":              {documentOf(heldHere, letter(9), nil), codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_IDENTITY_MISMATCH},
		"located somebody else": {documentOf(foundElse, letter(9, patient()), nil), codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_IDENTITY_MISMATCH},
		"patient not held":      {documentOf(notHeldHere, letter(9, patient()), nil), codes.NotFound, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND},
		"not listed":            {fails(status.Error(codes.NotFound, "")), codes.NotFound, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND},
		"too large":             {documentOf(heldHere, letter(8<<20+1, patient()), nil), codes.FailedPrecondition, lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_TOO_LARGE},
		"no bytes at all":       {documentOf(heldHere, letter(0, patient()), nil), codes.DataLoss, lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID},
		"a page of an error":    {documentOf(heldHere, errorPage(patient()), nil), codes.DataLoss, lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID},
		"no documents at all":   {answering("dorset", nil), codes.Unimplemented, lhcrv1.ErrorReason_ERROR_REASON_NOT_SUPPORTED},
		"unavailable":           {fails(status.Error(codes.Unavailable, "")), codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE},
		"refused":               {fails(status.Error(codes.PermissionDenied, "")), codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_REGION_REFUSED},
		"quota":                 {fails(retryIn(codes.ResourceExhausted, time.Minute)), codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_REGION_REFUSED},
		"broken off":            {fails(status.Error(codes.DataLoss, "")), codes.DataLoss, lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID},
		"a plain error":         {fails(errors.New("boom " + nhsNumber)), codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE},
		"another region":        {answering("yorkshire", nil), codes.InvalidArgument, lhcrv1.ErrorReason_ERROR_REASON_UNKNOWN_REGION},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			info, content, end, err := readDocument(t, newLookup(t, lookup.Options{}, test.region), documentRequest())
			if status.Code(err) != test.code || failure.Reason(err) != test.reason {
				t.Errorf("error is %v %v, want %v %v", status.Code(err), failure.Reason(err), test.code, test.reason)
			}
			if info != nil || content != nil || end != nil {
				t.Error("something of it was sent")
			}
		})
	}
	if _, _, _, err := readDocument(t, newLookup(t, lookup.Options{}, documentOf(heldHere, letter(9, patient()), nil)), &lhcrv1.GetDocumentRequest{RegionId: "dorset"}); blamedField(err) != "patient.nhs_number" {
		t.Errorf("without a number: %v", err)
	}
}

func TestADocumentThatDoesNotComeDelaysNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		var seen observations
		region := documentOf(heldHere, nil, nil)
		region.about = timeout(region.about, 2*time.Second)
		region.document = func(context.Context, *adapterv1.FetchDocumentRequest) (*adapterv1.FetchDocumentResponse, error) {
			<-release
			return letter(9, patient()), nil
		}
		began := time.Now()
		_, _, _, err := readDocument(t, newLookup(t, lookup.Options{Observe: seen.observe}, region), documentRequest())
		if failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE || time.Since(began) != 2*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		last := seen.all()[len(seen.all())-1]
		if last.Method != lookup.MethodFetchDocument || last.Code != codes.DeadlineExceeded || last.Duration != 2*time.Second {
			t.Errorf("observed %s %v after %v", last.Method, last.Code, last.Duration)
		}
	})
}

func TestADocumentWhoseReaderLeavesHasNoEnd(t *testing.T) {
	l := newLookup(t, lookup.Options{}, documentOf(heldHere, letter(1<<20, patient()), nil))
	broken := errors.New("broken pipe")
	for stop := range 5 {
		sent := 0
		err := l.Document(t.Context(), caller(), documentRequest(), func(*lhcrv1.GetDocumentResponse) error {
			if sent++; sent > stop {
				return broken
			}
			return nil
		})
		if !errors.Is(err, broken) || sent != stop+1 {
			t.Errorf("error %v after %d messages", err, sent)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := l.Document(ctx, caller(), documentRequest(), func(m *lhcrv1.GetDocumentResponse) error {
		if m.GetEnd() != nil {
			t.Error("an end closes a document that is not whole")
		}
		cancel()
		return nil
	})
	if failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_CANCELLED {
		t.Errorf("given up: %v", err)
	}
}
