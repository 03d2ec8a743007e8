package gateway

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// newEnvironment makes what a region's adapter is lent, for each of the region's
// systems what that system alone is reached with. The error begins with the key, below
// the region's, that is missing or wrong, and shows no secret.
func newEnvironment(r config.Region, opts Options, budget *transport.Budget) (adapters.Environment, error) {
	whole, err := systemEnvironment(r.System, opts, budget)
	if err != nil {
		return adapters.Environment{}, err
	}
	for _, name := range slices.Sorted(maps.Keys(r.Systems)) {
		part, err := partEnvironment(r.Systems[name], opts, budget)
		if err != nil {
			closeIdle(whole)
			return adapters.Environment{}, fmt.Errorf("systems.%s.%w", name, err)
		}
		if whole.Parts == nil {
			whole.Parts = map[string]adapters.Environment{}
		}
		whole.Parts[name] = part
	}
	return whole, nil
}

// partEnvironment is what a further system is reached with. One that is left out has no client.
func partEnvironment(s config.System, opts Options, budget *transport.Budget) (adapters.Environment, error) {
	if s.Off {
		return adapters.Environment{Now: opts.Now, Random: opts.Random}, nil
	}
	return systemEnvironment(s, opts, budget)
}

// systemEnvironment is what one system is reached with.
func systemEnvironment(s config.System, opts Options, budget *transport.Budget) (adapters.Environment, error) {
	client, err := newClient(s, opts, budget)
	if err != nil {
		return adapters.Environment{}, err
	}
	settings, err := newSettings(s)
	if err != nil {
		return adapters.Environment{}, err
	}
	return adapters.Environment{HTTP: client, Now: opts.Now, Random: opts.Random, Settings: settings}, nil
}

// closeIdle lets go of the connections to each of a region's systems that nobody uses.
func closeIdle(e adapters.Environment) {
	if e.HTTP != nil {
		e.HTTP.CloseIdleConnections()
	}
	for _, part := range e.Parts {
		closeIdle(part)
	}
}

func newClient(s config.System, opts Options, budget *transport.Budget) (*http.Client, error) {
	files := pemFiles{}
	c := transport.Config{
		CAPEM:            files.read("ca_file", s.CAFile),
		CertPEM:          files.read("cert_file", s.CertFile),
		KeyPEM:           files.read("key_file", s.KeyFile),
		AllowedHosts:     hosts(s),
		MaxResponseBytes: int64(opts.Config.Limits.RegionResponseSize),
		Budget:           budget,
		Now:              opts.Now,
	}
	if files.err != nil {
		return nil, files.err
	}
	client, err := transport.NewClient(c)
	if err != nil {
		return nil, fmt.Errorf("ca_file, cert_file, key_file or allow_hosts: %w", err)
	}
	return client, nil
}

// hosts are all that the client of a system reaches, each host:port.
func hosts(s config.System) []string {
	all := slices.Clone(s.AllowHosts)
	for _, address := range append(slices.Sorted(maps.Values(s.Addresses)), s.BaseURL, s.TokenURL) {
		if u, err := url.Parse(address); err == nil && u.Host != "" {
			all = append(all, transport.HostPort(u))
		}
	}
	return all
}

func newSettings(s config.System) (adapters.Settings, error) {
	secret, err := s.Secret()
	if err != nil {
		return adapters.Settings{}, err
	}
	secrets, err := s.FurtherSecrets()
	if err != nil {
		return adapters.Settings{}, err
	}
	key, err := signingKey(s.SigningKeyFile)
	if err != nil {
		return adapters.Settings{}, fmt.Errorf("signing_key_file: %w", err)
	}
	chain, err := signingChain(s.SigningCertFile, key)
	if err != nil {
		return adapters.Settings{}, fmt.Errorf("signing_cert_file: %w", err)
	}
	return adapters.Settings{
		BaseURL: s.BaseURL, TokenURL: s.TokenURL, Addresses: s.Addresses, ClientID: s.ClientID, ClientSecret: secret, Secrets: secrets,
		SigningKey: key, SigningKeyID: s.SigningKeyID, SigningCertificates: chain, Codes: s.Codes,
	}, nil
}
