//go:build unix

package redis_test

import (
	"context"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// clustered is a Cluster, and how the user of redis.ACL reaches it.
func clustered(t *testing.T, options ...redistest.Option) (*redistest.Cluster, config.Redis) {
	t.Helper()
	options = append(options, redistest.User("gateway", "first", redis.ACL(prefix)))
	cluster := redistest.StartCluster(t, 3, options...)
	c := plain(cluster.Addrs()...)
	c.Mode, c.Username, c.PasswordFile = config.RedisCluster, "gateway", secret(t, "first")
	return cluster, c
}

// other is a node that the key is not at.
func other(cluster *redistest.Cluster, owner *redistest.Server) *redistest.Server {
	for _, n := range cluster.Nodes {
		if n != owner {
			return n
		}
	}
	return nil
}

func TestMovedSlotIsFollowed(t *testing.T) {
	t.Parallel()
	cluster, c := clustered(t)
	for name, purgeFirst := range map[string]bool{"a read first": false, "a purge first": true} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c)
			p, f := patient(), newField()
			epoch := put(t, s, p, f, "alpha")
			slot, from := cluster.SlotOf(epochKey(p)), cluster.Owner(epochKey(p))
			to := other(cluster, from)
			cluster.Open(slot, from, to)
			cluster.Settle(slot, from, to)

			if !purgeFirst {
				if now, values := read(t, s, p, f); now != epoch || values[0] != "alpha" {
					t.Errorf("epoch %x, want %x; value %q", now, epoch, values)
				}
			}
			fresh, replaced := purge(t, s, p)
			if now, values := read(t, s, p, f); now != fresh || replaced != epoch || values[0] != missing {
				t.Errorf("after the purge: epoch %x, want %x, replaced %x, want %x; value %q", now, fresh, replaced, epoch, values)
			}
			fillOK(t, s, p, fresh, cache.Cell{Field: f, Value: []byte("beta")})
		})
	}
}

// While a slot moves, a patient's keys are at the old node or at the new one, and are
// found there. One who has none is refused for now, by Redis itself.
func TestSlotThatMovesIsServedFromBothSides(t *testing.T) {
	t.Parallel()
	cluster, c := clustered(t)
	for name, moved := range map[string]bool{"not moved yet": false, "moved already": true} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c)
			p, f := patient(), newField()
			epoch := put(t, s, p, f, "alpha")
			slot, from := cluster.SlotOf(epochKey(p)), cluster.Owner(epochKey(p))
			to := other(cluster, from)
			cluster.Open(slot, from, to)
			if moved {
				cluster.MoveKey(epochKey(p), from, to)
				cluster.MoveKey(valuesKey(p), from, to)
			}

			if now, values := read(t, s, p, f); now != epoch || values[0] != "alpha" {
				t.Errorf("while the slot moves: epoch %x, want %x; value %q", now, epoch, values)
			}
			fresh, replaced := purge(t, s, p)
			if now, values := read(t, s, p, f); now != fresh || replaced != epoch || values[0] != missing {
				t.Errorf("after a purge while the slot moves: epoch %x, want %x; value %q", now, fresh, values)
			}
			cluster.Settle(slot, from, to)
			if now, values := read(t, s, p, f); now != fresh || values[0] != missing {
				t.Errorf("after the move: epoch %x, want %x; value %q", now, fresh, values)
			}
		})
	}
}

func TestPatientWithoutKeysInASlotThatMovesIsRefusedForNow(t *testing.T) {
	t.Parallel()
	cluster, c := clustered(t)
	s := open(t, c)
	p := patient()
	read(t, s, patient()) // knows the slots as they were
	slot, from := cluster.SlotOf(epochKey(p)), cluster.Owner(epochKey(p))
	to := other(cluster, from)
	cluster.Open(slot, from, to)
	_, _, errRead := s.Read(within(t, time.Second), p, nil)
	_, errPurge := s.Purge(within(t, time.Second), p, newEpoch())
	if causeOf(t, errRead) != redis.Loading || causeOf(t, errPurge) != redis.Loading {
		t.Errorf("a read gave %v, a purge %v, want loading", errRead, errPurge)
	}
	cluster.Settle(slot, from, to)
	purge(t, s, p)
}

