package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
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
	return sdk.Dial(ctx, f.Target, append(options, sdk.WithUserAgent("lhcr/"+version().Version))...)
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

// tokenFile reads the token anew for each call, so that whoever renews it need not
// know of us.
func tokenFile(path string) sdk.TokenFunc {
	return func(context.Context) (string, error) {
		token, err := os.ReadFile(path)
		if err != nil {
			return "", errors.New("the file of --token-file cannot be read")
		}
		return strings.TrimSpace(string(token)), nil
	}
}
