//go:build unix

package redistest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

// Server is a redis-server on loopback, on a port that it keeps.
type Server struct {
	t       testing.TB
	port    int
	dir     string
	args    []string
	secure  *tls.Config
	process *process
	admin   *goredis.Client
}

// Start starts a server and waits until it answers. It is gone when the test ends.
func Start(t testing.TB, options ...Option) *Server {
	t.Helper()
	return start(t, nil, options)
}

// start runs redis-server with args (--sentinel) after its file.
func start(t testing.TB, args []string, options []Option) *Server {
	t.Helper()
	s := &Server{t: t, port: freePort(t), dir: t.TempDir(), args: args}
	setup := settings{server: s, lines: []string{
		"bind 127.0.0.1", "daemonize no", `save ""`, "appendonly no", "dir " + s.dir, "repl-diskless-sync-delay 0",
	}}
	for _, o := range options {
		o(&setup)
	}
	if s.secure == nil {
		setup.add("port %d", s.port)
	}
	if len(args) > 0 {
		setup.keepForSentinel()
	}
	if err := os.WriteFile(s.file(), []byte(strings.Join(setup.lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.run()
	s.admin = goredis.NewClient(&goredis.Options{Addr: s.Addr(), TLSConfig: s.secure, Protocol: 2, DisableIdentity: true})
	t.Cleanup(func() { _ = s.admin.Close(); s.process.kill() })
	return s
}

// command is where redis-server is; without it the test ends here.
func command(t testing.TB) string {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	switch {
	case err == nil:
	case os.Getenv("LHCR_REQUIRE_SERVICES") != "":
		t.Fatal("redis-server is not on PATH, and LHCR_REQUIRE_SERVICES asks for it")
	default:
		t.Skip("redis-server is not on PATH")
	}
	return path
}

func (s *Server) run() {
	s.t.Helper()
	var err error
	if s.process, err = spawn(command(s.t), append([]string{s.file()}, s.args...)...); err != nil {
		s.t.Fatal(err)
	}
	Await(s.t, "a redis-server that answers", func() bool {
		if s.process.ended() {
			s.t.Fatalf("redis-server ended:\n%s", &s.process.log)
		}
		return s.listens()
	})
}

// listens asks on a connection of its own, so that no pool remembers a refusal.
func (s *Server) listens() bool {
	dial := (&net.Dialer{Timeout: time.Second}).DialContext
	if s.secure != nil {
		dial = (&tls.Dialer{Config: s.secure}).DialContext
	}
	conn, err := dial(context.Background(), "tcp", s.Addr())
	if err != nil {
		return false
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Second)) // without one, the read waits for longer
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		return false
	}
	answer := make([]byte, 16)
	n, err := conn.Read(answer)
	return err == nil && n > 0 // "-NOAUTH" is an answer too
}

func (s *Server) file() string { return filepath.Join(s.dir, "redis.conf") }

// Addr is its host:port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// Admin is a client that may do everything. The test closes it.
func (s *Server) Admin() *goredis.Client { return s.admin }

// Dir is its working directory, where a SAVE leaves dump.rdb.
func (s *Server) Dir() string { return s.dir }

// Kill ends it at once, as a crash does.
func (s *Server) Kill() { s.process.kill() }

// Restart starts it again on the same port, empty.
func (s *Server) Restart() {
	s.t.Helper()
	s.process.kill()
	s.run()
}

// Pause stops it: connections stand, and nothing answers.
func (s *Server) Pause() { s.send(syscall.SIGSTOP) }

// Resume lets it go on.
func (s *Server) Resume() { s.send(syscall.SIGCONT) }

func (s *Server) send(signal syscall.Signal) {
	s.t.Helper()
	if err := s.process.signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// freePort is a port that nobody listens on, low enough for the port of a Cluster's
// bus above it.
func freePort(t testing.TB) int {
	t.Helper()
	command(t)
	for range 1000 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		if free(port + busAbove) {
			return port
		}
	}
	t.Fatal("no free port")
	return 0
}

// busAbove is how far above its port a node's bus listens.
const busAbove = 10_000

func free(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

// Patience is how long Await waits.
const Patience = 20 * time.Second

// Await polls until done says so, and fails the test when that takes too long.
func Await(t testing.TB, what string, done func() bool) {
	t.Helper()
	late := time.After(Patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-late:
			t.Fatalf("waited %s for %s", Patience, what)
		case <-tick.C:
		}
	}
}
