package cache_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// What was read before a purge was asked for is not served after it was done, whoever
// reads, keeps and purges at the same time, through two gateways.
func TestPurgesHoldUnderConcurrency(t *testing.T) {
	for name, shared := range map[string]bool{"memory": false, "memory and shared": true} {
		t.Run(name, func(t *testing.T) {
			store, keys := newStore(), newRing(t)
			var gateways []*gateway
			for range 2 {
				gateways = append(gateways, open(t, func(o *cache.Options) {
					o.MaxPurges = 3
					if shared {
						o.Shared, o.Keys = unclosed{store}, keys
					}
				}))
				if !shared {
					break
				}
			}
			store.set(func() {
				store.fault = func(string) error {
					if rand.IntN(20) == 0 { // hardly ever five in a row
						return errors.New("odd")
					}
					return nil
				}
			})
			race(t, gateways)
		})
	}
}

// race lets readers and purgers loose.
func race(t *testing.T, gateways []*gateway) {
	patients := []string{ann, bob, "9990000034", "9990000042"}
	purged := make([]atomic.Int64, len(patients)) // the moment before which nothing may be served
	var moment atomic.Int64
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	f := field("dorset")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for ctx.Err() == nil {
				g, p := gateways[rand.IntN(len(gateways))], rand.IntN(len(patients))
				floor := purged[p].Load()
				found, r := g.look(patients[p], f)
				read := moment.Add(1)
				if found == "" {
					g.Fill(r, []cache.Kept{{Field: f, Value: &text{strconv.AppendInt(nil, read, 10)}, Retrieved: noon.Add(time.Minute), For: time.Hour}})
					continue
				}
				if at, err := strconv.ParseInt(found, 10, 64); err != nil || at < floor {
					t.Errorf("read at %s, served after the purge of %d", found, floor)
				}
			}
		})
	}
	hits := func() (n int) {
		for _, g := range gateways {
			n += g.seen.count("found memory")
		}
		return n
	}
	all.Go(func() {
		defer cancel()
		for began := time.Now(); ctx.Err() == nil; {
			if time.Since(began) > 300*time.Millisecond && hits() > 0 && purged[0].Load() > 0 {
				return
			}
			g, p := gateways[rand.IntN(len(gateways))], rand.IntN(len(patients))
			asked := moment.Add(1)
			if _, err := g.Purge(context.Background(), patients[p]); err == nil {
				purged[p].Store(asked)
			}
			time.Sleep(time.Millisecond)
		}
	})
	all.Wait()
	if hits() == 0 || purged[0].Load() == 0 {
		t.Error("nothing was found, or nothing purged")
	}
}
