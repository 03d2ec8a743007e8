package redis

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/openlhcr/openlhcr/gateway/config"
)

// keyPrefix is where the configuration has what is opened here.
const keyPrefix = "cache.redis."

// dialer makes the connections, to servers and to Sentinels.
type dialer struct {
	config config.Redis
	net    net.Dialer
}

// newDialer fails where the files of the configuration are not what they should be.
func newDialer(c config.Redis) (*dialer, error) {
	d := &dialer{config: c}
	_, err := d.secure(c.Addresses[0])
	return d, err
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	raw, err := d.net.DialContext(ctx, network, address)
	if err != nil {
		return nil, &connectError{err}
	}
	conn, err := d.handshake(ctx, raw, address)
	if err != nil {
		_ = raw.Close() // what matters is why there is no connection
		return nil, &connectError{err}
	}
	return newBounded(conn, raw), nil
}

func (d *dialer) handshake(ctx context.Context, raw net.Conn, address string) (net.Conn, error) {
	secure, err := d.secure(address)
	if err != nil || secure == nil {
		return raw, err
	}
	conn := tls.Client(raw, secure)
	return conn, conn.HandshakeContext(ctx)
}

// secure is how a connection is secured, nil for plain text. It is made for each
// connection, so that a certificate that was renewed in its file is taken over
// without a restart.
func (d *dialer) secure(address string) (*tls.Config, error) {
	if d.config.PlainText {
		return nil, nil
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: d.config.ServerName}
	var err error
	if out.ServerName == "" {
		if out.ServerName, _, err = net.SplitHostPort(address); err != nil {
			return nil, err
		}
	}
	if out.RootCAs, err = authorities(d.config.CAFile); err != nil {
		return nil, fmt.Errorf("%sca_file: %w", keyPrefix, err)
	}
	if d.config.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(d.config.CertFile, d.config.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("%scert_file and %[1]skey_file: %w", keyPrefix, err)
		}
		out.Certificates = []tls.Certificate{pair}
	}
	return out, nil
}

// authorities are nil for the system's own.
func authorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(content) {
		return nil, errors.New("holds no certificate in PEM form")
	}
	return pool, nil
}
