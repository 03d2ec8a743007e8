package services_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/failure"
	"github.com/openlhcr/openlhcr/gateway/services"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
)

// encoded is a lookup that answers with bytes, and keeps for whom.
type encoded struct {
	bytes  []byte
	caller *adapterv1.Caller
}

func (e *encoded) Get(_ context.Context, caller *adapterv1.Caller, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
	e.caller = caller
	res := &lhcrv1.GetRecordResponse{}
	res.ProtoReflect().SetUnknown(e.bytes)
	return res, nil
}

func (e *encoded) Stream(_ context.Context, caller *adapterv1.Caller, _ *lhcrv1.GetRecordRequest, send func(*lhcrv1.StreamRecordResponse) error) error {
	e.caller = caller
	res := &lhcrv1.StreamRecordResponse{}
	res.ProtoReflect().SetUnknown(e.bytes)
	return send(res)
}

func (e *encoded) Document(_ context.Context, caller *adapterv1.Caller, _ *lhcrv1.GetDocumentRequest, send func(*lhcrv1.GetDocumentResponse) error) error {
	e.caller = caller
	res := &lhcrv1.GetDocumentResponse{}
	res.ProtoReflect().SetUnknown(e.bytes)
	return send(res)
}

// sent keeps the bytes of what a stream sends.
type sent[Res any] struct {
	grpc.ServerStream
	ctx   context.Context
	bytes []byte
}

func (s *sent[Res]) Context() context.Context { return s.ctx }

func (s *sent[Res]) Send(m *Res) error {
	switch m := any(m).(type) {
	case *lhcrv1.StreamRecordResponse:
		s.bytes = m.ProtoReflect().GetUnknown()
	case *lhcrv1.GetDocumentResponse:
		s.bytes = m.ProtoReflect().GetUnknown()
	}
	return nil
}

// calls are the three methods, each with the bytes that it answered.
func calls(ctx context.Context, s *services.Record) map[string]func() ([]byte, error) {
	return map[string]func() ([]byte, error){
		"GetRecord": func() ([]byte, error) {
			res, err := s.GetRecord(ctx, &lhcrv1.GetRecordRequest{})
			return res.ProtoReflect().GetUnknown(), err
		},
		"StreamRecord": func() ([]byte, error) {
			stream := &sent[lhcrv1.StreamRecordResponse]{ctx: ctx}
			err := s.StreamRecord(&lhcrv1.StreamRecordRequest{}, stream)
			return stream.bytes, err
		},
		"GetDocument": func() ([]byte, error) {
			stream := &sent[lhcrv1.GetDocumentResponse]{ctx: ctx}
			err := s.GetDocument(&lhcrv1.GetDocumentRequest{}, stream)
			return stream.bytes, err
		},
	}
}

func TestAnEncodedAnswerPassesUntouched(t *testing.T) {
	want := []byte{0xff, 0xff, 0xff, 0x7f, 0x00} // nothing that could be decoded and encoded again
	lookup := &encoded{bytes: want}
	caller := &adapterv1.Caller{OrganisationOdsCode: "FA123"}
	for name, call := range calls(access.WithCaller(t.Context(), caller), services.NewRecord(lookup)) {
		got, err := call()
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: bytes (-want +got):\n%s", name, diff)
		}
		if lookup.caller != caller {
			t.Errorf("%s asked on behalf of another caller", name)
		}
	}
}

func TestACallWithoutACallerReachesNoRegion(t *testing.T) {
	lookup := &encoded{}
	for name, call := range calls(t.Context(), services.NewRecord(lookup)) {
		if _, err := call(); failure.Reason(err) != lhcrv1.ErrorReason_ERROR_REASON_INTERNAL || lookup.caller != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
