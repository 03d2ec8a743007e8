// Package redis is the store that several gateways share: a Redis alone, behind
// Sentinels, or as a Cluster, from version 6.2 on.
//
// A patient has two keys, in one slot of a Cluster:
//
//	<prefix>:{<patient key, base64url>}:e   the epoch, 16 random bytes
//	<prefix>:{<patient key, base64url>}:r   a hash, a field for each value
//
// A read is GET and HMGET in one round trip. A patient without an epoch gets one by a
// script, a second round trip. A fill and a purge are a script each, so that nothing
// comes between their steps. A purge is a script and not MULTI, because a Redis that
// is full refuses a MULTI that sets anything, and a purge must succeed there.
//
// Nothing here is believed: what is kept is sealed by package cache, which refuses
// bytes that are not what it put there. So values are handed on as they are. What has
// the wrong type counts as missing, and the next write replaces it.
//
// Every call ends with its context's deadline: waiting for a connection, making one,
// writing and reading. A call that fails is not tried again, but for reads and fills of
// a Cluster, where another node may have the answer. The pool bounds the connections,
// and what a reply may hold is bounded too.
//
// The library under it writes lines of its own to standard error when it cannot
// connect: addresses and causes, no keys and no commands.
package redis

import (
	"context"
	"fmt"
	"io"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// Store is a Redis.
type Store struct {
	client   goredis.UniversalClient
	prefix   string
	replicas int
	longest  time.Duration
	random   io.Reader
	make     *goredis.Script
	fill     *goredis.Script
}

var _ cache.Store = (*Store)(nil)

// Open makes a store of a configuration that is valid. longest is the longest that
// anything is kept: an epoch lives longer than that. random is where epochs come from.
// It does not connect. The error names the key that is at fault.
func Open(c config.Redis, longest time.Duration, random io.Reader) (*Store, error) {
	d, err := newDialer(c)
	if err != nil {
		return nil, err
	}
	_, sentinel, err := c.Passwords()
	if err != nil {
		return nil, fmt.Errorf("%s%w", keyPrefix, err)
	}
	return &Store{
		client: newClient(c, d, sentinel), prefix: c.Prefix, replicas: c.PurgeReplicas, longest: longest, random: random,
		make: goredis.NewScript(makeScript), fill: goredis.NewScript(fillScript),
	}, nil
}

// Name is "redis".
func (s *Store) Name() string { return "redis" }

// Ping says whether the server answers; of a Cluster, whether any primary does: one that
// is gone costs its own patients only.
func (s *Store) Ping(ctx context.Context) error {
	switch c := s.client.(type) {
	case *goredis.ClusterClient:
		return s.failed("ping", pingAny(ctx, c))
	case *goredis.Client:
		return s.failed("ping", c.Ping(ctx).Err())
	}
	return nil
}

// Close ends the connections, and with them what still waits on one.
func (s *Store) Close() error { return s.failed("close", s.client.Close()) }

// failed is the error as the store gives it. In a Cluster it has the slots looked up
// anew, for a node that is gone says nothing of its successor.
func (s *Store) failed(op string, err error) error {
	if err == nil {
		return nil
	}
	if c, ok := s.client.(*goredis.ClusterClient); ok {
		c.ReloadState(context.Background())
	}
	return newError(op, err)
}
