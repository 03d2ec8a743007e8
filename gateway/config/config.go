// Package config is what a deployment decides: one YAML file, read strictly, over
// defaults and under environment variables.
//
// Every key may be set by an environment variable instead of, or over, the file:
// its path in upper case, with underscores for dots and hyphens, after "LHCR_". So
// "listen.grpc" is LHCR_LISTEN_GRPC and "regions.dorset.base_url" is
// LHCR_REGIONS_DORSET_BASE_URL. Lists are separated by commas. A name that a
// deployment gives, such as that of a region, of a further system or address of it, of
// a secret or of a code, must stand in the file to be known at all; organisations and
// suppliers stand in the file alone.
//
// Secrets never stand in the file: it names files that hold them, or the
// environment gives them.
//
// The comments of the fields below are the comments of [Example].
package config

import "github.com/openlhcr/openlhcr/adapters"

// Config is everything that a deployment decides.
type Config struct {
	// Whether anything that weakens the gateway is refused: a listener without TLS,
	// callers without a token, an audit that is not durable, simulated regions.
	// False permits what other keys ask for; the log says at each start what that is.
	Strict bool `yaml:"strict" example:"false"`
	// Whether the regions below are the simulated systems of the sandbox. Needs strict: false.
	Sandbox bool `yaml:"sandbox"`
	// Where the gateway listens.
	Listen Listen `yaml:"listen"`
	// The gateway's own certificate, for the gRPC and the REST listener.
	TLS TLS `yaml:"tls"`
	// Who may call: bearer tokens of one issuer.
	Auth Auth `yaml:"auth"`
	// The regional systems, by region id.
	Regions map[string]Region `yaml:"regions" example:"dorset"`
	// What else is known of whom the regions serve.
	Directory Directory `yaml:"directory"`
	// The regions of each organisation, by its ODS code: they are asked when a call names none.
	Organisations map[string][]string `yaml:"organisations" example:"FA1A1: [dorset]"`
	// The regions that each supplier has declared, by the supplier's id in its tokens: they are asked besides.
	Suppliers map[string][]string `yaml:"suppliers" example:"example-pmr: [dorset]"`
	// How regions that nobody asks are tried.
	Health Health `yaml:"health"`
	// What is kept of the regions' answers for a while, so that asking again is fast.
	Cache Cache `yaml:"cache"`
	// What stands around the calls to each region. The guards of a region itself override them one by one.
	Guards Guards `yaml:"guards"`
	// What is refused as too much.
	Limits Limits `yaml:"limits"`
	// How long things may take.
	Timeouts Timeouts `yaml:"timeouts"`
	// The record of who looked at what.
	Audit Audit `yaml:"audit"`
	// Logs, traces and metrics. None of them carries a patient's identifier.
	Telemetry Telemetry `yaml:"telemetry"`
	// How a running gateway takes over changed files: certificates, keys, secrets, regions.
	Reload Reload `yaml:"reload"`
}

// Listen is where the gateway listens.
type Listen struct {
	// The address of the gRPC listener, host:port. An empty host is every interface, port 0 any free one.
	GRPC string `yaml:"grpc"`
	// The address of the REST listener. Empty for none.
	REST string `yaml:"rest"`
	// The address that serves the metrics, without TLS. Empty for none. Other than loopback needs strict: false.
	Metrics string `yaml:"metrics"`
	// The address of the admin listener: gRPC with TLS as the other, for the services that operate the gateway (CacheService). Empty for none.
	Admin string `yaml:"admin"`
	// Whether gRPC and REST are served without TLS. Needs strict: false.
	PlainText bool `yaml:"plain_text"`
}

// TLS is the gateway's own certificate.
type TLS struct {
	// The file of the certificate chain, PEM. Like every file, relative to the folder of this one.
	CertFile string `yaml:"cert_file" example:"gateway.crt"`
	// The file of its private key, PEM.
	KeyFile string `yaml:"key_file" example:"gateway.key"`
	// The file of the authorities, PEM, one of which must have issued each caller's certificate. Empty asks callers for none.
	ClientCAFile string `yaml:"client_ca_file"`
}

// Auth says whose tokens are taken.
type Auth struct {
	// The issuer: the "iss" of every token.
	Issuer string `yaml:"issuer" example:"https://issuer.example"`
	// The audience: this gateway's name in the "aud" of every token.
	Audience string `yaml:"audience" example:"openlhcr"`
	// The file of the issuer's public keys, a JSON Web Key Set.
	JWKSFile string `yaml:"jwks_file" example:"issuer.jwks.json"`
	// The signature algorithms that are taken. Empty for RS256, PS256, ES256, ES384 and EdDSA.
	Algorithms []string `yaml:"algorithms"`
	// How far the issuer's clock may be off.
	Skew Duration `yaml:"skew"`
	// The longest life of a token, from its "iat" to its "exp"; one without "iat" counts from now. A longer one is refused: whoever finds it could use it for as long.
	MaxLifetime Duration `yaml:"max_lifetime"`
	// Whether calls without a token are taken too, in nobody's name. Needs strict: false; regions that must know who asks refuse them.
	AllowUnauthenticated bool `yaml:"allow_unauthenticated"`
}

// Directory is what is known of whom the regions serve, besides their definitions.
type Directory struct {
	// Files of the public ODS data, by which an organisation's board is known from its ODS code. Empty for none.
	ODSFiles []string `yaml:"ods_files"`
}

// Health says how regions are tried without a patient, so that it is known how they
// fare before somebody asks.
type Health struct {
	// How often a region is tried that no call reached meanwhile. A region that is down is tried less often. 0 tries none.
	Every Duration `yaml:"every"`
}

