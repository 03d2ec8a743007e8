package redis

import (
	"context"
	"net"
	"strings"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/openlhcr/openlhcr/gateway/cache"
)

// purgeScript forgets the hash KEYS[2], makes the epoch KEYS[1] ARGV[1], for ARGV[2]
// ms, and gives the one before. It unlinks first: a script that has begun to write may
// also set something where Redis is full.
const purgeScript = `
local held = redis.pcall('GET', KEYS[1])
redis.call('UNLINK', KEYS[2])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
if type(held) ~= 'string' then return '' end
return held`

// Purge replaces the patient's epoch, forgets every value, and gives the epoch that
// was replaced, zero where there was none. With replicas to wait for it fails unless
// so many have taken it over; it is done at the primary all the same. Each call needs
// an epoch of its own: repeated, an epoch could come back that another purge has
// replaced meanwhile.
func (s *Store) Purge(ctx context.Context, patient cache.PatientKey, epoch cache.Epoch) (cache.Epoch, error) {
	epochKey, valuesKey := s.keys(patient)
	p := purge{
		keys: []string{epochKey, valuesKey}, args: []any{epoch[:], milliseconds(s.longest + beyond)}, replicas: s.replicas,
	}
	node, err := s.primary(ctx, epochKey)
	if err == nil {
		err = p.at(ctx, node)
	}
	replaced, _, _ := epochOf(p.replaced, nil) // another's bytes are no epoch: zero
	return replaced, s.failed("purge", err)
}

// primary is the server that a key is at, as far as is known.
func (s *Store) primary(ctx context.Context, key string) (*goredis.Client, error) {
	if c, ok := s.client.(*goredis.ClusterClient); ok {
		return c.MasterForKey(ctx, key)
	}
	return s.client.(*goredis.Client), nil
}

// purge is one purge. It goes over one connection, for WAIT waits for what was written
// on its own, and is never repeated where it may have been done.
type purge struct {
	keys     []string
	args     []any
	replicas int
	replaced string
}

func (p *purge) at(ctx context.Context, node *goredis.Client) error {
	err := p.on(ctx, node.Conn(), false)
	for range redirections {
		address, asking := redirection(err)
		if address == "" {
			break
		}
		err = p.elsewhere(ctx, node, address, asking)
	}
	return err
}

// elsewhere follows a redirection: the server that gave it has done nothing. The
// connection is for this once. An address without a host is on the same host.
func (p *purge) elsewhere(ctx context.Context, node *goredis.Client, address string, asking bool) error {
	o := *node.Options()
	if port, ok := strings.CutPrefix(address, ":"); ok {
		host, _, _ := net.SplitHostPort(o.Addr)
		address = net.JoinHostPort(host, port)
	}
	o.Addr, o.NodeAddress, o.MaxRetries = address, address, none
	there := goredis.NewClient(&o)
	defer func() { _ = there.Close() }()
	return p.on(ctx, there.Conn(), asking)
}

func (p *purge) on(ctx context.Context, conn *goredis.Conn, asking bool) error {
	defer func() { _ = conn.Close() }()
	if asking {
		if err := conn.Process(ctx, goredis.NewStatusCmd(ctx, "asking")); err != nil {
			return err
		}
	}
	var err error
	if p.replaced, err = conn.Eval(ctx, purgeScript, p.keys, p.args...).Text(); err != nil || p.replicas == 0 {
		return err
	}
	took, err := conn.Wait(ctx, p.replicas, waitFor(ctx)).Result()
	if err == nil && took < int64(p.replicas) {
		return errUnreplicated
	}
	return err
}

// waitFor leaves the answer some of the time of the context to come back in. Redis looks
// only ten times a second whether a wait is over, so with less time than a second or so
// the call ends with the context instead.
func waitFor(ctx context.Context) time.Duration {
	until, ok := ctx.Deadline()
	if !ok {
		return patience
	}
	return max(time.Until(until)*9/10, time.Millisecond)
}
