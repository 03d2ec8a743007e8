//go:build unix

package redistest

import (
	"fmt"
	"strings"
)

// settings are what a server is started with: the lines of its file.
type settings struct {
	server *Server
	lines  []string
}

func (s *settings) add(format string, args ...any) {
	s.lines = append(s.lines, fmt.Sprintf(format, args...))
}

// keepForSentinel leaves out what a Sentinel does not know.
func (s *settings) keepForSentinel() {
	var kept []string
	for _, line := range s.lines {
		word, _, _ := strings.Cut(line, " ")
		if word != "save" && word != "appendonly" && word != "repl-diskless-sync-delay" {
			kept = append(kept, line)
		}
	}
	s.lines = kept
}

// Option changes how a server is started.
type Option func(*settings)

// Set sets a directive of redis.conf, as Set("maxmemory", "4mb").
func Set(directive, value string) Option {
	return func(s *settings) { s.add("%s %s", directive, value) }
}

// User adds a user with a password and rules, in the words of ACL SETUSER. The
// default user may still do everything, without a password.
func User(name, password, rules string) Option {
	return func(s *settings) { s.add("user %s on >%s %s", name, password, rules) }
}

// ReplicaOf makes it a replica, read-only.
func ReplicaOf(primary *Server) Option {
	return func(s *settings) { s.add("replicaof 127.0.0.1 %d", primary.port) }
}

// Secure has it listen with TLS only, under a certificate of the authority for
// 127.0.0.1 and localhost, and demand a client certificate of it.
func Secure(a *Authority) Option {
	return func(s *settings) {
		cert, key := a.Issue("server")
		s.server.secure = a.client()
		s.add("port 0")
		s.add("tls-port %d", s.server.port)
		s.add("tls-cert-file %s", cert)
		s.add("tls-key-file %s", key)
		s.add("tls-ca-cert-file %s", a.File())
		s.add("tls-auth-clients yes")
		s.add("tls-replication yes")
		s.add("tls-cluster yes")
	}
}