// Cache is what is kept of the regions' answers.
type Cache struct {
	// Whether anything is kept.
	Enabled bool `yaml:"enabled"`
	// The most memory that answers kept in this process take. 0 keeps none here.
	Memory Size `yaml:"memory"`
	// How long answers are kept.
	Keep Keep `yaml:"keep"`
	// The file of the keys under which answers are kept outside this process; "lhcr cache key" makes one. Needed with redis.
	KeyFile string `yaml:"key_file"`
	// The Redis in which several gateways share what they keep.
	Redis Redis `yaml:"redis"`
}

// Keep says how long answers are kept.
type Keep struct {
	// What a region recorded of a patient.
	Record Duration `yaml:"record"`
	// That a region holds a patient, and under which handle.
	Held Duration `yaml:"held"`
	// That a region does not hold a patient.
	NotHeld Duration `yaml:"not_held"`
}

// Redis is a Redis, alone, behind Sentinels or as a Cluster, from version 6.2 on.
type Redis struct {
	// Its addresses, host:port: one of a server alone, those of the Sentinels, or some of the nodes of a Cluster. Empty for no Redis.
	Addresses []string `yaml:"addresses"`
	// What stands at the addresses: standalone, sentinel or cluster.
	Mode string `yaml:"mode"`
	// The name under which the Sentinels know the server.
	SentinelMaster string `yaml:"sentinel_master"`
	// The user of the access control list. Empty for the default user.
	Username string `yaml:"username"`
	// The file of the user's password. The variable LHCR_CACHE_REDIS_PASSWORD can give the password itself.
	PasswordFile string `yaml:"password_file"`
	// The password itself: from the environment, never from the file.
	Password adapters.Secret `yaml:"-" env:"password"`
	// The user at the Sentinels. Empty for the default user.
	SentinelUsername string `yaml:"sentinel_username"`
	// The file of that user's password. The variable LHCR_CACHE_REDIS_SENTINEL_PASSWORD can give the password itself.
	SentinelPasswordFile string `yaml:"sentinel_password_file"`
	// The password at the Sentinels itself: from the environment, never from the file.
	SentinelPassword adapters.Secret `yaml:"-" env:"sentinel_password"`
	// The number of the database. A Cluster has 0 only.
	Database int `yaml:"database"`
	// What the keys in Redis begin with, where several deployments share one.
	Prefix string `yaml:"prefix"`
	// Whether it is reached without TLS. Other than on loopback needs strict: false.
	PlainText bool `yaml:"plain_text"`
	// The name expected in its certificate. Empty for the host of its address.
	ServerName string `yaml:"server_name"`
	// The file of the authorities that its certificate is checked against, PEM. Empty for the system's own.
	CAFile string `yaml:"ca_file"`
	// The file of our client certificate, PEM, where it asks for one.
	CertFile string `yaml:"cert_file"`
	// The file of its private key, PEM.
	KeyFile string `yaml:"key_file"`
	// The most time that a lookup waits for it. After that the regions are asked.
	Timeout Duration `yaml:"timeout"`
	// The most connections to each server. 0 for ten for each processor.
	PoolSize int `yaml:"pool_size"`
	// The replicas that must have taken over a purge before it counts as done, so that no fail-over brings a purged answer back.
	PurgeReplicas int `yaml:"purge_replicas"`
}

// Limits say what is refused as too much.
type Limits struct {
	// The largest request.
	RequestSize Size `yaml:"request_size"`
	// The largest answer of a regional system, after decompression.
	RegionResponseSize Size `yaml:"region_response_size"`
	// The most calls side by side on one connection.
	ConcurrentStreams int `yaml:"concurrent_streams"`
	// The most calls side by side in all.
	ConcurrentCalls int `yaml:"concurrent_calls"`
	// The most calls that wait for one of those to end. What comes on top is refused at once, and told when to try again.
	WaitingCalls int `yaml:"waiting_calls"`
	// The memory that the gateway keeps within. Near it new calls are refused, and told when to try again. Answers of regions that are being read hold at most an eighth of what it leaves besides the cache. 0 for no bound.
	Memory Size `yaml:"memory"`
}

// Timeouts say how long things may take.
type Timeouts struct {
	// A call whose caller set no deadline.
	Call Duration `yaml:"call"`
	// A fetch from a region, where neither its definition nor its own timeout says otherwise.
	Region Duration `yaml:"region"`
	// How long the gateway goes on taking calls once it was told to stop and said so to those that ask whether it is ready.
	Notice Duration `yaml:"notice"`
	// Calls in progress when the gateway takes no more.
	Drain Duration `yaml:"drain"`
}

// Audit says where the record of who looked at what is kept.
type Audit struct {
	// The kind: "log" writes a line to the log for each call, which is not durable and so needs strict: false. No other kind exists yet.
	Kind string `yaml:"kind"`
}

// Telemetry is what the gateway tells of itself.
type Telemetry struct {
	// The log, written to standard error.
	Log Log `yaml:"log"`
	// Where traces are sent.
	OTLP OTLP `yaml:"otlp"`
}

// Log is how the log is written.
type Log struct {
	// From which level on: debug, info, warn or error.
	Level string `yaml:"level"`
	// How: json or text.
	Format string `yaml:"format"`
}

// OTLP is where traces are sent, by OTLP over gRPC.
type OTLP struct {
	// The collector, host:port. Empty for no tracing.
	Endpoint string `yaml:"endpoint"`
	// The file of the authorities that its certificate is checked against, PEM. Empty for the system's own.
	CAFile string `yaml:"ca_file"`
	// Whether it is reached without TLS. Needs strict: false.
	PlainText bool `yaml:"plain_text"`
}

// Reload says how a running gateway takes over changed files. The signal HUP makes it look at once.
type Reload struct {
	// How often it looks whether a file changed. 0 for only when signalled.
	Every Duration `yaml:"every"`
}
