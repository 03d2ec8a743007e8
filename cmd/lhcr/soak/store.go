package soak

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	mrand "math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	"github.com/openlhcr/openlhcr/gateway/config"
)

// store is the Redis of a soak: one that it starts, one that is there, or none.
type store struct {
	name    string
	address string
	folder  string
	command *exec.Cmd
}

// openStore finds or starts the Redis.
func openStore(ctx context.Context, opts Options) (*store, error) {
	binary, err := exec.LookPath("redis-server")
	switch {
	case opts.MemoryOnly:
		return &store{name: "memory alone"}, nil
	case opts.Redis != "":
		s := &store{name: "memory and a Redis that was there", address: opts.Redis}
		return s, s.makeFolder()
	case err != nil:
		return &store{name: "memory alone (redis-server is not on PATH)"}, nil
	}
	s := &store{name: "memory and a redis-server of its own"}
	if err := s.makeFolder(); err != nil {
		return nil, err
	}
	if err := s.run(ctx, binary); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func (s *store) makeFolder() (err error) {
	s.folder, err = os.MkdirTemp("", "lhcr-soak-*")
	return err
}

// run starts the server on a free port and waits until it takes connections.
func (s *store) run(ctx context.Context, binary string) error {
	if s.address == "" {
		address, err := freeAddress(ctx)
		if err != nil {
			return err
		}
		s.address = address
	}
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	s.command = exec.Command(binary, "--bind", host, "--port", port, "--dir", s.folder, "--save", "", "--appendonly", "no",
		"--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru")
	if err := s.command.Start(); err != nil {
		return fmt.Errorf("redis-server: %w", err)
	}
	for range 200 {
		if conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.address); err == nil {
			return conn.Close()
		}
		if err := rest(ctx, 25*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("redis-server does not answer")
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// configure makes a gateway use the store.
func (s *store) configure(c *config.Config) error {
	if s.address == "" {
		return nil
	}
	keys, err := seal.NewFile(rand.Reader, time.Now())
	if err != nil {
		return err
	}
	c.Cache.KeyFile = filepath.Join(s.folder, "cache.keys")
	if err := os.WriteFile(c.Cache.KeyFile, keys, 0o600); err != nil {
		return err
	}
	c.Cache.Redis.Addresses, c.Cache.Redis.PlainText, c.Cache.Redis.Prefix = []string{s.address}, true, "lhcr-soak"
	return nil
}

// trouble pauses and restarts a server of our own, now and then, until ctx is done.
func (s *store) trouble(ctx context.Context, chance *mrand.Rand, t *tally) {
	if s.command == nil {
		return
	}
	for rest(ctx, between(chance, 5000, 20000)) == nil {
		if chance.IntN(3) > 0 {
			t.fault("redis: paused")
			s.pause(ctx, between(chance, 50, 1500))
			continue
		}
		t.fault("redis: killed, and empty again")
		s.kill()
		if err := s.run(ctx, s.command.Path); err != nil {
			t.fault("redis: did not start again")
			return
		}
	}
}

func (s *store) kill() {
	_ = s.command.Process.Kill() // it may have ended by itself
	_ = s.command.Wait()         // it was killed: that is its error
}

func (s *store) close() error {
	if s.command != nil && s.command.Process != nil {
		s.kill()
	}
	if s.folder == "" {
		return nil
	}
	return os.RemoveAll(s.folder)
}
