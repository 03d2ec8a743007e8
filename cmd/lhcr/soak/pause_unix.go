//go:build unix

package soak

import (
	"context"
	"syscall"
	"time"
)

// pause stops the server for a while: connections stay, and nothing answers.
func (s *store) pause(ctx context.Context, d time.Duration) {
	if s.command.Process.Signal(syscall.SIGSTOP) != nil {
		return
	}
	_ = rest(ctx, d) // over early is over
	_ = s.command.Process.Signal(syscall.SIGCONT)
}
