package config

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/adapters"
)

// file is a key that names a file.
type file struct {
	key, path string
	set       func(path string)
}

func at(key string, path *string) file {
	return file{key: key, path: *path, set: func(p string) { *path = p }}
}

// files are the keys that name files, but those of regions.
func (c *Config) files() []file {
	files := []file{
		at("tls.cert_file", &c.TLS.CertFile),
		at("tls.key_file", &c.TLS.KeyFile),
		at("tls.client_ca_file", &c.TLS.ClientCAFile),
		at("auth.jwks_file", &c.Auth.JWKSFile),
		at("telemetry.otlp.ca_file", &c.Telemetry.OTLP.CAFile),
		at("cache.key_file", &c.Cache.KeyFile),
		at("cache.redis.password_file", &c.Cache.Redis.PasswordFile),
		at("cache.redis.sentinel_password_file", &c.Cache.Redis.SentinelPasswordFile),
		at("cache.redis.ca_file", &c.Cache.Redis.CAFile),
		at("cache.redis.cert_file", &c.Cache.Redis.CertFile),
		at("cache.redis.key_file", &c.Cache.Redis.KeyFile),
	}
	for i := range c.Directory.ODSFiles {
		files = append(files, at(fmt.Sprintf("directory.ods_files[%d]", i), &c.Directory.ODSFiles[i]))
	}
	return files
}

func (r *Region) files(path string) []file {
	files := append(r.System.files(path),
		at(path+"adapter.ca_file", &r.Adapter.CAFile),
		at(path+"adapter.cert_file", &r.Adapter.CertFile),
		at(path+"adapter.key_file", &r.Adapter.KeyFile),
	)
	for name, s := range r.Systems {
		for _, f := range s.files(path + "systems." + name + ".") {
			set := f.set
			f.set = func(p string) {
				set(p)
				r.Systems[name] = s
			}
			files = append(files, f)
		}
	}
	return files
}

func (s *System) files(path string) []file {
	files := []file{
		at(path+"client_secret_file", &s.ClientSecretFile),
		at(path+"ca_file", &s.CAFile),
		at(path+"cert_file", &s.CertFile),
		at(path+"key_file", &s.KeyFile),
		at(path+"signing_key_file", &s.SigningKeyFile),
		at(path+"signing_cert_file", &s.SigningCertFile),
	}
	for name, file := range s.SecretFiles {
		files = append(files, secretFile(path, name, file, s.SecretFiles))
	}
	return files
}

func secretFile(path, name, at string, files map[string]string) file {
	return file{key: path + "secret_files." + name, path: at, set: func(p string) { files[name] = p }}
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
	return named(files)
}

// Files are the files that the region names, each by its key below the region's, sorted.
func (r Region) Files() []NamedFile { return named(r.files("")) }

// named are the files that there are.
func named(files []file) []NamedFile {
	var named []NamedFile
	for _, f := range files {
		if f.path != "" {
			named = append(named, NamedFile{Key: f.key, Path: f.path})
		}
	}
	slices.SortFunc(named, func(a, b NamedFile) int { return strings.Compare(a.Key, b.Key) })
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

// Secret is the system's client secret: from the environment, else from its file
// without the white space around it. It is empty where neither is configured.
func (s System) Secret() (adapters.Secret, error) {
	return secretOf("client_secret_file", s.ClientSecret, s.ClientSecretFile)
}

// FurtherSecrets are the system's further secrets by name, each as [System.Secret]. The
// error begins with the key, below the system's.
func (s System) FurtherSecrets() (map[string]adapters.Secret, error) {
	var secrets map[string]adapters.Secret
	for _, name := range slices.Sorted(maps.Keys(s.SecretFiles)) {
		secret, err := secretOf("secret_files."+name, s.Secrets[name], s.SecretFiles[name])
		if err != nil {
			return nil, err
		}
		if secrets == nil {
			secrets = map[string]adapters.Secret{}
		}
		secrets[name] = secret
	}
	return secrets, nil
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
