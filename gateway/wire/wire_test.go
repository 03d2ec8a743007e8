package wire_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/wire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
)

func answer(t *testing.T) (*wire.Answer, *lhcrv1.GetRecordResponse) {
	t.Helper()
	message := &lhcrv1.GetRecordResponse{RequestId: "r1", Completeness: lhcrv1.Completeness_COMPLETENESS_COMPLETE}
	encoded, err := proto.Marshal(message)
	if err != nil {
		t.Fatal(err)
	}
	return &wire.Answer{Pieces: [][]byte{encoded[:3], encoded[3:]}}, message
}

func TestWhereNobodyExpectsAnAnswerItIsAMessage(t *testing.T) {
	a, want := answer(t)
	got, err := wire.Give(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := proto.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	decoded := &lhcrv1.GetRecordResponse{}
	if err := proto.Unmarshal(encoded, decoded); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, decoded, protocmp.Transform()); diff != "" {
		t.Errorf("on the wire (-want +got):\n%s", diff)
	}
	if a.Size() != len(encoded) {
		t.Errorf("it says that it has %d bytes, and has %d", a.Size(), len(encoded))
	}
}

func TestAnAnswerGoesOverTheDesk(t *testing.T) {
	var desk wire.Desk
	a, _ := answer(t)
	res, err := wire.Give(wire.Expecting(t.Context(), &desk), a)
	if res != nil || err == nil {
		t.Fatalf("whoever does not know of the desk gets %v, %v: what looks like an answer", res, err)
	}
	if got, err := desk.Settle(res, err); got != any(a) || err != nil {
		t.Errorf("settled as %v, %v", got, err)
	}
	var other wire.Desk
	if _, err := other.Settle(res, err); err == nil {
		t.Error("an answer that was given elsewhere is settled without an error")
	}
}

func TestWhatIsReturnedOtherwiseStays(t *testing.T) {
	failed := errors.New("failed")
	var desk wire.Desk
	message := &lhcrv1.GetRecordResponse{}
	if got, err := desk.Settle(message, nil); got != any(message) || err != nil {
		t.Errorf("a message is settled as %v, %v", got, err)
	}
	a, _ := answer(t)
	_, _ = wire.Give(wire.Expecting(context.Background(), &desk), a)
	if _, err := desk.Settle(nil, failed); !errors.Is(err, failed) {
		t.Errorf("a call that failed after it had given an answer is settled with %v", err)
	}
}
