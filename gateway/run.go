package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
)

// Run serves until ctx is done, then drains: it takes no new calls, lets those in
// progress end for as long as timeouts.drain says, and cuts off what is left. It
// returns nil after a drain, and otherwise why a listener failed. A second Run is
// an error.
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
	group.Go(func() error { return served("gRPC", s.grpc.Serve(s.listeners.grpc)) })
	group.Go(func() error { return served("gRPC in memory", s.grpc.Serve(s.memory)) })
	group.Go(func() error { return s.serveWeb(web, s.listeners.rest) })
	group.Go(func() error { return s.servePlain(metrics, s.listeners.metrics) })
	s.start()
	<-failed.Done() // told to stop, or a listener failed
	s.drain(ctx, web, metrics)
	return group.Wait()
}

// start says, inside and out, that calls are taken.
func (s *Server) start() {
	s.announce()
	s.probes.serving(s.grpc)
	s.serving.Store(true)
	close(s.ready)
}

// announce logs what runs, and everything that strict: true would refuse.
func (s *Server) announce() {
	attrs := []any{slog.String("version", s.opts.Version), slog.Any("regions", s.directory.All())}
	for name, l := range map[string]net.Listener{"grpc": s.listeners.grpc, "rest": s.listeners.rest, "metrics": s.listeners.metrics} {
		if l != nil {
			attrs = append(attrs, slog.String(name, l.Addr().String()))
		}
	}
	s.opts.Logger.Info("the gateway takes calls", attrs...)
	for _, relaxation := range s.opts.Config.Relaxations() {
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
	if s.security != nil {
		web.TLSConfig = s.security.Clone()
	}
	return web
}

func (s *Server) metricsServer() *http.Server { return s.httpServer(s.metricsHandler()) }

func (s *Server) httpServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(s.opts.Logger.Handler(), slog.LevelWarn),
	}
}

func (s *Server) serveWeb(web *http.Server, l net.Listener) error {
	if l == nil || s.security == nil {
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

// drain ends every server: with those that ask whether we are well told first,
// gently until the time is over, and then not.
func (s *Server) drain(ctx context.Context, web, metrics *http.Server) {
	s.serving.Store(false)
	s.probes.stopping()
	s.opts.Logger.Info("the gateway takes no more calls and lets those in progress end")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.opts.Config.Timeouts.Drain.Duration)
	defer cancel()
	var ending sync.WaitGroup
	ending.Go(func() { s.drainGRPC(ctx) })
	ending.Go(func() { s.drainWeb(ctx, web) })
	ending.Wait()
	s.drainWeb(ctx, metrics) // they are of use to the end
}

func (s *Server) drainGRPC(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		s.grpc.GracefulStop()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		s.opts.Logger.Warn("calls were still in progress when the time to drain was over: they were cut off")
		s.grpc.Stop()
		<-done
	}
}

func (s *Server) drainWeb(ctx context.Context, web *http.Server) {
	if err := web.Shutdown(ctx); err != nil {
		_ = web.Close() // the time is over
	}
}
