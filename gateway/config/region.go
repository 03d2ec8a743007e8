package config

import "github.com/openlhcr/openlhcr/adapters"

// Region is one region: a regional system, or several that are one record together.
type Region struct {
	// Whether the region is asked at all.
	Enabled bool `yaml:"enabled"`
	// Its system, or the first of them.
	System `yaml:",inline"`
	// Its further systems, by the names that its definition gives them, where it has several, such as "documents: {base_url: https://documents.example/mhd, client_id: openlhcr}" of greater-manchester. Each has the keys of a region from base_url to allow_hosts. All must stand here: of one that is left out say "off: true" and nothing else; then what it would give is missing, and said to be.
	Systems map[string]System `yaml:"systems"`
	// The region's adapter, where it runs in a process of its own. That process then has the settings of the region: the keys from base_url to systems are not for it.
	Adapter Adapter `yaml:"adapter"`
	// How long a fetch may take at most, with waiting and asking again. Unset for the region's definition, else timeouts.region.
	Timeout Duration `yaml:"timeout"`
	// What stands around this region's calls. What is 0 is as under guards above.
	Guards Guards `yaml:"guards"`
}

// System is one regional system: where it answers, and what we show it.
type System struct {
	// Whether a further system of a region is left out. No other key of it may then stand.
	Off bool `yaml:"off" of:"further"`
	// Where the regional system answers, https. Empty only where its definition knows it by further addresses alone.
	BaseURL string `yaml:"base_url" example:"https://fhir.dorset.example/r4"`
	// Where its tokens are got, https. Empty where it has no token endpoint.
	TokenURL string `yaml:"token_url" example:"https://login.dorset.example/token"`
	// Where it answers for further purposes, https, by the names that its definition gives them, such as "pix: https://pix.example/v3" of lancashire-south-cumbria.
	Addresses map[string]string `yaml:"addresses"`
	// The id under which the region knows us.
	ClientID string `yaml:"client_id" example:"openlhcr"`
	// The file of the secret that goes with it. The variable LHCR_REGIONS_<ID>_CLIENT_SECRET can give the secret itself.
	ClientSecretFile string `yaml:"client_secret_file" example:"dorset.secret"`
	// The secret itself: from the environment, never from the file.
	ClientSecret adapters.Secret `yaml:"-" env:"client_secret"`
	// The files of further secrets, by the names that its definition gives them, such as "subscription-key: subscription.secret" of greater-manchester. Where a name has no file, the variable LHCR_REGIONS_<ID>_SECRETS_<NAME> gives the secret itself.
	SecretFiles map[string]string `yaml:"secret_files"`
	// Those secrets themselves: from the environment, never from the file.
	Secrets map[string]adapters.Secret `yaml:"-" env:"secrets"`
	// The file of the authorities that the region's certificate is checked against, PEM. Empty for the system's own. Nothing switches the check off.
	CAFile string `yaml:"ca_file"`
	// The file of our client certificate, PEM, where the region asks for mutual TLS.
	CertFile string `yaml:"cert_file" example:"dorset-client.crt"`
	// The file of its private key, PEM.
	KeyFile string `yaml:"key_file" example:"dorset-client.key"`
	// The file of the private key that signs our assertions, PEM, where the region takes them.
	SigningKeyFile string `yaml:"signing_key_file"`
	// The name of that key to the region.
	SigningKeyID string `yaml:"signing_key_id"`
	// The file of the certificate of that key and of those that issued it, PEM, where the region wants to see them.
	SigningCertFile string `yaml:"signing_cert_file"`
	// Our names to the region's own codes, where its definition leaves them to the deployment, such as "reason.direct-care" of yorkshire.
	Codes map[string]string `yaml:"codes"`
	// Further addresses, host:port, that the region may send us to. Those above are allowed without.
	AllowHosts []string `yaml:"allow_hosts"`
}

// Adapter is where the adapter of a region answers that runs in a process of its own,
// by the service lhcr.adapter.v1.AdapterService.
type Adapter struct {
	// Its address, host:port. Empty where the adapter is built into this program.
	Target string `yaml:"target"`
	// The file of the authorities that its certificate is checked against, PEM. Empty for the system's own.
	CAFile string `yaml:"ca_file"`
	// The file of our client certificate, PEM: it must know that it is us who ask.
	CertFile string `yaml:"cert_file"`
	// The file of its private key, PEM.
	KeyFile string `yaml:"key_file"`
	// The name expected in its certificate. Empty for the host of its address.
	ServerName string `yaml:"server_name"`
	// Whether it is reached without TLS. Other than on loopback needs strict: false.
	PlainText bool `yaml:"plain_text"`
}

// Guards are what stands around the calls to a region.
type Guards struct {
	// The most calls to the region side by side.
	Concurrency int `yaml:"concurrency"`
	// The most calls that wait for one of those to end. What comes on top is refused at once.
	Queue int `yaml:"queue"`
	// How often a read is tried in all, where the region could not be reached or broke off. 1 never asks again.
	Attempts int `yaml:"attempts"`
	// How long to wait before the second attempt, about; before each further one twice as long.
	RetryWait Duration `yaml:"retry_wait"`
	// The most calls of a hundred that may be asked again, so that retries never double the load on a region in trouble.
	RetryPercent int `yaml:"retry_percent"`
	// When the region is left alone for a while.
	Breaker Breaker `yaml:"breaker"`
}

// Breaker says when a region that fails is left alone for a while.
type Breaker struct {
	// The failures of a hundred calls at which it opens.
	Percent int `yaml:"percent"`
	// The fewest calls within the window of which that is said.
	Calls int `yaml:"calls"`
	// The time looked back on.
	Window Duration `yaml:"window"`
	// How long the region is left alone before one call tries it.
	Pause Duration `yaml:"pause"`
}
