package config

import (
	"fmt"
	"os"
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

// CheckFiles says which of the files that the configuration names cannot be read,
// all at once. Regions that are not enabled are left out.
func (c *Config) CheckFiles() error {
	files := c.files()
	for id, r := range c.Regions {
		if r.Enabled {
			files = append(files, r.files("regions."+id+".")...)
		}
	}
	var problems Problems
	for _, f := range files {
		if *f.path == "" {
			continue
		}
		if err := readable(*f.path); err != nil {
			problems = append(problems, Problem{Key: f.key, Message: err.Error()})
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
	if r.ClientSecret != "" || r.ClientSecretFile == "" {
		return r.ClientSecret, nil
	}
	content, err := os.ReadFile(r.ClientSecretFile)
	if err != nil {
		return "", fmt.Errorf("client_secret_file: %w", err)
	}
	secret := adapters.Secret(strings.TrimSpace(string(content)))
	if secret == "" {
		return "", fmt.Errorf("client_secret_file: %s is empty", r.ClientSecretFile)
	}
	return secret, nil
}
