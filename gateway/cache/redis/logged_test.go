//go:build unix

package redis_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// logged keeps what the library under the store writes. Its logger is one for the
// whole process, so a test with it must not run beside others.
type logged struct {
	mu    sync.Mutex
	lines []string
}

func (l *logged) capture(t *testing.T) {
	goredis.SetLogger(l)
	t.Cleanup(logging.Enable)
}

// Printf takes a line as the library gives it.
func (l *logged) Printf(_ context.Context, format string, v ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, fmt.Sprintf(format, v...))
}

func (l *logged) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines
}
