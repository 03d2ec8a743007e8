package assembly_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	"github.com/openlhcr/openlhcr/gateway/wire"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
)

// random makes a part whose items lie in one memory or in several, as those of one
// answer and of several do, and gives what they say, end to end.
func random(t *testing.T, r *rand.Rand, region string, place uint32) (*part.Part, []byte) {
	t.Helper()
	var whole, memory []byte
	var items []part.Item
	for range r.IntN(8) {
		filler := bytes.Repeat([]byte{'x'}, r.IntN(3)*r.IntN(900))
		encoded := protowire.AppendBytes(protowire.AppendTag(nil, 11, protowire.BytesType), protowire.AppendBytes(protowire.AppendTag(nil, 5000, protowire.BytesType), filler))
		if r.IntN(4) == 0 || len(memory)+len(encoded) > cap(memory) {
			memory = make([]byte, 0, 1<<14)
		}
		memory = append(memory, encoded...)
		items = append(items, part.Item{
			Field: 11, Place: place, Sections: []lhcrv1.Section{problems}, Encoded: memory[len(memory)-len(encoded):],
		})
		whole = append(whole, encoded...)
		place++
	}
	p := partOf(t, region, items...)
	p.Status = lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOTHING_RECORDED // as its outcome says
	return p, whole
}

// However the items lie in memory, the pieces of an answer are its items end to end,
// and none of it was written to.
func TestPiecesAreTheItemsEndToEnd(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	most := 0
	for range 2000 {
		var selections []*assembly.Selection
		var want []byte
		for _, id := range []string{"dorset", "yorkshire"} {
			p, whole := random(t, r, id, 0)
			selections, want = append(selections, assembly.Select(assembly.Region{ID: id, Parts: []*part.Part{p}})), append(want, whole...)
		}
		before := bytes.Clone(want)
		answer, err := assembly.Record(selections, "r1", at)
		if err != nil {
			t.Fatal(err)
		}
		encoded := bytes.Join(answer.Pieces, nil)
		field, _, tag := protowire.ConsumeTag(encoded)
		record, n := protowire.ConsumeBytes(encoded[tag:])
		if field != 1 || n < 0 || !bytes.Equal(record, want) || !bytes.Equal(before, want) || answer.Size() != len(encoded) {
			t.Fatalf("the record has %d bytes that are not the %d of the items", len(record), len(want))
		}
		res := &lhcrv1.GetRecordResponse{}
		if err := proto.Unmarshal(encoded, res); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(told(res), answer.Outcomes, cmpopts.EquateEmpty()); diff != "" || res.GetCompleteness() != answer.Completeness || res.GetRequestId() != "r1" || !res.GetAssembledAt().AsTime().Equal(at) {
			t.Fatalf("what the answer says of itself (-encoded +told):\n%s", diff)
		}
		most = max(most, len(answer.Pieces))
	}
	if most < 4 {
		t.Errorf("no answer has more than %d pieces: the test says little", most)
	}
}

func told(res *lhcrv1.GetRecordResponse) (all []wire.Outcome) {
	for _, o := range res.GetOutcomes() {
		all = append(all, wire.Outcome{Region: o.GetRegionId(), Section: o.GetSection(), Status: o.GetStatus()})
	}
	return all
}

// Items that lie side by side are one piece, which is where they are and not a copy,
// and which nothing can be appended to in place.
func TestLongRunsAreNotCopied(t *testing.T) {
	memory := make([]byte, 4096)
	items := []part.Item{
		{Field: 11, Place: 0, Sections: []lhcrv1.Section{problems}, Encoded: memory[:1000]},
		{Field: 11, Place: 1, Sections: []lhcrv1.Section{problems}, Encoded: memory[1000:3000]},
	}
	answer, err := assembly.Record([]*assembly.Selection{assembly.Select(assembly.Region{ID: "dorset", Parts: []*part.Part{partOf(t, "dorset", items...)}})}, "r1", at)
	if err != nil {
		t.Fatal(err)
	}
	if len(answer.Pieces) != 3 || len(answer.Pieces[1]) != 3000 || &answer.Pieces[1][0] != &memory[0] {
		t.Fatalf("%d pieces", len(answer.Pieces))
	}
	for i, p := range answer.Pieces {
		if cap(p) != len(p) {
			t.Errorf("piece %d goes on over what lies behind it", i)
		}
	}
}
