package config

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
)

// file is a key that names a file.
type file struct {
	key  string
	path *string
}

// files are the keys that name files, but those of regions.
func (c *Config) files() []file {
	return []file{
		{"tls.cert_file", &c.TLS.CertFile},
		{"tls.key_file", &c.TLS.KeyFile},
		{"tls.client_ca_file", &c.TLS.ClientCAFile},
		{"auth.jwks_file", &c.Auth.JWKSFile},
		{"telemetry.otlp.ca_file", &c.Telemetry.OTLP.CAFile},
		{"cache.key_file", &c.Cache.KeyFile},
		{"cache.redis.password_file", &c.Cache.Redis.PasswordFile},
		{"cache.redis.sentinel_password_file", &c.Cache.Redis.SentinelPasswordFile},
		{"cache.redis.ca_file", &c.Cache.Redis.CAFile},
		{"cache.redis.cert_file", &c.Cache.Redis.CertFile},
		{"cache.redis.key_file", &c.Cache.Redis.KeyFile},
	}
}

func (r *Region) files(path string) []file {
	return []file{
		{path + "client_secret_file", &r.ClientSecretFile},
		{path + "ca_file", &r.CAFile},
		{path + "cert_file", &r.CertFile},
		{path + "key_file", &r.KeyFile},
		{path + "signing_key_file", &r.SigningKeyFile},
	}
}

// NamedFile is a file that a configuration names.
type NamedFile struct {
	// Key is the key that names it: "tls.cert_file".
	Key string
	// Path is where it is.
	Path string
}

// Files are all files that the configuration names, sorted by key. Those of regions
// that are not enabled are left out.
func (c *Config) Files() []NamedFile {
	files := c.files()
	for id, r := range c.Regions {
		if r.Enabled {
			files = append(files, r.files("regions."+id+".")...)
		}
	}
	var named []NamedFile
	for _, f := range files {
		if *f.path != "" {
			named = append(named, NamedFile{Key: f.key, Path: *f.path})
		}
	}
	slices.SortFunc(named, func(a, b NamedFile) int { return strings.Compare(a.Key, b.Key) })
	return named
}

// Files are the files that the region names, each by its key below the region's.
func (r Region) Files() []NamedFile {
	var named []NamedFile
	for _, f := range r.files("") {
		if *f.path != "" {
			named = append(named, NamedFile{Key: f.key, Path: *f.path})
		}
	}
	return named
}

// CheckFiles says which of the files that the configuration names cannot be read,
// all at once. Regions that are not enabled are left out.
func (c *Config) CheckFiles() error {
	var problems Problems
	for _, f := range c.Files() {
		if err := readable(f.Path); err != nil {
			problems = append(problems, Problem{Key: f.Key, Message: err.Error()})
		}
	}
	return problems.sorted().orNil()
}

func readable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// Secret is the region's client secret: from the environment, else from its file
// without the white space around it. It is empty where neither is configured.
func (r Region) Secret() (adapters.Secret, error) {
	return secretOf("client_secret_file", r.ClientSecret, r.ClientSecretFile)
}

// Passwords are those of the Redis and of its Sentinels, each from the environment,
// else from its file. One is empty where neither is configured.
func (r Redis) Passwords() (server, sentinel adapters.Secret, err error) {
	if server, err = secretOf("password_file", r.Password, r.PasswordFile); err != nil {
		return "", "", err
	}
	sentinel, err = secretOf("sentinel_password_file", r.SentinelPassword, r.SentinelPasswordFile)
	return server, sentinel, err
}

func secretOf(key string, given adapters.Secret, path string) (adapters.Secret, error) {
	if given != "" || path == "" {
		return given, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%s: %w", key, err)
	}
	secret := adapters.Secret(strings.TrimSpace(string(content)))
	if secret == "" {
		return "", fmt.Errorf("%s: %s is empty", key, path)
	}
	return secret, nil
}
