// Package socket serves HTTP over real TLS on a free port of 127.0.0.1, and stops without leaving a goroutine behind.
package socket

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Options say how a listener proves itself and whom it lets in.
type Options struct {
	// Certificate of this listener.
	Certificate tls.Certificate
	// ClientCAs sign the client certificates that are let in. Nil: no client certificate is asked for.
	ClientCAs *x509.CertPool
	// Now tells the time by which client certificates are judged.
	Now func() time.Time
}

// Server is one listener. Requests run under a context that ends when the server is closed.
type Server struct {
	url     string
	srv     *http.Server
	stop    context.CancelFunc
	running sync.WaitGroup
}

// Listen starts serving handler on a free port of 127.0.0.1. HTTP/1.1 only, so that a fault can break a connection.
func Listen(opts Options, handler http.Handler) (*Server, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("socket: %w", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{url: "https://" + listener.Addr().String(), stop: stop}
	s.srv = &http.Server{
		Handler:           s.counted(handler),
		TLSConfig:         tlsConfig(opts),
		Protocols:         http1(),
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		// Refused handshakes are this server's daily work, not news.
		ErrorLog: log.New(io.Discard, "", 0),
	}
	s.running.Go(func() { s.serve(listener) })
	return s, nil
}

// URL is the listener's address, without a trailing slash.
func (s *Server) URL() string { return s.url }

// Close stops listening, breaks every connection, ends every handler and waits for them.
func (s *Server) Close() error {
	s.stop()
	err := s.srv.Close()
	s.running.Wait()
	return err
}

func (s *Server) serve(listener net.Listener) {
	if err := s.srv.ServeTLS(listener, "", ""); !errors.Is(err, http.ErrServerClosed) {
		s.stop()
	}
}

func (s *Server) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.running.Add(1)
		defer s.running.Done()
		next.ServeHTTP(w, r)
	})
}

func tlsConfig(opts Options) *tls.Config {
	config := &tls.Config{
		Certificates: []tls.Certificate{opts.Certificate},
		MinVersion:   tls.VersionTLS12,
		Time:         opts.Now,
	}
	if opts.ClientCAs != nil {
		config.ClientCAs, config.ClientAuth = opts.ClientCAs, tls.RequireAndVerifyClientCert
	}
	return config
}

func http1() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	return p
}
