package config

import (
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
)

const (
	// wantHTTPS is what an address of a regional system must be.
	wantHTTPS = "want an https address with a host and without credentials, query or fragment"
	// mostNames is the most names that a region gives to systems, addresses or secrets.
	mostNames = 32
)

// name is how a definition names a further system, address or secret.
var name = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)

func (r Region) check(k *check, key string) {
	k.require(r.Timeout.Duration <= maxTimeout, key+"timeout", "is longer than %s", maxTimeout)
	r.Guards.checkOver(k, key+"guards.")
	if r.Adapter.check(k, key+"adapter."); r.Adapter.Target != "" {
		r.checkOutside(k, key)
		return
	}
	r.System.check(k, key)
	k.names(key+"systems", slices.Collect(maps.Keys(r.Systems)))
	for _, name := range slices.Sorted(maps.Keys(r.Systems)) {
		r.Systems[name].check(k, key+"systems."+name+".")
	}
}

// checkOutside refuses what a region's adapter would never hear of.
func (r Region) checkOutside(k *check, key string) {
	nothing := Region{Enabled: r.Enabled, Adapter: r.Adapter, Timeout: r.Timeout, Guards: r.Guards}
	for _, set := range Changes(&Config{Regions: map[string]Region{"": nothing}}, &Config{Regions: map[string]Region{"": r}}) {
		k.require(false, key+set[len("regions.."):], "is not told to an adapter in a process of its own, which has the settings of its region itself: take it out, or take out adapter.target")
	}
}

// checkOff refuses what is said of a system that is left out.
func (s System) checkOff(k *check, key string) {
	of := func(s System) *Config {
		return &Config{Regions: map[string]Region{"": {Systems: map[string]System{"": s}}}}
	}
	for _, set := range Changes(of(System{Off: true}), of(s)) {
		k.require(false, key+set[len("regions..systems.."):], "is of a system that is left out: take it out, or take out off")
	}
}

func (s System) check(k *check, key string) {
	if s.Off {
		s.checkOff(k, key)
		return
	}
	k.require(isHTTPS(s.BaseURL) || s.BaseURL == "" && len(s.Addresses) > 0, key+"base_url", wantHTTPS)
	k.require(s.TokenURL == "" || isHTTPS(s.TokenURL), key+"token_url", wantHTTPS)
	k.require((s.CertFile == "") == (s.KeyFile == ""), key+"cert_file", "cert_file and key_file go together: name both or neither")
	k.require(s.ClientSecret == "" || s.ClientSecretFile == "", key+"client_secret_file", "the environment gives the secret too: keep one of them")
	k.require(s.SigningKeyID == "" || s.SigningKeyFile != "", key+"signing_key_id", "names a key, but signing_key_file names no file")
	k.require(s.SigningCertFile == "" || s.SigningKeyFile != "", key+"signing_cert_file", "is the certificate of a key, but signing_key_file names no file")
	s.checkAddresses(k, key)
	s.checkSecrets(k, key)
	for i, host := range s.AllowHosts {
		k.require(isPeer(host), fmt.Sprintf("%sallow_hosts[%d]", key, i), "want host:port")
	}
}

func (s System) checkAddresses(k *check, key string) {
	k.names(key+"addresses", slices.Collect(maps.Keys(s.Addresses)))
	for _, name := range slices.Sorted(maps.Keys(s.Addresses)) {
		at := key + "addresses." + name
		k.require(isHTTPS(s.Addresses[name]), at, wantHTTPS)
		switch name {
		case "record":
			k.require(false, at, "has a key of its own: base_url")
		case "token":
			k.require(false, at, "has a key of its own: token_url")
		case "other":
			k.require(false, at, "is no purpose: name it as the region's definition does, or list it under allow_hosts")
		}
	}
}

func (s System) checkSecrets(k *check, key string) {
	k.names(key+"secret_files", slices.Collect(maps.Keys(s.SecretFiles)))
	for _, name := range slices.Sorted(maps.Keys(s.SecretFiles)) {
		given, file := s.Secrets[name] != adapters.Secret(""), s.SecretFiles[name] != ""
		at := key + "secret_files." + name
		k.require(given || file, at, "names no file, and the variable %s gives no secret: one of them must", variable(key+"secrets."+name))
		k.require(!given || !file, at, "the environment gives the secret too: keep one of them")
	}
}

// names checks the names that stand below a key.
func (k *check) names(key string, names []string) {
	k.require(len(names) <= mostNames, key, "are more than %d", mostNames)
	slices.Sort(names)
	for _, n := range names {
		k.require(name.MatchString(n), join(key, n), "is no name: want up to 32 lower-case letters, digits and hyphens, a letter first")
	}
}

func (a Adapter) check(k *check, key string) {
	if a.Target == "" {
		k.require(a == Adapter{}, key+"target", "is missing: give the adapter's address, host:port, or take out what stands beside it")
		return
	}
	k.require(isPeer(a.Target), key+"target", "want host:port")
	k.require((a.CertFile == "") == (a.KeyFile == ""), key+"cert_file", "cert_file and key_file go together: name both or neither")
	k.require(a.PlainText || a.CertFile != "", key+"cert_file", "is missing: the adapter must know that it is us who ask")
	k.require(!a.PlainText || a.CAFile+a.CertFile+a.KeyFile+a.ServerName == "", key+"plain_text", "contradicts ca_file, cert_file, key_file and server_name: take out one or the other")
}
