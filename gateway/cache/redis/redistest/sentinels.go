//go:build unix

package redistest

import (
	"context"
	"fmt"
	"strings"
	"testing"
)

// Sentinels are three Sentinels over a primary and its replica.
type Sentinels struct {
	t testing.TB
	// Name is the name under which they know the primary.
	Name string
	// Primary and Replica are as they were at the start.
	Primary, Replica *Server
	// Nodes are the Sentinels themselves.
	Nodes []*Server
}

// StartSentinels starts a primary, a replica and three Sentinels, and waits until
// they know each other. The options are those of primary and replica, and those of
// the Sentinels.
func StartSentinels(t testing.TB, servers, sentinels []Option) *Sentinels {
	t.Helper()
	g := &Sentinels{t: t, Name: "lhcr-test", Primary: Start(t, servers...)}
	g.Replica = Start(t, append([]Option{ReplicaOf(g.Primary)}, servers...)...)
	g.AwaitReplica()
	watch := func(s *settings) {
		s.add("sentinel monitor %s 127.0.0.1 %d 2", g.Name, g.Primary.port)
		s.add("sentinel down-after-milliseconds %s 500", g.Name)
		s.add("sentinel failover-timeout %s 5000", g.Name)
	}
	for range 3 {
		g.Nodes = append(g.Nodes, start(t, []string{"--sentinel"}, append([]Option{watch}, sentinels...)))
	}
	Await(t, "Sentinels that know each other", g.met)
	return g
}

// met is whether each Sentinel knows the two others and the replica.
func (g *Sentinels) met() bool {
	for _, n := range g.Nodes {
		out, err := n.admin.Do(context.Background(), "sentinel", "master", g.Name).StringSlice()
		if err != nil {
			g.t.Fatal(err)
		}
		has := fmt.Sprint(out)
		if !strings.Contains(has, "num-other-sentinels 2") || !strings.Contains(has, "num-slaves 1") {
			return false
		}
	}
	return true
}

// Addrs are the addresses of the Sentinels.
func (g *Sentinels) Addrs() []string { return addresses(g.Nodes) }

// AwaitReplica waits until the replica follows the primary.
func (g *Sentinels) AwaitReplica() {
	g.t.Helper()
	Await(g.t, "a replica that follows", func() bool { return Follows(g.Replica) })
}

// Follows is whether a replica has caught up with its primary.
func Follows(replica *Server) bool {
	info, err := replica.admin.Info(context.Background(), "replication").Result()
	return err == nil && strings.Contains(info, "master_link_status:up")
}

// Leads is whether a server is a primary.
func Leads(s *Server) bool {
	info, err := s.admin.Info(context.Background(), "replication").Result()
	return err == nil && strings.Contains(info, "role:master")
}

// FailOver kills the primary and waits until the replica has taken its place.
func (g *Sentinels) FailOver() {
	g.t.Helper()
	g.Primary.Kill()
	Await(g.t, "a replica that was promoted", func() bool { return Leads(g.Replica) })
}

// Rejoin brings the primary of before back, empty, as the replica of the new one.
func (g *Sentinels) Rejoin() {
	g.t.Helper()
	g.Primary.Restart()
	if err := g.Primary.admin.Do(context.Background(), "replicaof", "127.0.0.1", g.Replica.port).Err(); err != nil {
		g.t.Fatal(err)
	}
	Await(g.t, "a replica that follows", func() bool { return Follows(g.Primary) })
}
