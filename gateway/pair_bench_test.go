package gateway_test

import (
	"context"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/load"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
)

// How a pair is measured: callers side by side, each call awaited before its next.
const (
	pairCallers = 64
	pairConns   = 4 // over which each side's callers are spread
)

// side is one side of a pair: it makes a call of one of its callers, and panics
// when the call fails, for then there is nothing to compare.
type side func(ctx context.Context, caller int)

// comparePairs measures the floor and ours in turns, so that a noisy machine is
// noisy to both, so many calls of each side a turn, and reports the median ratio of
// their rates: 1 would be a gateway that costs nothing.
func comparePairs(b *testing.B, calls int, floor, ours side) {
	b.Helper()
	// As serve has it with the limits that are configured by default, for both sides.
	defer debug.SetGCPercent(debug.SetGCPercent(load.GCPercent(int64(config.Default().Limits.Memory))))
	ctx := b.Context()
	rate(ctx, floor, calls)
	rate(ctx, ours, calls)
	var ratios, floors, own []float64
	for b.Loop() {
		f, o := rate(ctx, floor, calls), rate(ctx, ours, calls)
		ratios, floors, own = append(ratios, o/f), append(floors, f), append(own, o)
	}
	b.ReportMetric(middle(ratios), "of-floor")
	b.ReportMetric(middle(floors), "floor-calls/s")
	b.ReportMetric(middle(own), "calls/s")
	b.ReportMetric(0, "ns/op")
}

// rate is how many calls a second all callers make together.
func rate(ctx context.Context, call side, calls int) float64 {
	var left atomic.Int64
	left.Store(int64(calls))
	began := time.Now()
	var callers sync.WaitGroup
	for caller := range pairCallers {
		callers.Go(func() {
			for left.Add(-1) >= 0 {
				call(ctx, caller)
			}
		})
	}
	callers.Wait()
	return float64(calls) / time.Since(began).Seconds()
}

func middle(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// raw is a codec that leaves bytes alone, so that making and reading messages
// flatters neither side.
type raw struct{}

var _ encoding.CodecV2 = raw{}

// frame is a message as its bytes.
type frame struct{ bytes []byte }

func (raw) Name() string { return "proto" }

func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.(*frame).bytes)}, nil
}

func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	v.(*frame).bytes = data.Materialize()
	return nil
}
