package gateway

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"google.golang.org/grpc"
)

// Halt cuts short what a gateway that was told to stop still waits for: calls in
// progress are cut off. The audit is written all the same.
func (s *Server) Halt() { s.halt() }

// isLeaving says whether the gateway takes calls but was told to stop.
func (s *Server) isLeaving() bool {
	select {
	case <-s.ready:
		return !s.serving.Load()
	default:
		return false
	}
}

// drain ends every server: those that ask whether we are well are told first, and
// given time to send calls elsewhere; then gently until the time is over, and then not.
func (s *Server) drain(ctx context.Context, web, metrics *http.Server) {
	s.serving.Store(false)
	s.metrics.Serving(false)
	s.probes.stopping()
	limits := s.now.Load().config.Timeouts
	if ctx.Err() != nil { // told to stop, and no listener failed
		s.notice(limits.Notice.Duration)
	}
	s.opts.Logger.Info("the gateway takes no more calls and lets those in progress end")
	ctx, cancel := s.within(ctx, limits.Drain.Duration)
	defer cancel()
	var ending sync.WaitGroup
	ending.Go(func() { s.drainGRPC(ctx, s.doors.network) })
	ending.Go(func() { s.drainGRPC(ctx, s.doors.admin) })
	ending.Go(func() { s.drainWeb(ctx, web) })
	ending.Wait()
	s.drainGRPC(ctx, s.doors.within) // nobody calls through it any more
	s.settle(ctx)
	s.drainWeb(ctx, metrics) // they are of use to the end
}

// notice goes on taking calls for a while.
func (s *Server) notice(length time.Duration) {
	if length == 0 {
		return
	}
	s.opts.Logger.Info("the gateway is told to stop: it says so and takes calls for a while yet", slog.String("for", length.String()))
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.halted:
	}
}

// within is a context that ends after a time, or when the gateway is halted.
func (s *Server) within(ctx context.Context, length time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), length)
	go func() {
		select {
		case <-s.halted:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

func (s *Server) drainGRPC(ctx context.Context, server *grpc.Server) {
	done := make(chan struct{})
	go func() {
		server.GracefulStop()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		s.opts.Logger.Warn("calls were still in progress when the time to drain was over: they were cut off")
		server.Stop()
		<-done
	}
}

func (s *Server) drainWeb(ctx context.Context, web *http.Server) {
	if err := web.Shutdown(ctx); err != nil {
		_ = web.Close() // the time is over
	}
}

// settle lets questions that went on without their callers end, and what they gave be kept.
func (s *Server) settle(ctx context.Context) {
	if err := s.lookup.Close(ctx); err != nil {
		s.opts.Logger.Warn("questions to regions were still under way when the time to drain was over")
	}
	if s.cache == nil {
		return
	}
	if err := s.cache.Settle(ctx); err != nil {
		s.opts.Logger.Warn("the time to drain was over before every answer was kept")
	}
}

// flushTime bounds what is left to do after a drain, however it ended.
const flushTime = 5 * time.Second

// letGo ends what lives as long as the gateway.
func (s *Server) letGo() {
	_ = s.rest.Close()   // nobody is left to call through it
	_ = s.memory.Close() // nor to dial
	s.now.Load().letGo(nil, (*reach).close)
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	s.closeCache(ctx)
	if err := s.tracing.Shutdown(ctx); err != nil {
		s.opts.Logger.Warn("the last traces were not sent", "cause", err)
	}
	if err := s.audit.Flush(ctx); err != nil {
		s.opts.Logger.Error("the last lines of the audit were not written", "cause", err)
	}
}

// abandon lets go of what a gateway that could not be made whole had opened.
func (s *Server) abandon() {
	if standing := s.now.Load(); standing != nil {
		standing.letGo(nil, (*reach).close)
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	s.closeCache(ctx)
}
