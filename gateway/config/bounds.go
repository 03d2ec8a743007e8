package config

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

const (
	// maxTimeout bounds what a call may wait for.
	maxTimeout = 2 * time.Minute
	// MaxKept bounds how long anything is kept: a purge is remembered for as long.
	MaxKept = 24 * time.Hour
	// minCheck and maxCheck bound how often a region is tried.
	minCheck, maxCheck = 5 * time.Second, time.Hour
)

func (c *Config) checkLimits(k *check) {
	l := c.Limits
	k.require(l.RequestSize >= 4<<10 && l.RequestSize <= 4<<20, "limits.request_size", "want between 4KiB and 4MiB")
	k.require(l.RegionResponseSize >= 1<<20 && l.RegionResponseSize <= 1<<30, "limits.region_response_size", "want between 1MiB and 1GiB")
	k.between("limits.concurrent_streams", l.ConcurrentStreams, 1, 100_000)
	k.between("limits.concurrent_calls", l.ConcurrentCalls, 1, 1_000_000)
	k.between("limits.waiting_calls", l.WaitingCalls, 0, 1_000_000)
	k.require(l.Memory == 0 || l.Memory >= 64<<20, "limits.memory", "want at least 64MiB, or 0 for no bound")
	for key, d := range map[string]Duration{"timeouts.call": c.Timeouts.Call, "timeouts.region": c.Timeouts.Region, "timeouts.drain": c.Timeouts.Drain} {
		k.require(d.Duration > 0 && d.Duration <= maxTimeout, key, "want more than 0s and at most %s", maxTimeout)
	}
	k.require(c.Timeouts.Notice.Duration <= maxTimeout, "timeouts.notice", "is longer than %s", maxTimeout)
	k.require(c.Reload.Every.Duration == 0 || c.Reload.Every.Duration >= time.Second, "reload.every", "want 1s or more, or 0s for only when signalled")
}

func (k *check) between(key string, n, least, most int) {
	k.require(n >= least && n <= most, key, "want between %d and %d", least, most)
}

func (c *Config) checkHealth(k *check) {
	every := c.Health.Every.Duration
	k.require(every == 0 || every >= minCheck && every <= maxCheck, "health.every", "want between %s and %s, or 0s for never", minCheck, maxCheck)
}

func (c *Config) checkCache(k *check) {
	if !c.Cache.Enabled {
		return
	}
	for key, d := range map[string]Duration{"record": c.Cache.Keep.Record, "held": c.Cache.Keep.Held, "not_held": c.Cache.Keep.NotHeld} {
		k.require(d.Duration > 0 && d.Duration <= MaxKept, "cache.keep."+key, "want more than 0s and at most %s", MaxKept)
	}
	k.require(c.Cache.Memory > 0 || len(c.Cache.Redis.Addresses) > 0, "cache.memory", "is 0 and there is no redis, so nothing could be kept: set one of them, or cache.enabled: false")
	k.require(c.Limits.Memory == 0 || c.Cache.Memory <= c.Limits.Memory/2, "cache.memory", "is more than half of limits.memory: the gateway needs the rest for its calls")
	if len(c.Cache.Redis.Addresses) > 0 {
		k.require(c.Cache.KeyFile != "", "cache.key_file", "is missing: make one with \"lhcr cache key\", for nothing is kept in redis unencrypted")
		c.Cache.Redis.check(k, "cache.redis.")
	}
}

func (r Redis) check(k *check, key string) {
	for i, address := range r.Addresses {
		k.require(isPeer(address), fmt.Sprintf("%saddresses[%d]", key, i), "want host:port")
	}
	k.require(slices.Contains([]string{RedisStandalone, RedisSentinel, RedisCluster}, r.Mode), key+"mode", "want standalone, sentinel or cluster")
	k.require(r.Mode != RedisStandalone || len(r.Addresses) == 1, key+"addresses", "want one address with mode standalone")
	k.require((r.Mode == RedisSentinel) == (r.SentinelMaster != ""), key+"sentinel_master", "goes with mode sentinel, and is needed there")
	k.require(r.Mode != RedisCluster || r.Database == 0, key+"database", "a cluster has database 0 only")
	k.between(key+"database", r.Database, 0, 1<<15)
	k.require(prefix.MatchString(r.Prefix), key+"prefix", "want 1 to 32 letters, digits, dots, hyphens and underscores")
	k.require(r.Password == "" || r.PasswordFile == "", key+"password_file", "the environment gives the password too: keep one of them")
	k.require(r.SentinelPassword == "" || r.SentinelPasswordFile == "", key+"sentinel_password_file", "the environment gives the password too: keep one of them")
	k.require((r.CertFile == "") == (r.KeyFile == ""), key+"cert_file", "cert_file and key_file go together: name both or neither")
	k.require(!r.PlainText || r.CAFile+r.CertFile+r.ServerName == "", key+"plain_text", "contradicts ca_file, cert_file and server_name: take out one or the other")
	k.require(r.Timeout.Duration > 0 && r.Timeout.Duration <= 5*time.Second, key+"timeout", "want more than 0s and at most 5s: a lookup waits for no longer")
	k.between(key+"pool_size", r.PoolSize, 0, 10_000)
	k.between(key+"purge_replicas", r.PurgeReplicas, 0, 100)
}

// check is that of the guards of all regions, each of which must be set.
func (g Guards) check(k *check, key string) {
	least := map[string]int{"concurrency": g.Concurrency, "queue": g.Queue, "attempts": g.Attempts, "retry_percent": g.RetryPercent, "breaker.percent": g.Breaker.Percent, "breaker.calls": g.Breaker.Calls}
	for name, n := range least {
		k.require(n >= 1, key+name, "want 1 or more")
	}
	for name, d := range map[string]Duration{"retry_wait": g.RetryWait, "breaker.window": g.Breaker.Window, "breaker.pause": g.Breaker.Pause} {
		k.require(d.Duration > 0, key+name, "want more than 0s")
	}
	g.checkOver(k, key)
}

// checkOver is that of the guards of one region, where 0 leaves what all have.
func (g Guards) checkOver(k *check, key string) {
	k.between(key+"concurrency", g.Concurrency, 0, 10_000)
	k.between(key+"queue", g.Queue, 0, 100_000)
	k.between(key+"attempts", g.Attempts, 0, 5)
	k.between(key+"retry_percent", g.RetryPercent, 0, 100)
	k.between(key+"breaker.percent", g.Breaker.Percent, 0, 100)
	k.between(key+"breaker.calls", g.Breaker.Calls, 0, 10_000)
	for name, d := range map[string]Duration{"retry_wait": g.RetryWait, "breaker.window": g.Breaker.Window, "breaker.pause": g.Breaker.Pause} {
		k.require(d.Duration <= 10*time.Minute, key+name, "is longer than 10m")
	}
}

// Over are the guards of a region: its own where they are set, else those of all.
func (g Guards) Over(all Guards) Guards {
	b, w := g.Breaker, all.Breaker
	return Guards{
		Concurrency: cmp.Or(g.Concurrency, all.Concurrency), Queue: cmp.Or(g.Queue, all.Queue),
		Attempts: cmp.Or(g.Attempts, all.Attempts), RetryWait: cmp.Or(g.RetryWait, all.RetryWait), RetryPercent: cmp.Or(g.RetryPercent, all.RetryPercent),
		Breaker: Breaker{
			Percent: cmp.Or(b.Percent, w.Percent), Calls: cmp.Or(b.Calls, w.Calls),
			Window: cmp.Or(b.Window, w.Window), Pause: cmp.Or(b.Pause, w.Pause),
		},
	}
}
