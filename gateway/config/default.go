package config

import "time"

// Default is the configuration that the file is read over. It does not validate by
// itself: certificate, issuer and regions have no default.
func Default() *Config {
	return &Config{
		Strict: true,
		Listen: Listen{GRPC: "127.0.0.1:7443", REST: "127.0.0.1:8443", Metrics: "127.0.0.1:9464", Admin: "127.0.0.1:7444"},
		Auth:   Auth{Skew: Duration{Duration: 30 * time.Second}, MaxLifetime: Duration{Duration: 24 * time.Hour}},
		Health: Health{Every: Duration{Duration: time.Minute}},
		Cache: Cache{
			Enabled: true, Memory: 256 << 20,
			Keep:  Keep{Record: Duration{Duration: 10 * time.Minute}, Held: Duration{Duration: 12 * time.Hour}, NotHeld: Duration{Duration: 5 * time.Minute}},
			Redis: Redis{Mode: RedisStandalone, Prefix: "lhcr", Timeout: Duration{Duration: 100 * time.Millisecond}},
		},
		Guards: Guards{
			Concurrency: 32, Queue: 256, Attempts: 2, RetryWait: Duration{Duration: 100 * time.Millisecond}, RetryPercent: 20,
			Breaker: Breaker{Percent: 50, Calls: 10, Window: Duration{Duration: 30 * time.Second}, Pause: Duration{Duration: 10 * time.Second}},
		},
		Limits: Limits{
			RequestSize: 256 << 10, RegionResponseSize: 64 << 20, ConcurrentStreams: 250,
			ConcurrentCalls: 1024, WaitingCalls: 256, Memory: 2 << 30,
		},
		Timeouts: Timeouts{
			Call:   Duration{Duration: 10 * time.Second},
			Region: Duration{Duration: 8 * time.Second},
			Notice: Duration{Duration: 3 * time.Second},
			Drain:  Duration{Duration: 20 * time.Second},
		},
		Audit:     Audit{Kind: AuditLog},
		Telemetry: Telemetry{Log: Log{Level: "info", Format: "json"}},
		Reload:    Reload{Every: Duration{Duration: 30 * time.Second}},
	}
}

// AuditLog is the kind of audit that writes to the log.
const AuditLog = "log"

// What can stand at the addresses of a Redis.
const (
	RedisStandalone = "standalone"
	RedisSentinel   = "sentinel"
	RedisCluster    = "cluster"
)

// DefaultRegion is what a region of the file is read over: naming it enables it.
func DefaultRegion() Region { return Region{Enabled: true} }
