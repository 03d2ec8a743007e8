package config

import "time"

// Default is the configuration that the file is read over. It does not validate by
// itself: certificate, issuer and regions have no default.
func Default() *Config {
	return &Config{
		Strict: true,
		Listen: Listen{GRPC: "127.0.0.1:7443", REST: "127.0.0.1:8443", Metrics: "127.0.0.1:9464"},
		Auth:   Auth{Skew: Duration{Duration: 30 * time.Second}, MaxLifetime: Duration{Duration: 24 * time.Hour}},
		Limits: Limits{RequestSize: 256 << 10, RegionResponseSize: 64 << 20, ConcurrentStreams: 250},
		Timeouts: Timeouts{
			Call:   Duration{Duration: 10 * time.Second},
			Region: Duration{Duration: 8 * time.Second},
			Drain:  Duration{Duration: 20 * time.Second},
		},
		Audit:     Audit{Kind: AuditLog},
		Telemetry: Telemetry{Log: Log{Level: "info", Format: "json"}},
	}
}

// AuditLog is the kind of audit that writes to the log.
const AuditLog = "log"

// DefaultRegion is what a region of the file is read over: naming it enables it.
func DefaultRegion() Region { return Region{Enabled: true} }
