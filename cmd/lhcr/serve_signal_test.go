//go:build unix

package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
)

// send sends this process a signal, which a command that serves has asked for.
func send(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), signal); err != nil {
		t.Fatal(err)
	}
}

// says waits until words were written.
func says(t *testing.T, errs *output, words string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !strings.Contains(errs.String(), words); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it never said %q:\n%s", words, errs.String())
		}
	}
}

func TestServeTakesOverWhatChangedWhenHungUpOn(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	file := deployed(t)
	errs, code := runServe(ctx, t, file)
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "secret"), []byte("new"), 0o600); err != nil {
		t.Fatal(err)
	}
	send(t, syscall.SIGHUP)
	says(t, errs, "regions.dorset.client_secret_file")
	if err := os.WriteFile(file, []byte(plain+atOnce+"nonsense: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	send(t, syscall.SIGHUP)
	says(t, errs, "nonsense")
	says(t, errs, "is refused")
	cancel()
	if got := <-code; got != exitDone {
		t.Errorf("it ended with %d", got)
	}
	if strings.Contains(errs.String(), "hush") {
		t.Error("the log shows a secret")
	}
}

func TestASecondSignalEndsServeAtOnce(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	file := deployed(t)
	if err := os.WriteFile(file, []byte(plain+"timeouts: {notice: 100s}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	errs, code := runServe(ctx, t, file)
	send(t, syscall.SIGTERM)
	cancel() // as main does on the first
	says(t, errs, "is told to stop")
	select {
	case got := <-code:
		t.Fatalf("it ended with %d at the first signal", got)
	default:
	}
	send(t, syscall.SIGTERM)
	select {
	case got := <-code:
		if got != exitDone {
			t.Errorf("it ended with %d", got)
		}
	case <-time.After(20 * time.Second):
		t.Error("it goes on after a second signal")
	}
}

func TestServeKeepsWithinItsMemoryUnlessTheEnvironmentSaysWhere(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	debug.SetMemoryLimit(math.MaxInt64)
	for _, tt := range []struct {
		memory int64
		env    string
		bound  bool
	}{{1 << 30, "1GiB", false}, {0, "", false}, {1 << 30, "", true}} {
		keepWithin(tt.memory, &console.Console{Getenv: func(string) string { return tt.env }})
		limit := debug.SetMemoryLimit(-1)
		if bound := limit < math.MaxInt64; bound != tt.bound || bound && (limit > tt.memory || limit < tt.memory/2) {
			t.Errorf("limits.memory %d, GOMEMLIMIT %q: the runtime keeps within %d", tt.memory, tt.env, limit)
		}
	}
}
