package gateway

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/certificates"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// Check says everything for which a gateway of these options would not start, each by
// its key, as [config.Problems]: what the configuration says, and what the files that it
// names hold. It listens nowhere and asks nobody.
func Check(opts Options) error {
	return check(opts, (*checkup).organisations)
}

// check is Check with some further checks.
func check(opts Options, further ...func(*checkup)) error {
	if opts.Config == nil || opts.Registry == nil {
		return errors.New("a gateway needs a configuration and a registry of regions")
	}
	opts.Now, opts.Random = time.Now, rand.Reader // of what is built here nothing is kept
	c := &checkup{opts: opts, blamed: map[string]bool{}}
	c.take(opts.Config.Validate())
	c.take(opts.Config.CheckFiles())
	c.listeners()
	c.auth()
	c.authorities("telemetry.otlp.ca_file", opts.Config.Telemetry.OTLP.CAFile)
	c.cache()
	c.names()
	for _, entry := range entriesOf(opts.Config, opts.Registry) {
		if settings, ok := opts.Config.Regions[entry.ID]; ok && settings.Enabled {
			c.region(entry, settings)
		}
	}
	for _, check := range further {
		check(c)
	}
	if len(c.problems) == 0 {
		return nil
	}
	slices.SortStableFunc(c.problems, func(a, b config.Problem) int { return strings.Compare(a.Key, b.Key) })
	return c.problems
}

// checkup gathers what is wrong, each key once.
type checkup struct {
	opts     Options
	problems config.Problems
	blamed   map[string]bool
}

func (c *checkup) take(err error) {
	var problems config.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			c.blamed[p.Key] = true
		}
		c.problems = append(c.problems, problems...)
	}
}

// blame blames a key, unless something is known to be wrong with it.
func (c *checkup) blame(key string, err error) {
	if err == nil || c.blamed[key] {
		return
	}
	c.blamed[key] = true
	c.problems = append(c.problems, config.Problem{Key: key, Message: err.Error()})
}

func (c *checkup) listeners() {
	if c.opts.Config.Listen.PlainText {
		return
	}
	own := c.opts.Config.TLS
	c.pair("tls.", own.CertFile, own.KeyFile)
	c.authorities("tls.client_ca_file", own.ClientCAFile)
}

// pair checks a certificate and its private key.
func (c *checkup) pair(path, certificate, key string) {
	if certificate == "" || key == "" || c.blamed[path+"cert_file"] || c.blamed[path+"key_file"] {
		return
	}
	_, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		err = errors.New("with key_file no certificate to show: " + strings.TrimPrefix(err.Error(), "tls: "))
	}
	c.blame(path+"cert_file", err)
}

func (c *checkup) authorities(key, path string) {
	if path == "" || c.blamed[key] {
		return
	}
	_, err := certificates.ReadAuthorities(path)
	c.blame(key, err)
}

func (c *checkup) auth() {
	auth := c.opts.Config.Auth
	for _, key := range []string{"auth.issuer", "auth.audience", "auth.jwks_file"} {
		if c.blamed[key] {
			return
		}
	}
	if auth.JWKSFile == "" {
		return
	}
	_, err := access.NewVerifier(access.Config{Issuer: auth.Issuer, Audience: auth.Audience, JWKSFile: auth.JWKSFile, Now: c.opts.Now})
	if err != nil {
		err = errors.New(strings.TrimPrefix(err.Error(), "tokens: "))
	}
	c.blame("auth.jwks_file", err)
}

// cache checks the keys of the cache, and what the store that gateways share is reached with.
func (c *checkup) cache() {
	settings := c.opts.Config.Cache
	if !settings.Enabled || c.blamesBelow("cache.") {
		return
	}
	_, err := readRing(settings.KeyFile)
	c.blame("cache.key_file", err)
	shared, err := openShared(settings, c.opts.Random)
	if err != nil {
		key, what, _ := strings.Cut(err.Error(), ": ")
		c.blame(key, errors.New(what))
		return
	}
	if shared != nil {
		_ = shared.Close() // nothing was asked of it
	}
}

// names checks each name of a region, wherever one stands.
func (c *checkup) names() {
	known := idsOf(entriesOf(c.opts.Config, c.opts.Registry))
	for id, settings := range c.opts.Config.Regions {
		c.blame("regions."+id, checkRegion(id, settings, c.opts.Registry))
	}
	for key, members := range map[string]map[string][]string{"organisations": c.opts.Config.Organisations, "suppliers": c.opts.Config.Suppliers} {
		for _, who := range slices.Sorted(maps.Keys(members)) {
			for _, id := range members[who] {
				if !slices.Contains(known, id) {
					c.blame(key+"."+who, fmt.Errorf("%s: this gateway was built without such a region (it has %s)", id, strings.Join(known, ", ")))
				}
			}
		}
	}
}

// region checks the files of a region, and where nothing is wrong with those whether
// its adapter takes its settings. An adapter in a process of its own is not asked.
func (c *checkup) region(entry adapters.Entry, settings config.Region) {
	path, before := "regions."+entry.ID+".", len(c.problems)
	c.outside(path+"adapter.", settings.Adapter)
	c.system(path, settings.System)
	for _, name := range slices.Sorted(maps.Keys(settings.Systems)) {
		c.system(path+"systems."+name+".", settings.Systems[name])
	}
	if len(c.problems) > before || c.blamesBelow(path) || c.blamed["regions."+entry.ID] || settings.Adapter.Target != "" {
		return
	}
	environment, err := newEnvironment(settings, c.opts, nil)
	if err == nil {
		_, err = newRegion(entry, environment, settings)
		closeIdle(environment)
	}
	c.blame("regions."+entry.ID, err)
}

// system checks the files of one system.
func (c *checkup) system(path string, s config.System) {
	c.authorities(path+"ca_file", s.CAFile)
	c.pair(path, s.CertFile, s.KeyFile)
	key, err := signingKey(s.SigningKeyFile)
	c.blame(path+"signing_key_file", err)
	if err == nil {
		_, err = signingChain(s.SigningCertFile, key)
		c.blame(path+"signing_cert_file", err)
	}
	_, err = s.Secret()
	c.blameBelow(path, "client_secret_file", err)
	for name, file := range s.SecretFiles {
		alone := config.System{SecretFiles: map[string]string{name: file}, Secrets: s.Secrets}
		_, err = alone.FurtherSecrets()
		c.blameBelow(path, "secret_files."+name, err)
	}
}

// blameBelow blames a key with an error that begins with it.
func (c *checkup) blameBelow(path, key string, err error) {
	if err != nil {
		err = errors.New(strings.TrimPrefix(err.Error(), key+": "))
	}
	c.blame(path+key, err)
}

func (c *checkup) outside(path string, a config.Adapter) {
	if a.Target == "" {
		return
	}
	c.authorities(path+"ca_file", a.CAFile)
	c.pair(path, a.CertFile, a.KeyFile)
}

// organisations reads the files on organisations, which can take a while.
func (c *checkup) organisations() {
	if c.blamesBelow("directory.") {
		return
	}
	quiet := c.opts
	quiet.Logger = nil
	_, err := workshop{opts: quiet}.readOrganisations(c.opts.Config, nil)
	c.blameBelow("", "directory.ods_files", err)
}

func (c *checkup) blamesBelow(path string) bool {
	for key := range c.blamed {
		if strings.HasPrefix(key, path) {
			return true
		}
	}
	return false
}
