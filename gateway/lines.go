package gateway

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/transport"
	"github.com/openlhcr/openlhcr/gateway/certificates"
	"github.com/openlhcr/openlhcr/gateway/config"
	"github.com/openlhcr/openlhcr/gateway/directory"
	"github.com/openlhcr/openlhcr/gateway/network"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Directory is what a gateway of these options knows of its regions. Of the files that the
// configuration names it reads those of organisations alone, and it asks nobody.
func Directory(opts Options) (*directory.Directory, error) {
	if err := checkKnown(opts.Config, opts.Registry); err != nil {
		return nil, err
	}
	var entries []directory.Entry
	for _, entry := range entriesOf(opts.Config, opts.Registry) {
		about := entry.Describe()
		one := directory.Entry{About: about, DisabledReason: disabled(entry.ID, about, opts.Config)}
		if one.DisabledReason == "" && !isName(entry, about) {
			one.Addresses = addresses(opts.Config.Regions[entry.ID])
		}
		entries = append(entries, one)
	}
	read, err := workshop{opts: withClock(opts)}.readOrganisations(opts.Config, nil)
	if err != nil {
		return nil, err
	}
	return directory.New(directory.Options{
		Entries: entries, Organisations: opts.Config.Organisations, Suppliers: opts.Config.Suppliers, Extract: read.extract,
	})
}

// Lines are how a gateway of these options reaches each region that is switched on, for
// [network.Check]: sorted by region, with nothing asked yet. Where ids are given, those of
// these regions only; a name stands for its regions. A region whose settings are wrong is
// a line that says so.
func Lines(opts Options, ids ...string) ([]network.Line, error) {
	opts = withClock(opts)
	c := *opts.Config
	c.Directory = config.Directory{} // nobody is looked for
	opts.Config = &c
	known, err := Directory(opts)
	if err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		ids = known.All()
	}
	if ids, err = known.Expand(ids); err != nil {
		return nil, err
	}
	lines := make([]network.Line, 0, len(ids))
	for _, id := range ids {
		endpoints, err := known.Endpoints([]string{id})
		if err != nil {
			return nil, err
		}
		lines = append(lines, lineTo(id, known, endpoints, opts))
	}
	return lines, nil
}

func withClock(opts Options) Options {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Random == nil {
		opts.Random = rand.Reader
	}
	return opts
}

func lineTo(id string, known *directory.Directory, endpoints []*lhcrv1.NetworkEndpoint, opts Options) network.Line {
	line := network.Line{RegionID: id}
	if region, _ := known.Region(id); region.GetDisabledReason() != "" {
		line.Problem = "the region is switched off: " + region.GetDisabledReason()
		return line
	}
	systems, check, err := connections(id, opts)
	if err != nil {
		line.Problem = fmt.Sprintf("regions.%s: %v", id, err)
		return line
	}
	for _, e := range endpoints {
		line.Addresses = append(line.Addresses, addressOf(e, systems))
	}
	line.Check = check
	return line
}

// connection is what one system of a region is reached by.
type connection struct {
	addresses []directory.Address
	lent      adapters.Environment
	security  *tls.Config
}

// regionCheck asks a region's adapter whether the region answers.
type regionCheck = func(context.Context) (*adapterv1.CheckResponse, error)

// connections are those of a region's systems, its first system first.
func connections(id string, opts Options) ([]connection, regionCheck, error) {
	settings := opts.Config.Regions[id]
	if settings.Adapter.Target != "" {
		return adapterConnection(id, settings)
	}
	entry, _ := opts.Registry.Entry(id)
	environment, err := newEnvironment(settings, opts, nil)
	if err != nil {
		return nil, nil, err
	}
	region, err := newRegion(entry, environment, settings)
	if err != nil {
		return nil, nil, err
	}
	out := []connection{{systemAddresses("", settings.System), environment, nil}}
	systems := []config.System{settings.System}
	for _, name := range slices.Sorted(maps.Keys(settings.Systems)) {
		out = append(out, connection{systemAddresses(name+"-", settings.Systems[name]), environment.Parts[name], nil})
		systems = append(systems, settings.Systems[name])
	}
	for i, s := range systems {
		if out[i].security, err = securityOf(s.CAFile, s.CertFile, s.KeyFile); err != nil {
			return nil, nil, err
		}
	}
	return out, func(ctx context.Context) (*adapterv1.CheckResponse, error) {
		return region.Check(ctx, &adapterv1.CheckRequest{})
	}, nil
}

// adapterConnection is that to an adapter in a process of its own, which alone knows how
// it reaches its region.
func adapterConnection(id string, settings config.Region) ([]connection, regionCheck, error) {
	a := settings.Adapter
	credentials, err := adapterSecurity(a)
	if err != nil {
		return nil, nil, fmt.Errorf("adapter.%w", err)
	}
	one := connection{addresses: addresses(settings)}
	if !a.PlainText {
		if one.security, err = securityOf(a.CAFile, a.CertFile, a.KeyFile); err != nil {
			return nil, nil, err
		}
		one.security.ServerName = a.ServerName
	}
	return []connection{one}, func(ctx context.Context) (*adapterv1.CheckResponse, error) {
		out := call(ctx, id, a.Target, credentials)
		defer out.letGo()
		if out.client == nil {
			return nil, status.Error(codes.Unavailable, out.reason)
		}
		region, err := regionOf(id, out.client, settings)
		if err != nil {
			return nil, status.Error(codes.FailedPrecondition, "the adapter does not describe this region")
		}
		return region.Check(ctx, &adapterv1.CheckRequest{})
	}, nil
}

// securityOf is the TLS of a system: whom we trust, and what we show.
func securityOf(authorities, certificate, key string) (security *tls.Config, err error) {
	security = &tls.Config{MinVersion: tls.VersionTLS12}
	if authorities != "" {
		if security.RootCAs, err = certificates.ReadAuthorities(authorities); err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
	}
	if certificate == "" {
		return security, nil
	}
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return nil, errors.New("cert_file: with key_file no certificate to show")
	}
	security.Certificates = []tls.Certificate{pair}
	return security, nil
}

// addressOf ties an endpoint to the system that it is one of. One that a definition alone
// names is of the first.
func addressOf(e *lhcrv1.NetworkEndpoint, systems []connection) network.Address {
	at := net.JoinHostPort(e.GetHost(), strconv.FormatUint(uint64(e.GetPort()), 10))
	listed := func(u *url.URL) bool { return strings.Replace(transport.HostPort(u), ".:", ":", 1) == at }
	for _, s := range systems {
		for _, a := range s.addresses {
			u, err := url.Parse(a.URL)
			if err != nil || a.Purpose != e.GetPurpose() || !listed(u) {
				continue
			}
			found := network.Address{Endpoint: e, TLS: s.security, HTTP: s.lent.HTTP}
			if u.Scheme == "https" && !strings.HasSuffix(a.Purpose, "other") { // of a host that is only allowed nothing is known
				found.URL = a.URL
			}
			return found
		}
	}
	return network.Address{Endpoint: e, TLS: systems[0].security}
}
