package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Run serves until ctx is done, then leaves without failing a call: it says that it
// is not ready and goes on for as long as timeouts.notice says, so that whoever sends
// calls here sends the next elsewhere; then it takes no new calls and lets those in
// progress end for as long as timeouts.drain says, and cuts off what is left. It
// returns nil after a drain, and otherwise why a listener failed. A second Run is an
// error. [Server.Halt] cuts waiting short.
func (s *Server) Run(ctx context.Context) error {
	if !s.running.CompareAndSwap(false, true) {
		return errors.New("a gateway runs once")
	}
	defer s.letGo()
	if err := s.listen(); err != nil {
		return err
	}
	web, metrics := s.web(), s.metricsServer()
	group, failed := errgroup.WithContext(ctx)
	group.Go(func() error { return serveGRPC("gRPC", s.doors.network, s.listeners.grpc) })
	group.Go(func() error { return serveGRPC("gRPC in memory", s.doors.within, s.memory) })
	group.Go(func() error { return serveGRPC("admin", s.doors.admin, s.listeners.admin) })
	group.Go(func() error { return s.serveWeb(web, s.listeners.rest) })
	group.Go(func() error { return s.servePlain(metrics, s.listeners.metrics) })
	watching := s.keepWatch(failed)
	s.start()
	<-failed.Done() // told to stop, or a listener failed
	s.drain(ctx, web, metrics)
	watching.Wait()
	return group.Wait()
}

// start says, inside and out, that calls are taken.
func (s *Server) start() {
	s.announce()
	s.probes.serving()
	s.serving.Store(true)
	s.metrics.Serving(true)
	close(s.ready)
}

// announce logs what runs, and everything that strict: true would refuse.
func (s *Server) announce() {
	attrs := []any{slog.String("version", s.opts.Version), slog.Any("regions", s.directory().All())}
	for name, l := range map[string]net.Listener{"grpc": s.listeners.grpc, "rest": s.listeners.rest, "metrics": s.listeners.metrics, "admin": s.listeners.admin} {
		if l != nil {
			attrs = append(attrs, slog.String(name, l.Addr().String()))
		}
	}
	s.opts.Logger.Info("the gateway takes calls", attrs...)
	s.admitRelaxations()
}

func (s *Server) admitRelaxations() {
	for _, relaxation := range s.now.Load().config.Relaxations() {
		s.opts.Logger.Warn("strict: false permits what strict: true refuses", slog.String("relaxation", relaxation))
	}
}

const (
	// headerTime bounds how long the head of a request may take, readTime how long
	// all of it, idleTime how long a connection may rest. Answers are streams, and
	// bounded by their calls' deadlines.
	headerTime = 5 * time.Second
	readTime   = 30 * time.Second
	idleTime   = 2 * time.Minute
	// headerBytes is above the longest token that is taken.
	headerBytes = 32 << 10
)

func (s *Server) web() *http.Server {
	web := s.httpServer(s.rest)
	if s.identity != nil {
		web.TLSConfig = s.identity.TLS("h2", "http/1.1")
	}
	return web
}

// metricsServer serves the metrics at /metrics.
func (s *Server) metricsServer() *http.Server {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics.Handler())
	return s.httpServer(mux)
}

func (s *Server) httpServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(s.opts.Logger.Handler(), slog.LevelWarn),
	}
}

func serveGRPC(name string, server *grpc.Server, l net.Listener) error {
	if l == nil {
		return nil
	}
	return served(name, server.Serve(l))
}

func (s *Server) serveWeb(web *http.Server, l net.Listener) error {
	if l == nil || s.identity == nil {
		return s.servePlain(web, l)
	}
	return served("REST", web.ServeTLS(l, "", ""))
}

func (s *Server) servePlain(web *http.Server, l net.Listener) error {
	if l == nil {
		return nil
	}
	return served(l.Addr().String(), web.Serve(l))
}

// served is why a listener ended, unless it was told to.
func served(name string, err error) error {
	if err == nil || errors.Is(err, http.ErrServerClosed) || errors.Is(err, grpc.ErrServerStopped) {
		return nil
	}
	return fmt.Errorf("%s: %w", name, err)
}
