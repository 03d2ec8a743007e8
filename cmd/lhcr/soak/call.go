package soak

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/soak/rules"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	spb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
)

func (r *run) get(ctx context.Context, a ask) (*lhcrv1.GetRecordResponse, error) {
	return r.callers.people[a.caller].fast.GetRecord(ctx, a.request())
}

// stream reads a stream to its end, slowly where it was asked for so.
func (r *run) stream(ctx context.Context, a ask) (*lhcrv1.GetRecordResponse, []rules.Violation, error) {
	client := r.callers.people[a.caller].fast
	if a.pause > 0 {
		client = r.callers.people[a.caller].slow
	}
	messages, err := client.StreamRecord(ctx, &lhcrv1.StreamRecordRequest{Query: a.request()})
	if err != nil {
		return nil, nil, err
	}
	var whole rules.Stream
	for {
		if err := rest(ctx, a.pause); err != nil {
			return nil, nil, status.FromContextError(err).Err()
		}
		m, err := messages.Recv()
		if errors.Is(err, io.EOF) {
			answer, found := whole.End()
			return answer, found, nil
		}
		if err != nil {
			return nil, nil, err
		}
		whole.Take(m)
	}
}

// rest waits, or returns why the wait was over early.
func rest(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// document reads a document and returns the SHA-256 of its bytes.
func (r *run) document(ctx context.Context, a ask) (string, []rules.Violation, error) {
	messages, err := r.callers.people[a.caller].fast.GetDocument(ctx, &lhcrv1.GetDocumentRequest{
		Patient: a.letter.who.query(known), Access: a.access(), RegionId: a.letter.region, ItemId: a.letter.item, ContentId: a.letter.content,
	})
	if err != nil {
		return "", nil, err
	}
	var whole rules.Document
	for {
		m, err := messages.Recv()
		if errors.Is(err, io.EOF) {
			sum, found := whole.End(a.letter.sum)
			return sum, found, nil
		}
		if err != nil {
			return "", nil, err
		}
		whole.Take(m)
	}
}

// web asks over REST. An error is that of the call, as gRPC would have given it.
func (r *run) web(ctx context.Context, a ask) (*lhcrv1.GetRecordResponse, error) {
	body, err := protojson.Marshal(a.request())
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.callers.rest+"/v1/record:get", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	// HTTP/1.1 may find an idle connection closed under its hands. A lookup may be sent again.
	req.Header.Set("Idempotency-Key", "lookup")
	req.Header.Set("Authorization", "Bearer "+r.callers.people[a.caller].token)
	res, err := r.callers.web.Do(req)
	if err != nil {
		return nil, webError(ctx, err)
	}
	defer func() { _ = res.Body.Close() }() // read or given up by then
	text, err := io.ReadAll(io.LimitReader(res.Body, 4*mostBytes))
	if err != nil {
		return nil, webError(ctx, err)
	}
	return parsed(res.StatusCode, text)
}

// webError is what became of a call that had no answer.
func webError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	var located *url.Error
	if errors.As(err, &located) {
		err = located.Err
	}
	return fmt.Errorf("REST: %w", err)
}

func parsed(code int, text []byte) (*lhcrv1.GetRecordResponse, error) {
	if code != http.StatusOK {
		var s spb.Status
		if err := protojson.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("REST answered %d without a status", code)
		}
		return nil, status.ErrorProto(&s)
	}
	answer := &lhcrv1.GetRecordResponse{}
	if err := protojson.Unmarshal(text, answer); err != nil {
		return nil, errors.New("REST answered 200 with what is no answer")
	}
	return answer, nil
}

// purge purges a patient, and tells the judge. A purge that the shared store did not take
// binds this gateway all the same (CCH-002).
func (r *run) purge(ctx context.Context, a ask) error {
	sent := time.Now()
	_, err := r.callers.admin.PurgePatient(ctx, &lhcrv1.PurgePatientRequest{Patient: a.who.query(unsaid)})
	how, _ := rules.Failure(err, rules.Expected{})
	if err == nil || how == lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE.String() {
		r.judge.Purged(a.who.index, sent, time.Now())
	}
	return err
}
