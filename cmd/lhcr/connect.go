package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/sdk"
)

// connectFlags say how to reach a gateway.
type connectFlags struct {
	Target    string        `placeholder:"HOST:PORT" env:"LHCR_TARGET" help:"The gateway's gRPC address."`
	CA        string        `name:"ca" placeholder:"FILE" help:"The certificate authorities to trust, PEM, instead of the system's."`
	Cert      string        `placeholder:"FILE" help:"Your client certificate, PEM, where the gateway asks for one."`
	Key       string        `placeholder:"FILE" help:"Its private key, PEM."`
	TokenFile string        `placeholder:"FILE" help:"A file with the bearer token that names organisation, person and role. It is read anew for each call."`
	Insecure  bool          `help:"Connect without TLS, and send the token where others can read it. For tests on one machine."`
	Timeout   time.Duration `default:"30s" help:"How long to wait for the whole answer."`
}

// dial connects to the gateway.
func (f connectFlags) dial(ctx context.Context) (*sdk.Client, error) {
	if f.Target == "" {
		return nil, usage("which gateway? give --target HOST:PORT")
	}
	options, err := f.options()
	if err != nil {
		return nil, err
	}
	client, err := sdk.Dial(ctx, f.Target, append(options, sdk.WithUserAgent("lhcr/"+version().Version))...)
	return client, f.explained(err)
}

// explained names the flag that is to blame for a connection that did not come about,
// where the transport's words show it.
func (f connectFlags) explained(err error) error {
	if err == nil {
		return nil
	}
	said := err.Error()
	holds := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(said, w) })
	}
	switch {
	case holds("signed by unknown authority", "certificate is not trusted") && f.CA == "":
		return fmt.Errorf("none of the system's authorities issued the gateway's certificate: name the file of the one that did with --ca: %w", err)
	case holds("signed by unknown authority", "certificate is not trusted"):
		return fmt.Errorf("--ca: %s is not the authority that issued the gateway's certificate: %w", f.CA, err)
	case holds("certificate is valid for", "doesn't contain any IP SANs", "not valid for any names"):
		return fmt.Errorf("--target: the gateway's certificate is for another name than this address: %w", err)
	case holds("unexpected content-type", "unexpected HTTP status", "looked like an HTTP/1.1 header", "missing selected ALPN"):
		return fmt.Errorf("--target: what answers there speaks HTTP and not gRPC, as the gateway's REST address does: give its gRPC address: %w", err)
	case holds("first record does not look like a TLS handshake"):
		return fmt.Errorf("--target: what answers there speaks no TLS: %w", err)
	}
	return err
}

func (f connectFlags) options() ([]sdk.Option, error) {
	var options []sdk.Option
	if f.Insecure {
		options = append(options, sdk.WithInsecurePlaintext())
	}
	if f.CA != "" {
		pool, err := readPool(f.CA)
		if err != nil {
			return nil, err
		}
		options = append(options, sdk.WithRootCAs(pool))
	}
	if f.Cert != "" || f.Key != "" {
		certificate, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			return nil, fmt.Errorf("--cert and --key: %w", err)
		}
		options = append(options, sdk.WithClientCertificate(certificate))
	}
	if f.TokenFile != "" {
		options = append(options, sdk.WithTokenSource(tokenFile(f.TokenFile)))
	}
	return options, nil
}

func readPool(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--ca: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca: %s holds no certificate", path)
	}
	return pool, nil
}

// tokenFile is the token that stands in the file at each call, so that whoever renews
// it need not know of us. Its errors name the flag.
func tokenFile(path string) sdk.TokenFunc {
	file := sdk.FileToken(path)
	return func(ctx context.Context) (string, error) {
		token, err := file.Token(ctx)
		if err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		return token, nil
	}
}
