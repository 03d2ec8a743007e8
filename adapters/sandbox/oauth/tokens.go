package oauth

import (
	"crypto/rand"
	"crypto/subtle"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

// Tokens remembers the tokens that were given out. It is safe for concurrent use.
type Tokens struct {
	now      system.Now
	lifetime time.Duration

	mu   sync.Mutex
	live map[string]time.Time
}

// NewTokens makes a memory of tokens that live as long as lifetime, or until the system revokes them.
func NewTokens(sys *system.System, now system.Now, lifetime time.Duration) *Tokens {
	t := &Tokens{now: now, lifetime: lifetime, live: map[string]time.Time{}}
	sys.OnRevoke(t.revoke)
	return t
}

func (t *Tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.live)
}

// Give makes a token of no meaning.
func (t *Tokens) Give() string {
	token := rand.Text() + rand.Text()
	t.Keep(token)
	return token
}

// Keep remembers a token that somebody else made, or its id.
func (t *Tokens) Keep(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.live[token] = t.now().Add(t.lifetime)
}

// Admits tells whether the token was given out and has not ended.
func (t *Tokens) Admits(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, known := t.live[token]
	return known && t.now().Before(until)
}

// Bearer is the token of a call (RFC 6750, section 2.1).
func Bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}

// Same compares secrets.
func Same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
