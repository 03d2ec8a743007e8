package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Validate says everything that is wrong with the configuration, each with its key
// and what to do, as [Problems]. It reads no file: [Config.CheckFiles] does.
func (c *Config) Validate() error {
	k := &check{}
	c.checkListen(k)
	c.checkTLS(k)
	c.checkAuth(k)
	c.checkRegions(k)
	checkDirectory(k, "organisations", c.Organisations, odsCode, "an ODS code: 3 to 10 capitals and digits")
	checkDirectory(k, "suppliers", c.Suppliers, supplierID, "a supplier's id: up to 64 letters, digits, dots, hyphens and underscores")
	c.checkHealth(k)
	c.checkCache(k)
	c.Guards.check(k, "guards.")
	c.checkLimits(k)
	c.checkTelemetry(k)
	c.checkStrict(k)
	return k.problems.sorted().orNil()
}

var (
	regionID   = regexp.MustCompile(`^[a-z][a-z0-9-]{1,62}$`)
	odsCode    = regexp.MustCompile(`^[A-Z0-9]{3,10}$`)
	prefix     = regexp.MustCompile(`^[A-Za-z0-9._-]{1,32}$`)
	supplierID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)
)

// check gathers problems.
type check struct {
	problems Problems
}

func (k *check) require(ok bool, key, format string, args ...any) {
	if !ok {
		k.problems = append(k.problems, Problem{Key: key, Message: fmt.Sprintf(format, args...)})
	}
}

func (c *Config) checkListen(k *check) {
	k.require(c.Listen.GRPC != "", "listen.grpc", "is missing: give the address that callers reach, host:port")
	keys := []string{"listen.grpc", "listen.rest", "listen.metrics", "listen.admin"}
	addresses := []string{c.Listen.GRPC, c.Listen.REST, c.Listen.Metrics, c.Listen.Admin}
	for i, address := range addresses {
		k.require(address == "" || isHostPort(address), keys[i], "is no address: want host:port, such as 127.0.0.1:7443")
		taken := slices.ContainsFunc(addresses[:i], func(other string) bool { return same(address, other) })
		k.require(!taken, keys[i], "is the address of another listener too: give each its own")
	}
}

// same says whether two addresses cannot both be listened on. Port 0 is any free one.
func same(a, b string) bool {
	_, port, err := net.SplitHostPort(a)
	return a != "" && a == b && (err != nil || port != "0")
}

func isHostPort(address string) bool {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	_, err = strconv.ParseUint(port, 10, 16)
	return err == nil
}

func (c *Config) checkTLS(k *check) {
	if c.Listen.PlainText {
		k.require(c.TLS == TLS{}, "listen.plain_text", "contradicts the files under tls: take out one or the other")
		return
	}
	k.require(c.TLS.CertFile != "", "tls.cert_file", "is missing: name the file of the certificate, or set listen.plain_text: true with strict: false")
	k.require(c.TLS.KeyFile != "", "tls.key_file", "is missing: name the file of the certificate's private key")
}

// Algorithms are the signature algorithms of tokens that can be configured. None
// of them is symmetric, and "none" is none of them.
func Algorithms() []string {
	return []string{"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
}

func (c *Config) checkAuth(k *check) {
	given := c.Auth.Issuer != "" || c.Auth.Audience != "" || c.Auth.JWKSFile != ""
	if given || !c.Auth.AllowUnauthenticated {
		k.require(c.Auth.Issuer != "", "auth.issuer", "is missing: give the issuer of the callers' tokens")
		k.require(c.Auth.Audience != "", "auth.audience", "is missing: give this gateway's name in the callers' tokens")
		k.require(c.Auth.JWKSFile != "", "auth.jwks_file", "is missing: name the file of the issuer's public keys")
		k.require(c.Auth.MaxLifetime.Duration > 0, "auth.max_lifetime", "want more than 0s: a token without an end is never taken")
	}
	for i, a := range c.Auth.Algorithms {
		k.require(slices.Contains(Algorithms(), a), fmt.Sprintf("auth.algorithms[%d]", i), "is not taken: want one of %v", Algorithms())
	}
	k.require(c.Auth.Skew.Duration <= 5*time.Minute, "auth.skew", "is longer than 5m: correct the clocks instead")
}

func (c *Config) checkRegions(k *check) {
	enabled := 0
	for _, id := range slices.Sorted(maps.Keys(c.Regions)) {
		r, key := c.Regions[id], "regions."+id
		k.require(regionID.MatchString(id), key, "is no region id: want 2 to 63 lower-case letters, digits and hyphens, a letter first")
		if r.Enabled {
			enabled++
			r.check(k, key+".")
		}
	}
	k.require(enabled > 0, "regions", "none is enabled, so nothing could be asked: configure one")
}

// isPeer says whether an address names somebody to connect to.
func isPeer(address string) bool {
	host, port, err := net.SplitHostPort(address)
	return err == nil && host != "" && port != "0" && isHostPort(address)
}

func isHTTPS(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "https" && u.Hostname() != "" && u.User == nil && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

func checkDirectory(k *check, key string, entries map[string][]string, shape *regexp.Regexp, want string) {
	for _, id := range slices.Sorted(maps.Keys(entries)) {
		k.require(shape.MatchString(id), join(key, id), "want %s", want)
		k.require(len(entries[id]) > 0, join(key, id), "names no region: name one, or take the line out")
		for i, region := range entries[id] {
			k.require(regionID.MatchString(region), fmt.Sprintf("%s[%d]", join(key, id), i), "is no region id")
		}
	}
}

func (c *Config) checkTelemetry(k *check) {
	k.require(c.Audit.Kind == AuditLog, "audit.kind", "want %q: no other kind exists yet", AuditLog)
	k.require(slices.Contains([]string{"debug", "info", "warn", "error"}, c.Telemetry.Log.Level), "telemetry.log.level", "want debug, info, warn or error")
	k.require(slices.Contains([]string{"json", "text"}, c.Telemetry.Log.Format), "telemetry.log.format", "want json or text")
	o := c.Telemetry.OTLP
	k.require(o.Endpoint == "" || isPeer(o.Endpoint), "telemetry.otlp.endpoint", "want host:port")
	k.require(!o.PlainText || o.CAFile == "", "telemetry.otlp.plain_text", "contradicts ca_file: take out one or the other")
}

func (c *Config) checkStrict(k *check) {
	for _, r := range c.relaxations() {
		k.require(!c.Strict || !r.inEffect, r.key, "%s, which strict: true refuses: mend it, or set strict: false knowing that", r.what)
	}
}
