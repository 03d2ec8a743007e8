//go:build unix

package redis_test

import (
	"context"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
)

// A purge that waited for a replica is not undone by a fail-over to it, and calls stay
// bounded while there is no primary.
func TestPurgeSurvivesAFailOver(t *testing.T) {
	t.Parallel()
	g, c := watched(t)
	s := open(t, c)
	p, stays, f := patient(), patient(), newField()
	put(t, s, p, f, "alpha")
	put(t, s, stays, f, "beta")
	fresh, _ := purge(t, s, p)
	// The fill of the other patient went over before the purge, so it is there too.

	failed := make(chan struct{})
	go func() {
		defer close(failed)
		g.FailOver()
	}()
	for over := false; !over; {
		_ = inTime(t, "a read", func(ctx context.Context) error { _, _, err := s.Read(ctx, p, nil); return err })
		select {
		case <-failed:
			over = true
		default:
		}
	}
	awaitRead(t, s, p)
	if epoch, values := read(t, s, p, f); epoch != fresh || values[0] != missing {
		t.Errorf("after the fail-over: epoch %x, want %x; value %q, want none", epoch, fresh, values)
	}
	if _, values := read(t, s, stays, f); values[0] != "beta" {
		t.Errorf("the other patient: %q", values)
	}
	redistest.Await(t, "a new primary that takes fills", func() bool {
		kept, err := s.Fill(within(t, bound), p, fresh, []cache.Cell{{Field: f, Value: []byte("gamma")}}, keep)
		return err == nil && kept
	})
	if _, err := s.Purge(within(t, time.Second), p, newEpoch()); causeOf(t, err) != redis.Unreplicated {
		t.Errorf("a purge without a replica left: %v, want unreplicated", err)
	}
}

// One Sentinel of the configuration is enough to find the others.
func TestSentinelThatIsLostIsReplacedByOnesItKnew(t *testing.T) {
	t.Parallel()
	g, c := watched(t)
	c.Addresses = c.Addresses[:1]
	s := open(t, c)
	read(t, s, patient())
	g.Nodes[0].Kill()
	dropClients(t, g.Primary)
	awaitRead(t, s, patient())
}

func TestSentinelsThatAreGoneAreUnreachable(t *testing.T) {
	t.Parallel()
	gone := redistest.Start(t)
	gone.Kill()
	c := plain(gone.Addr())
	c.Mode, c.SentinelMaster = "sentinel", "lhcr-test"
	err := inTime(t, "a read", func(ctx context.Context) error { _, _, err := open(t, c).Read(ctx, patient(), nil); return err })
	if got := causeOf(t, err); got != redis.Unreachable {
		t.Errorf("cause %q of %v, want unreachable", got, err)
	}
}
