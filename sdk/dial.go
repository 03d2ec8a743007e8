package sdk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// DefaultMaxMessageBytes is the largest message that a client takes unless
// [WithMaxMessageBytes] says otherwise: GetRecord answers with at most 4 MiB, and
// StreamRecord's parts hold at most 1 MiB.
const DefaultMaxMessageBytes = 8 << 20

// ContractVersion is the contract that this package speaks.
const ContractVersion = "v1"

// Client reads records through one gateway. It is safe for concurrent use; keep
// one for the life of the program.
type Client struct {
	conn    *grpc.ClientConn
	records lhcrv1.RecordServiceClient
	regions lhcrv1.RegionServiceClient
	server  lhcrv1.ServerServiceClient
}

// Option changes how [Dial] connects.
type Option func(*settings)

type settings struct {
	tls       *tls.Config
	plaintext bool
	lazy      bool
	tokens    TokenSource
	maxBytes  int
	userAgent string
	dialer    func(context.Context, string) (net.Conn, error)
}

// WithRootCAs trusts these certificate authorities instead of the system's.
func WithRootCAs(pool *x509.CertPool) Option { return func(s *settings) { s.tls.RootCAs = pool } }

// WithClientCertificate presents a certificate, for gateways that ask for one (mutual TLS).
func WithClientCertificate(certificate tls.Certificate) Option {
	return func(s *settings) { s.tls.Certificates = append(s.tls.Certificates, certificate) }
}

// WithServerName expects this name in the gateway's certificate instead of the target's host.
func WithServerName(name string) Option { return func(s *settings) { s.tls.ServerName = name } }

// WithTokenSource sends a bearer token with each call.
func WithTokenSource(source TokenSource) Option { return func(s *settings) { s.tokens = source } }

// WithMaxMessageBytes takes messages up to this size, for gateways that are set to
// send more than [DefaultMaxMessageBytes].
func WithMaxMessageBytes(n int) Option { return func(s *settings) { s.maxBytes = n } }

// WithUserAgent names your software and its version to the gateway: "acme-pmr/4.2".
func WithUserAgent(name string) Option { return func(s *settings) { s.userAgent = name } }

// WithDialer opens connections with this function instead of over TCP: for tests
// over an in-memory listener, and for tunnels.
func WithDialer(dial func(ctx context.Context, address string) (net.Conn, error)) Option {
	return func(s *settings) { s.dialer = dial }
}

// WithInsecurePlaintext connects without TLS and sends tokens where others can read
// them. For tests on one machine, and nothing else.
func WithInsecurePlaintext() Option { return func(s *settings) { s.plaintext = true } }

// WithLazyConnection makes Dial return at once: the first call connects, and finds
// out whether the gateway speaks this contract.
func WithLazyConnection() Option { return func(s *settings) { s.lazy = true } }

// Dial connects to a gateway over TLS 1.2 or newer and asks which contract it
// speaks; the error says what is wrong with address, certificate or contract. The
// context bounds the dialling only. Close the client when done.
func Dial(ctx context.Context, target string, options ...Option) (*Client, error) {
	s := settings{tls: &tls.Config{MinVersion: tls.VersionTLS12}, maxBytes: DefaultMaxMessageBytes}
	for _, option := range options {
		option(&s)
	}
	conn, err := grpc.NewClient(target, s.dialOptions()...)
	if err != nil {
		return nil, fmt.Errorf("sdk: %w", err)
	}
	client := &Client{
		conn:    conn,
		records: lhcrv1.NewRecordServiceClient(conn),
		regions: lhcrv1.NewRegionServiceClient(conn),
		server:  lhcrv1.NewServerServiceClient(conn),
	}
	if s.lazy {
		return client, nil
	}
	if err := client.checkContract(ctx); err != nil {
		// The connection is of no use, and its own error of no interest beside this one.
		_ = conn.Close()
		return nil, err
	}
	return client, nil
}

// Close ends the connection. Calls under way fail.
func (c *Client) Close() error { return c.conn.Close() }

func (c *Client) checkContract(ctx context.Context) error {
	info, err := c.ServerInfo(ctx)
	if err != nil {
		return err
	}
	if got := info.GetContractVersion(); got != ContractVersion {
		return fmt.Errorf("sdk: the gateway speaks contract %q, this client %q", got, ContractVersion)
	}
	return nil
}

func (s *settings) dialOptions() []grpc.DialOption {
	options := []grpc.DialOption{
		grpc.WithTransportCredentials(s.transport()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(s.maxBytes)),
	}
	if s.tokens != nil {
		options = append(options, grpc.WithPerRPCCredentials(bearer{source: s.tokens, plaintext: s.plaintext}))
	}
	if s.userAgent != "" {
		options = append(options, grpc.WithUserAgent(s.userAgent))
	}
	if s.dialer != nil {
		options = append(options, grpc.WithContextDialer(s.dialer))
	}
	return options
}

func (s *settings) transport() credentials.TransportCredentials {
	if s.plaintext {
		return insecure.NewCredentials()
	}
	return credentials.NewTLS(s.tls.Clone())
}
