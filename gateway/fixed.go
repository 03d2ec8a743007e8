package gateway

import (
	"github.com/openlhcr/openlhcr/gateway/config"
)

// keepFixed is a new configuration with the former values of all keys that take a new
// start: those of what is opened once (listeners, the shared cache, telemetry, the
// audit), and those that the edge is made of.
func keepFixed(former, next *config.Config) *config.Config {
	c := *next
	c.Strict, c.Sandbox, c.Listen = former.Strict, former.Sandbox, former.Listen
	c.Audit, c.Telemetry, c.Reload = former.Audit, former.Telemetry, former.Reload
	c.Cache.Enabled, c.Cache.Memory, c.Cache.Redis = former.Cache.Enabled, former.Cache.Memory, former.Cache.Redis
	c.Limits.RequestSize, c.Limits.ConcurrentStreams, c.Limits.Memory = former.Limits.RequestSize, former.Limits.ConcurrentStreams, former.Limits.Memory
	c.Timeouts.Call = former.Timeouts.Call
	c.Auth.AllowUnauthenticated = former.Auth.AllowUnauthenticated
	if (former.Auth.JWKSFile == "") != (next.Auth.JWKSFile == "") {
		c.Auth = former.Auth // whether tokens are asked for at all
	}
	return &c
}
