//go:build unix

package redistest

import (
	"context"
	"strconv"
	"strings"
	"testing"
)

// slots is how many hash slots a Cluster has.
const slots = 16_384

// Cluster is a Redis Cluster of primaries that share the slots evenly.
type Cluster struct {
	t     testing.TB
	Nodes []*Server
}

// StartCluster starts a Cluster of so many nodes and waits until each of them finds
// it whole.
func StartCluster(t testing.TB, nodes int, options ...Option) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	options = append([]Option{Set("cluster-enabled", "yes"), Set("cluster-node-timeout", "1000")}, options...)
	for range nodes {
		c.Nodes = append(c.Nodes, Start(t, options...))
	}
	for i, n := range c.Nodes {
		c.do(n, "cluster", "set-config-epoch", i+1)
		c.do(n, append([]any{"cluster", "addslots"}, slotsOf(i, nodes)...)...)
		if i > 0 {
			c.do(c.Nodes[0], "cluster", "meet", "127.0.0.1", n.port)
		}
	}
	Await(t, "a whole Cluster", c.whole)
	return c
}

// AddReplica adds a replica of a node and waits until it follows.
func (c *Cluster) AddReplica(of *Server, options ...Option) *Server {
	c.t.Helper()
	r := Start(c.t, append([]Option{Set("cluster-enabled", "yes"), Set("cluster-node-timeout", "1000")}, options...)...)
	c.do(of, "cluster", "meet", "127.0.0.1", r.port)
	Await(c.t, "a node that knows its primary", func() bool {
		return r.admin.ClusterReplicate(context.Background(), c.id(of)).Err() == nil
	})
	Await(c.t, "a replica that follows", func() bool { return Follows(r) })
	Await(c.t, "nodes that know the replica", func() bool { return c.know(r) })
	return r
}

// know is whether every node knows a replica as one: only then it can be elected.
func (c *Cluster) know(replica *Server) bool {
	id := c.id(replica)
	for _, n := range c.Nodes {
		all, err := n.admin.ClusterNodes(context.Background()).Result()
		if err != nil || !strings.Contains(all, id) {
			return false
		}
		_, after, _ := strings.Cut(all, id)
		if line, _, _ := strings.Cut(after, "\n"); !strings.Contains(line, "slave") {
			return false
		}
	}
	return true
}

// slotsOf are the slots of node i of n.
func slotsOf(i, n int) []any {
	var out []any
	for slot := i * slots / n; slot < (i+1)*slots/n; slot++ {
		out = append(out, slot)
	}
	return out
}

func (c *Cluster) whole() bool {
	for _, n := range c.Nodes {
		info, err := n.admin.ClusterInfo(context.Background()).Result()
		if err != nil || !strings.Contains(info, "cluster_state:ok") ||
			!strings.Contains(info, "cluster_known_nodes:"+strconv.Itoa(len(c.Nodes))) ||
			!strings.Contains(info, "cluster_slots_ok:"+strconv.Itoa(slots)) {
			return false
		}
	}
	return true
}

// Addrs are the addresses of its nodes.
func (c *Cluster) Addrs() []string { return addresses(c.Nodes) }

func addresses(servers []*Server) []string {
	var out []string
	for _, s := range servers {
		out = append(out, s.Addr())
	}
	return out
}

// SlotOf is the slot of a key. Any node knows, so the first that is alive is asked.
func (c *Cluster) SlotOf(key string) int {
	c.t.Helper()
	for _, n := range c.Nodes {
		if slot, err := n.admin.ClusterKeySlot(context.Background(), key).Result(); err == nil {
			return int(slot)
		}
	}
	c.t.Fatal("no node is alive")
	return 0
}

// Owner is the node that a key belongs to after StartCluster.
func (c *Cluster) Owner(key string) *Server {
	c.t.Helper()
	slot := c.SlotOf(key)
	for i := range c.Nodes {
		if slot < (i+1)*slots/len(c.Nodes) {
			return c.Nodes[i]
		}
	}
	return nil
}

// Open begins to move a slot: the keys that come from now on go to the new node, the
// others stay until they are moved.
func (c *Cluster) Open(slot int, from, to *Server) {
	c.t.Helper()
	c.do(to, "cluster", "setslot", slot, "importing", c.id(from))
	c.do(from, "cluster", "setslot", slot, "migrating", c.id(to))
}

// Settle ends the moving of a slot: its keys go over, and all nodes are told.
func (c *Cluster) Settle(slot int, from, to *Server) {
	c.t.Helper()
	for _, key := range c.keys(slot, from) {
		c.MoveKey(key, from, to)
	}
	for _, n := range append([]*Server{to, from}, c.Nodes...) {
		c.do(n, "cluster", "setslot", slot, "node", c.id(to))
	}
}

// MoveKey moves one key of a slot that is being moved.
func (c *Cluster) MoveKey(key string, from, to *Server) {
	c.t.Helper()
	c.do(from, "migrate", "127.0.0.1", to.port, key, 0, 5000)
}

func (c *Cluster) keys(slot int, n *Server) []string {
	c.t.Helper()
	keys, err := n.admin.ClusterGetKeysInSlot(context.Background(), slot, 1000).Result()
	if err != nil {
		c.t.Fatal(err)
	}
	return keys
}

func (c *Cluster) id(n *Server) string {
	c.t.Helper()
	id, err := n.admin.ClusterMyID(context.Background()).Result()
	if err != nil {
		c.t.Fatal(err)
	}
	return id
}

func (c *Cluster) do(n *Server, args ...any) {
	c.t.Helper()
	if err := n.admin.Do(context.Background(), args...).Err(); err != nil {
		c.t.Fatalf("%v: %v", args[:2], err)
	}
}
