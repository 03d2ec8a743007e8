package redis

import (
	"context"
	"fmt"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/config"
)

const (
	clientName = "lhcr"
	// resp is the older protocol: it has no messages that come unasked.
	resp = 2
	// none turns a limit of the library off, where 0 stands for its default.
	none = -1
	// patience bounds what has no deadline of its own: looking up the slots of a
	// Cluster, asking the Sentinels, making a connection for later.
	patience = 2 * time.Second
	// buffer is that of each connection, each way: most records fit.
	buffer = 64 << 10
	// redirections of a Cluster are followed so often.
	redirections = 3
	// staleAfter is the age at which the slots of a Cluster are looked up anew.
	staleAfter = 10 * time.Second
)

// newClient never tries again by itself, beyond what a Cluster redirects: a read that
// failed is answered by the regions, and a purge that failed must not be repeated
// under the same epoch.
func newClient(c config.Redis, d *dialer, sentinel adapters.Secret) goredis.UniversalClient {
	switch c.Mode {
	case config.RedisCluster:
		return goredis.NewClusterClient(clusterOptions(c, d))
	case config.RedisSentinel:
		return goredis.NewFailoverClient(failoverOptions(c, d, sentinel))
	}
	return goredis.NewClient(options(c, d))
}

func options(c config.Redis, d *dialer) *goredis.Options {
	return &goredis.Options{
		Addr: c.Addresses[0], DB: c.Database, ClientName: clientName, Protocol: resp, DisableIdentity: true,
		Dialer: d.dial, CredentialsProviderContext: credentials(c), MaxRetries: none,
		DialTimeout: patience, DialerRetries: 1, ReadTimeout: patience, WriteTimeout: patience, PoolTimeout: patience, ContextTimeoutEnabled: true,
		PoolSize: c.PoolSize, PipelinePoolSize: none, ReadBufferSize: buffer, WriteBufferSize: buffer,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// failoverOptions give the Sentinels' password as it is now: the library has no way
// to ask for it again.
func failoverOptions(c config.Redis, d *dialer, sentinel adapters.Secret) *goredis.FailoverOptions {
	return &goredis.FailoverOptions{
		MasterName: c.SentinelMaster, SentinelAddrs: c.Addresses, SentinelUsername: c.SentinelUsername, SentinelPassword: string(sentinel),
		DB: c.Database, ClientName: clientName, Protocol: resp, DisableIdentity: true,
		Dialer: d.dial, CredentialsProviderContext: credentials(c), MaxRetries: none,
		DialTimeout: patience, DialerRetries: 1, ReadTimeout: patience, WriteTimeout: patience, PoolTimeout: patience, ContextTimeoutEnabled: true,
		PoolSize: c.PoolSize, PipelinePoolSize: none, ReadBufferSize: buffer, WriteBufferSize: buffer,
	}
}

func clusterOptions(c config.Redis, d *dialer) *goredis.ClusterOptions {
	return &goredis.ClusterOptions{
		Addrs: c.Addresses, ClientName: clientName, Protocol: resp, DisableIdentity: true,
		Dialer: d.dial, CredentialsProviderContext: credentials(c), MaxRetries: none, MaxRedirects: redirections,
		DialTimeout: patience, DialerRetries: 1, ReadTimeout: patience, WriteTimeout: patience, PoolTimeout: patience, ContextTimeoutEnabled: true,
		PoolSize: c.PoolSize, PipelinePoolSize: none, ReadBufferSize: buffer, WriteBufferSize: buffer,
		ClusterStateReloadInterval: staleAfter, DisableRoutingPolicies: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// credentials reads the password anew for each connection, so that one that was
// changed in its file is taken over without a restart.
func credentials(c config.Redis) func(context.Context) (string, string, error) {
	return func(context.Context) (string, string, error) {
		password, _, err := c.Passwords()
		if err != nil {
			return "", "", &connectError{fmt.Errorf("%s%w", keyPrefix, err)}
		}
		return c.Username, string(password), nil
	}
}
