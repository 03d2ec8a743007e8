package demo

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"maps"
	"os"
	"path/filepath"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// technician is the national role code of a pharmacy technician.
const technician = "R1543"

// anyPort is any free port of this machine.
const anyPort = "127.0.0.1:0"

// configure is the configuration that a deployment would write by hand.
func (d *Demo) configure(opts Options) (*config.Config, error) {
	c := config.Default()
	c.Strict, c.Sandbox = false, true
	c.Listen = config.Listen{GRPC: or(opts.Listen, anyPort), REST: or(opts.RESTListen, anyPort), Metrics: anyPort, Admin: anyPort}
	c.Timeouts.Notice.Duration = 0 // nobody asks whether a demo is ready
	if opts.CallTimeout > 0 {
		c.Timeouts.Call.Duration = opts.CallTimeout
	}
	var err error
	if c.TLS, err = d.certify(opts); err != nil {
		return nil, err
	}
	keys, err := d.issuer.WriteJWKS(d.Files.Folder)
	if err != nil {
		return nil, err
	}
	c.Auth.Issuer, c.Auth.Audience, c.Auth.JWKSFile = sandboxissuer.Issuer, sandboxissuer.Audience, keys
	c.Regions = map[string]config.Region{}
	for _, system := range d.Sandbox.Systems() {
		access := system.Access()
		region, err := d.onboard(access)
		if err != nil {
			return nil, err
		}
		region.Timeout.Duration = opts.RegionTimeouts[access.RegionID]
		c.Regions[access.RegionID] = region
	}
	c.Organisations = map[string][]string{sandboxissuer.Pharmacist().Organisation.ODSCode: regionsOf(d.Sandbox)}
	if opts.Configure != nil {
		return c, opts.Configure(c)
	}
	return c, nil
}

func or(given, fallback string) string {
	if given != "" {
		return given
	}
	return fallback
}

func regionsOf(sb *sandbox.Sandbox) []string {
	var ids []string
	for _, system := range sb.Systems() {
		ids = append(ids, system.Access().RegionID)
	}
	return ids
}

// certify makes the gateway's own certificate, of an authority made for this demo.
func (d *Demo) certify(opts Options) (config.TLS, error) {
	authority, err := pki.NewCA("Authority of this demo", opts.Now)
	if err != nil {
		return config.TLS{}, err
	}
	certificate, err := authority.Server()
	if err != nil {
		return config.TLS{}, err
	}
	key, err := pki.PrivateKeyPEM(certificate.PrivateKey)
	if err != nil {
		return config.TLS{}, err
	}
	var files writer
	d.Files.CA = files.write(d.Files.Folder, "ca.pem", authority.CertPEM())
	out := config.TLS{
		CertFile: files.write(d.Files.Folder, "gateway.pem", chainPEM(certificate)),
		KeyFile:  files.write(d.Files.Folder, "gateway.key", key),
	}
	return out, files.err
}

func chainPEM(c tls.Certificate) string {
	var chain []byte
	for _, der := range c.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	return string(chain)
}

// onboard is what a deployment configures of what a region handed to it.
func (d *Demo) onboard(a sandbox.Access) (config.Region, error) {
	r := config.DefaultRegion()
	var err error
	if r.System, err = d.system(a.RegionID, a); err != nil {
		return r, err
	}
	for name, part := range a.Parts {
		if r.Systems == nil {
			r.Systems = map[string]config.System{}
		}
		if r.Systems[name], err = d.system(a.RegionID+"-"+name, part); err != nil {
			return r, err
		}
	}
	return r, nil
}

// system is that of one system, whose files begin with a name.
func (d *Demo) system(prefix string, a sandbox.Access) (config.System, error) {
	var files writer
	file := func(name, content string) string {
		return files.write(d.Files.Folder, prefix+"-"+name, content)
	}
	s := config.System{
		BaseURL: a.BaseURL, TokenURL: a.TokenURL, Addresses: a.Addresses,
		ClientID: a.ClientID, ClientSecretFile: file("secret", a.ClientSecret),
		CAFile: file("ca.pem", a.CACertPEM), CertFile: file("client.pem", a.ClientCertPEM), KeyFile: file("client.key", a.ClientKeyPEM),
		SigningKeyFile: file("signing.key", a.SigningKeyPEM), SigningKeyID: a.SigningKeyID, SigningCertFile: file("signing.pem", a.SigningCertPEM),
		Codes: codes(a),
	}
	for name, secret := range a.Secrets {
		if s.SecretFiles == nil {
			s.SecretFiles = map[string]string{}
		}
		s.SecretFiles[name] = file("secret-"+name, secret)
	}
	return s, files.err
}

// codes are the region's own codes for what the demo's pharmacist and technician do. A
// region that gave none has none.
func codes(a sandbox.Access) map[string]string {
	all := map[string]string{}
	maps.Copy(all, a.Codes)
	for ours, theirs := range map[string]string{
		"reason.direct-care":                           a.ReasonCode,
		"reason.emergency-override":                    a.EmergencyReasonCode,
		"role." + sandboxissuer.Pharmacist().Role.Code: a.RoleCode,
		"role." + technician:                           a.TechnicianRoleCode,
		"token.subject":                                a.Subject,
		"username":                                     a.Username,
	} {
		if theirs != "" {
			all[ours] = theirs
		}
	}
	return all
}

// writer writes private files and keeps the first error.
type writer struct{ err error }

// write returns the file's path, or nothing where there is nothing to write.
func (w *writer) write(folder, name, content string) string {
	if content == "" {
		return ""
	}
	path := filepath.Join(folder, name)
	w.err = errors.Join(w.err, os.WriteFile(path, []byte(content), 0o600))
	return path
}
