package sdk

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"log/slog"
	"math/rand/v2"
	"net"
	"time"

	"google.golang.org/grpc/stats"
)

const (
	// DefaultMaxMessageBytes is the largest message that a client takes unless
	// [WithMaxMessageBytes] says otherwise: GetRecord answers with at most 4 MiB, and
	// StreamRecord's parts hold at most 1 MiB.
	DefaultMaxMessageBytes = 8 << 20
	// DefaultTimeout bounds a call or stream whose context has no deadline, unless
	// [WithTimeout] says otherwise. It is what a gateway itself allows by default.
	DefaultTimeout = 10 * time.Second
	// DefaultDocumentTimeout bounds the fetching of a document where the context has
	// no deadline, unless [WithDocumentTimeout] says otherwise.
	DefaultDocumentTimeout = time.Minute
)

// Option changes how [Dial] connects and how the client calls.
type Option func(*settings)

type settings struct {
	trust           trust
	plaintext       bool
	lazy            bool
	waitForReady    bool
	health          bool
	tokens          TokenSource
	maxBytes        int
	userAgent       string
	serviceConfig   string
	timeout         time.Duration
	documentTimeout time.Duration
	keepalive       keepaliveTimes
	retry           Retry
	observer        Observer
	logger          *slog.Logger
	stats           stats.Handler
	dialer          func(context.Context, string) (net.Conn, error)

	now    func() time.Time
	random func() float64
	sleep  func(context.Context, time.Duration) error
}

type keepaliveTimes struct{ every, timeout time.Duration }

func defaults() settings {
	return settings{
		trust:           trust{config: &tls.Config{MinVersion: tls.VersionTLS12}},
		maxBytes:        DefaultMaxMessageBytes,
		timeout:         DefaultTimeout,
		documentTimeout: DefaultDocumentTimeout,
		// The gateway allows a ping every 20 seconds, with no call under way too.
		keepalive: keepaliveTimes{every: 30 * time.Second, timeout: 5 * time.Second},
		retry:     DefaultRetry(),
		logger:    slog.New(slog.DiscardHandler),
		now:       time.Now,
		random:    rand.Float64,
		sleep:     sleep,
	}
}

// WithRootCAs trusts these certificate authorities instead of the system's.
func WithRootCAs(pool *x509.CertPool) Option {
	return func(s *settings) { s.trust.config.RootCAs = pool }
}

// WithRootCAFile trusts the certificate authorities in this PEM file instead of the
// system's. The file is read at each TLS handshake: one that is replaced holds from
// the next connection on. One that cannot be read then leaves the last that could.
func WithRootCAFile(path string) Option {
	return func(s *settings) { s.trust.roots = path }
}

// WithClientCertificate presents a certificate, for gateways that ask for one (mutual TLS).
func WithClientCertificate(certificate tls.Certificate) Option {
	return func(s *settings) {
		s.trust.config.Certificates = append(s.trust.config.Certificates, certificate)
	}
}

// WithClientCertificateFiles presents the certificate (with its intermediates) and
// the private key in these PEM files, for gateways that ask for one (mutual TLS). The
// files are read at each TLS handshake, so whoever renews them need not know of this
// program. A pair that cannot be read, or of which only one file is replaced yet,
// leaves the last good pair in use.
func WithClientCertificateFiles(certificate, key string) Option {
	return func(s *settings) { s.trust.certificate, s.trust.key = certificate, key }
}

// WithServerName expects this name in the gateway's certificate instead of the target's host.
func WithServerName(name string) Option {
	return func(s *settings) { s.trust.config.ServerName = name }
}

// WithTokenSource sends a bearer token with each call. Where the program serves
// several users, each has a source of their own: see [Client.As].
func WithTokenSource(source TokenSource) Option { return func(s *settings) { s.tokens = source } }

// WithMaxMessageBytes takes messages up to this size, for gateways that are set to
// send more than [DefaultMaxMessageBytes].
func WithMaxMessageBytes(n int) Option { return func(s *settings) { s.maxBytes = n } }

// WithTimeout bounds calls and streams whose context has no deadline; zero leaves
// them without one. Documents have [WithDocumentTimeout]. A context's own deadline
// always stands: GetRecord answers shortly before it with what came by then, so a
// deadline is how long the user waits.
func WithTimeout(d time.Duration) Option { return func(s *settings) { s.timeout = d } }

// WithDocumentTimeout bounds the fetching of a document where the context has no
// deadline; zero leaves it without one.
func WithDocumentTimeout(d time.Duration) Option {
	return func(s *settings) { s.documentTimeout = d }
}

// WithRetry changes when calls are tried again: see [Retry].
func WithRetry(r Retry) Option { return func(s *settings) { s.retry = r.filled() } }

// WithoutRetry tries each call once. A token that has expired is renewed all the same.
func WithoutRetry() Option { return WithRetry(Retry{Attempts: 1}) }

// WithWaitForReady lets calls wait for a connection until their deadline, where they
// otherwise fail at once with UNAVAILABLE while none can be made.
func WithWaitForReady() Option { return func(s *settings) { s.waitForReady = true } }

// WithHealthChecking asks each gateway of the target for its health (grpc.health.v1)
// and passes by those that say that they do not serve, such as one that drains.
func WithHealthChecking() Option { return func(s *settings) { s.health = true } }

// WithServiceConfig replaces the gRPC service config, which by default takes each of
// the target's addresses in turn ("round_robin"). A retryPolicy in it does not work
// with a gateway, which names each call in the headers of its answer, and gRPC tries
// nothing again once headers came: that is what [Retry] is for.
func WithServiceConfig(json string) Option { return func(s *settings) { s.serviceConfig = json } }

// WithKeepalive pings the gateway when nothing was heard for this long, and takes the
// connection for dead when no answer comes within the timeout. The default is 30 and 5
// seconds; a gateway allows a ping every 20 seconds. Zero never pings.
func WithKeepalive(every, timeout time.Duration) Option {
	return func(s *settings) { s.keepalive = keepaliveTimes{every, timeout} }
}

// WithUserAgent names your software and its version to the gateway: "acme-pmr/4.2".
func WithUserAgent(name string) Option { return func(s *settings) { s.userAgent = name } }

// WithObserver tells of each call when it has ended, for your own logs and metrics.
func WithObserver(o Observer) Option { return func(s *settings) { s.observer = o } }

// WithLogger takes the warnings of the client's own: a certificate that cannot be
// read again. They name no patient and hold no secret. Without one nothing is logged.
func WithLogger(logger *slog.Logger) Option { return func(s *settings) { s.logger = logger } }

// WithStatsHandler joins the client's calls to your traces, such as otelgrpc's client
// handler does. A handler is shown the messages too: one that writes them down
// discloses the record.
func WithStatsHandler(h stats.Handler) Option { return func(s *settings) { s.stats = h } }

// WithDialer opens connections with this function instead of over TCP: for tests
// over an in-memory listener, and for tunnels.
func WithDialer(dial func(ctx context.Context, address string) (net.Conn, error)) Option {
	return func(s *settings) { s.dialer = dial }
}

// WithInsecurePlaintext connects without TLS and sends tokens where others can read
// them. For tests on one machine, and nothing else.
func WithInsecurePlaintext() Option { return func(s *settings) { s.plaintext = true } }

// WithLazyConnection makes Dial return at once: the first call connects. Which
// contract the gateway speaks is then not asked.
func WithLazyConnection() Option { return func(s *settings) { s.lazy = true } }
