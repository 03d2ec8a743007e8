package config

import (
	"maps"
	"net"
	"net/netip"
	"slices"
)

// relaxation is something that strict: true refuses.
type relaxation struct {
	key, what string
	inEffect  bool
}

func (c *Config) relaxations() []relaxation {
	return append(c.adapterRelaxations(), []relaxation{
		{"sandbox", "the regions are simulated", c.Sandbox},
		{"listen.plain_text", "gRPC and REST are served without TLS", c.Listen.PlainText},
		{"listen.metrics", "metrics are served without TLS on an address other than loopback", c.Listen.Metrics != "" && !isLoopback(c.Listen.Metrics)},
		{"auth.allow_unauthenticated", "calls without a token are taken", c.Auth.AllowUnauthenticated},
		{"audit.kind", "the audit is written to the log and is not durable", c.Audit.Kind == AuditLog},
		{"cache.redis.plain_text", "the cache is reached without TLS on an address other than loopback", c.Cache.Redis.PlainText && !allLoopback(c.Cache.Redis.Addresses)},
		{"telemetry.otlp.plain_text", "traces are sent without TLS", c.Telemetry.OTLP.PlainText},
	}...)
}

// adapterRelaxations are those of adapters that run in processes of their own.
func (c *Config) adapterRelaxations() []relaxation {
	var found []relaxation
	for _, id := range slices.Sorted(maps.Keys(c.Regions)) {
		r := c.Regions[id]
		found = append(found, relaxation{
			"regions." + id + ".adapter.plain_text", "the adapter is reached without TLS on an address other than loopback",
			r.Enabled && r.Adapter.PlainText && !isLoopback(r.Adapter.Target),
		})
	}
	return found
}

// Relaxations says what strict: true would refuse, a sentence each that begins with
// its key, for the log of each start. It is empty for a strict configuration.
func (c *Config) Relaxations() []string {
	var said []string
	for _, r := range c.relaxations() {
		if r.inEffect {
			said = append(said, r.key+": "+r.what)
		}
	}
	return said
}

func allLoopback(addresses []string) bool {
	return !slices.ContainsFunc(addresses, func(a string) bool { return !isLoopback(a) })
}

func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}
