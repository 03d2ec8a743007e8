package dorset

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	tokenPath = "/oauth2/token"
	scope     = "system/*.read"
	lifetime  = 300 * time.Second
)

// tokens is the authorisation server (RFC 6749, section 4.4) and the memory of what it gave out.
type tokens struct {
	sys              *system.System
	now              system.Now
	clientID, secret string

	mu    sync.Mutex
	valid map[string]time.Time
}

func newTokens(sys *system.System, now system.Now) *tokens {
	t := &tokens{
		sys: sys, now: now, clientID: randomName("gateway"), secret: rand.Text(), valid: map[string]time.Time{},
	}
	sys.OnRevoke(t.revoke)
	return t
}

func (t *tokens) revoke() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.valid)
}

// admits tells whether the token was given out and has not expired.
func (t *tokens) admits(token string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	until, known := t.valid[token]
	return known && t.now().Before(until)
}

type tokenReply struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in,omitempty"`
	Scope       string `json:"scope"`
}

type tokenError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
}

// ServeHTTP answers the token endpoint.
func (t *tokens) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	t.sys.Count("token")
	if r.URL.Path != tokenPath || r.Method != http.MethodPost {
		refuseToken(w, http.StatusNotFound, "invalid_request", "POST "+tokenPath)
		return
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != formType || r.ParseForm() != nil {
		refuseToken(w, http.StatusBadRequest, "invalid_request", "the body is not a form")
		return
	}
	f, broken := t.sys.Faults().Take(fault.Call{Token: true})
	if f.Kind == fault.TokenUnauthorized || !t.isClient(r) {
		refuseToken(w, http.StatusUnauthorized, "invalid_client", "client authentication failed")
		return
	}
	if code, why := wrongGrant(r); code != "" {
		refuseToken(w, http.StatusBadRequest, code, why)
		return
	}
	reply := t.reply(f.Kind == fault.TokenNoExpiry)
	if broken {
		t.sys.Breaker().Deliver(w, r, f, reply)
		return
	}
	reply.Write(w)
}

func (t *tokens) isClient(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	return ok && subtle.ConstantTimeCompare([]byte(id), []byte(t.clientID)) == 1 &&
		subtle.ConstantTimeCompare([]byte(secret), []byte(t.secret)) == 1
}

func wrongGrant(r *http.Request) (code, why string) {
	if grant := r.PostForm.Get("grant_type"); grant != "client_credentials" {
		return "unsupported_grant_type", "grant_type is not client_credentials"
	}
	if asked := r.PostForm.Get("scope"); asked != scope {
		return "invalid_scope", "only " + scope + " is given"
	}
	return "", ""
}

func (t *tokens) reply(withoutExpiry bool) fault.Reply {
	token := rand.Text() + rand.Text()
	t.mu.Lock()
	t.valid[token] = t.now().Add(lifetime)
	t.mu.Unlock()
	answer := tokenReply{AccessToken: token, TokenType: "Bearer", ExpiresIn: int(lifetime / time.Second), Scope: scope}
	if withoutExpiry {
		answer.ExpiresIn = 0
	}
	return fault.Reply{Status: http.StatusOK, Header: tokenHeader(), Body: mustJSON(answer)}
}

func refuseToken(w http.ResponseWriter, status int, code, why string) {
	reply := fault.Reply{Status: status, Header: tokenHeader(), Body: mustJSON(tokenError{code, why})}
	if status == http.StatusUnauthorized {
		reply.Header.Set("WWW-Authenticate", `Basic realm="dorset"`)
	}
	reply.Write(w)
}

func tokenHeader() http.Header {
	return http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}
}

func mustJSON(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic("dorset: a struct of strings is not JSON: " + err.Error())
	}
	return body
}

func bearer(r *http.Request) string {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return token
}