// One key of the patient moved, the other not yet: nothing may be mixed up, whatever is
// answered.
func TestPatientCaughtBetweenTwoNodesIsNotMixedUp(t *testing.T) {
	t.Parallel()
	cluster, c := clustered(t)
	s := open(t, c)
	p, f := patient(), newField()
	epoch := put(t, s, p, f, "alpha")
	slot, from := cluster.SlotOf(epochKey(p)), cluster.Owner(epochKey(p))
	to := other(cluster, from)
	cluster.Open(slot, from, to)
	cluster.MoveKey(epochKey(p), from, to)

	if now, values := read(t, s, p, f); now != epoch || values[0] != "alpha" && values[0] != missing {
		t.Errorf("epoch %x, want %x; value %q", now, epoch, values)
	}
	fresh := newEpoch()
	_, err := s.Purge(within(t, bound), p, fresh)
	if err != nil && causeOf(t, err) != redis.Loading && causeOf(t, err) != redis.Timeout {
		t.Errorf("a purge: %v, want it done, or refused for now", err)
	}
	cluster.Settle(slot, from, to)
	now, values := read(t, s, p, f)
	if err == nil && (now != fresh || values[0] != missing) || err != nil && (now != epoch || values[0] != "alpha") {
		t.Errorf("after the move: epoch %x, value %q; the purge gave %v", now, values, err)
	}
}

func TestKilledNodeCostsItsOwnPatientsOnly(t *testing.T) {
	t.Parallel()
	cluster, c := clustered(t, redistest.Set("cluster-require-full-coverage", "no"))
	s := open(t, c)
	dead, alive := patient(), patient()
	for cluster.Owner(epochKey(alive)) == cluster.Owner(epochKey(dead)) {
		alive = patient()
	}
	f := newField()
	put(t, s, dead, f, "alpha")
	put(t, s, alive, f, "beta")

	cluster.Owner(epochKey(dead)).Kill()
	for range 10 {
		err := inTime(t, "a read", func(ctx context.Context) error { _, _, err := s.Read(ctx, dead, nil); return err })
		switch got := causeOf(t, err); got {
		case redis.Unreachable, redis.Timeout, redis.Loading:
		default:
			t.Errorf("cause %q of %v", got, err)
		}
		if _, values := read(t, s, alive, f); values[0] != "beta" {
			t.Errorf("read %q of a node that is alive", values)
		}
	}
	if _, err := s.Purge(within(t, bound), dead, newEpoch()); err == nil {
		t.Error("a purge of a patient at a dead node went well")
	}
	if err := s.Ping(soon(t)); err != nil {
		t.Errorf("ping: %v, want the nodes that are alive to answer", err)
	}
	cluster.Owner(epochKey(dead)).Restart() // knows its slots, has forgotten its keys
	awaitRead(t, s, dead)
	if _, values := read(t, s, dead, f); values[0] != missing {
		t.Errorf("read %q of a node that is empty", values)
	}
}

// A replica that takes over is found long before the slots are looked up anew anyway.
func TestReplicaOfAClusterThatTakesOverIsFound(t *testing.T) {
	t.Parallel()
	user := redistest.User("gateway", "first", redis.ACL(prefix))
	cluster, c := clustered(t)
	c.PurgeReplicas = 1
	p, f := patient(), newField()
	lost := cluster.Owner(epochKey(p))
	replica := cluster.AddReplica(lost, user)
	s := open(t, c)
	put(t, s, p, f, "alpha")
	fresh, _ := purge(t, s, p)

	lost.Kill()
	redistest.Await(t, "a replica that was promoted", func() bool {
		_, _, _ = s.Read(within(t, bound), p, nil)
		return redistest.Leads(replica)
	})
	promoted := time.Now()
	awaitRead(t, s, p)
	if took := time.Since(promoted); took > 5*time.Second {
		t.Errorf("it was found after %s", took)
	}
	if epoch, values := read(t, s, p, f); epoch != fresh || values[0] != missing {
		t.Errorf("after the fail-over: epoch %x, want %x; value %q, want none", epoch, fresh, values)
	}
}

func TestClusterThatIsPausedDoesNotAnswer(t *testing.T) {
	t.Parallel()
	cluster, c := clustered(t)
	s := open(t, c)
	if err := s.Ping(soon(t)); err != nil {
		t.Fatal(err)
	}
	for i, n := range cluster.Nodes {
		n.Pause()
		err := inTime(t, "a ping", s.Ping)
		if last := i == len(cluster.Nodes)-1; last != (err != nil) {
			t.Errorf("with %d of %d nodes paused: %v", i+1, len(cluster.Nodes), err)
		}
	}
}

func TestClusterThatIsNotWholeIsNotReady(t *testing.T) {
	t.Parallel()
	cluster, c := clustered(t)
	s := open(t, c)
	p := patient()
	read(t, s, p)
	other(cluster, cluster.Owner(epochKey(p))).Kill()
	redistest.Await(t, "a Cluster that finds itself down", func() bool {
		_, _, err := s.Read(within(t, bound), p, nil)
		return err != nil && causeOf(t, err) == redis.Loading
	})
}
