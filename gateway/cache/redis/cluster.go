package redis

import (
	"context"
	"strconv"

	goredis "github.com/redis/go-redis/v9"
)

// samples is of how many keys the primary is looked up, to find those of a Cluster. In a
// large one some are missed.
const samples = 64

// primaries are those of a Cluster, as far as is known without asking one of them.
func primaries(ctx context.Context, c *goredis.ClusterClient) ([]*goredis.Client, error) {
	var out []*goredis.Client
	var failed error
	seen := map[*goredis.Client]bool{}
	for i := range samples {
		node, err := c.MasterForKey(ctx, strconv.Itoa(i))
		if err != nil {
			failed = err
		} else if !seen[node] {
			seen[node] = true
			out = append(out, node)
		}
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, failed
}

// pingAny asks them all, and does not wait for the others once one has answered.
func pingAny(ctx context.Context, c *goredis.ClusterClient) error {
	nodes, err := primaries(ctx, c)
	if err != nil {
		return err
	}
	ended := make(chan error, len(nodes))
	for _, node := range nodes {
		go func() { ended <- node.Ping(ctx).Err() }()
	}
	for range nodes {
		if err = <-ended; err == nil {
			return nil
		}
	}
	return err
}
