package assembly_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/lookup/assembly"
	"github.com/openlhcr/openlhcr/gateway/lookup/part"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/proto"
)

func TestARecordAboveFourMebibytesFails(t *testing.T) {
	body := item(t, "dorset", "p1", 0)
	filler := func(size int) []*assembly.Selection {
		big := body
		big.Encoded = make([]byte, size)
		return []*assembly.Selection{assembly.Select(assembly.Region{ID: "dorset", Parts: []*part.Part{partOf(t, "dorset", big)}})}
	}
	probe, err := record(filler(1<<21), "", at)
	if err != nil {
		t.Fatal(err)
	}
	fits := assembly.MaxRecordBytes - proto.Size(probe) + 1<<21
	for _, test := range []struct {
		size int
		want error
	}{{fits, nil}, {fits + 1, assembly.ErrTooLarge}, {2 * fits, assembly.ErrTooLarge}} {
		res, err := record(filler(test.size), "", at)
		if !errors.Is(err, test.want) {
			t.Errorf("%d bytes of items: error is %v, want %v", test.size, err, test.want)
		}
		if err == nil && proto.Size(res) > assembly.MaxRecordBytes {
			t.Errorf("an answer of %d bytes left", proto.Size(res))
		}
	}
}

func TestChunksAreCutBetweenItems(t *testing.T) {
	items := func(sizes ...int) []part.Item {
		var list []part.Item
		for n, size := range sizes {
			id := fmt.Sprint("p", n)
			m := &lhcrv1.Problem{Header: &lhcrv1.ItemHeader{ItemId: id}, OnsetText: strings.Repeat("x", size)}
			b, err := proto.Marshal(&lhcrv1.Record{Problems: []*lhcrv1.Problem{m}})
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, part.Item{Field: 11, Place: uint32(n), ID: id, Sections: []lhcrv1.Section{problems}, Encoded: b})
		}
		return list
	}
	outcomes := func(sizes ...int) (parts []*part.Part) {
		for n, size := range sizes {
			p := part.OfOutcome(&lhcrv1.SectionOutcome{Section: lhcrv1.Section(n + 1), Status: lhcrv1.OutcomeStatus_OUTCOME_STATUS_REFUSED, Message: strings.Repeat("x", size)})
			parts = append(parts, p)
		}
		return parts
	}
	const half = 1 << 19
	tests := map[string]struct {
		items    []part.Item
		outcomes []*part.Part
		want     [][2]int // items and outcomes of each part
	}{
		"nothing":                       {nil, outcomes(0), [][2]int{{0, 1}}},
		"all in one":                    {items(10, 10, 10), outcomes(0, 0), [][2]int{{3, 2}}},
		"three halves":                  {items(half, half, half), outcomes(0), [][2]int{{1, 0}, {1, 0}, {1, 1}}},
		"the largest item":              {items(1000, part.MaxItemBytes-40, 1000), outcomes(0), [][2]int{{1, 0}, {1, 0}, {1, 1}}},
		"outcomes that fit no longer":   {items(half), outcomes(half, 10), [][2]int{{1, 0}, {0, 2}}},
		"outcomes that fit into no one": {items(10), outcomes(half, half, half), [][2]int{{1, 1}, {0, 1}, {0, 1}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			holder := partOf(t, "dorset", test.items...)
			test.outcomes[0].Items = holder.Items
			selection := assembly.Select(assembly.Region{ID: "dorset", Parts: test.outcomes})
			var got [][2]int
			chunks := assembly.Chunks(selection)
			for n, chunk := range chunks {
				if size := proto.Size(chunk); size > assembly.MaxChunkBytes {
					t.Errorf("part %d has %d bytes", n, size)
				}
				p := read(t, chunk).GetPart()
				if p.GetRegionId() != "dorset" || int(p.GetSequence()) != n || p.GetLast() != (n == len(chunks)-1) {
					t.Errorf("part %d of %q says it is number %d, last %t", n, p.GetRegionId(), p.GetSequence(), p.GetLast())
				}
				if (p.GetReport() != nil) != p.GetLast() {
					t.Errorf("part %d, last %t, has a report: %t", n, p.GetLast(), p.GetReport() != nil)
				}
				got = append(got, [2]int{len(p.GetRecord().GetProblems()), len(p.GetOutcomes())})
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("items and outcomes of each part (-want +got):\n%s", diff)
			}
		})
	}
}
