package token

import (
	"runtime"
	"time"
)

// JoinedForTest gives a function that returns once so many wait for a token being got.
func JoinedForTest(s *Source) func(waiters int) {
	return func(waiters int) {
		for {
			s.mu.Lock()
			n := 0
			for _, f := range s.flights {
				n += f.waiters
			}
			s.mu.Unlock()
			if n >= waiters {
				return
			}
			runtime.Gosched()
		}
	}
}

// ParseReply opens the reader of replies to a fuzz target.
func ParseReply(body []byte, bare bool, now time.Time) (value string, lifetime time.Duration, err error) {
	g, err := parseReply(body, bare, now)
	return g.value, g.lifetime, err
}

// TokenEndpoint opens the reader of SMART configurations to a fuzz target.
func TokenEndpoint(body []byte) (string, error) { return tokenEndpoint(body) }

// Kept is how many tokens a source keeps.
func Kept(s *Source) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.cache.byKey)
}
