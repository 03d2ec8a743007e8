package yorkshire

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	grantType   = "urn:ietf:params:oauth:grant-type:jwt-bearer"
	formType    = "application/x-www-form-urlencoded"
	clientKeyID = "gateway-1"
	iamKeyID    = "iam-1"
	keyBits     = 2048
)

// iam approves assertions: it checks the gateway's signature and claims and signs the same claims itself.
type iam struct {
	sys              *system.System
	now              system.Now
	clientID, secret string
	clientKey        *rsa.PublicKey
	key              *rsa.PrivateKey

	mu   sync.Mutex
	seen map[string]time.Time // jti → when it may be forgotten
	live map[string]bool      // jti of the tokens given out since
}

// newIAM makes the service and the gateway's registered signing key, whose private half (PEM) it hands out.
func newIAM(sys *system.System, now system.Now) (*iam, string, error) {
	clientKey, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, "", fmt.Errorf("client key: %w", err)
	}
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, "", fmt.Errorf("IAM key: %w", err)
	}
	keyPEM, err := pki.PrivateKeyPEM(clientKey)
	if err != nil {
		return nil, "", err
	}
	i := &iam{
		sys: sys, now: now, clientID: "gateway-" + rand.Text(), secret: rand.Text(), clientKey: &clientKey.PublicKey,
		key: key, seen: map[string]time.Time{}, live: map[string]bool{},
	}
	sys.OnRevoke(i.revoke)
	return i, keyPEM, nil
}

func (i *iam) revoke() {
	i.mu.Lock()
	defer i.mu.Unlock()
	clear(i.live)
}

type tokenReply struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int64  `json:"expires_in,omitempty"`
}

// oauthError is an error reply of RFC 6749, section 5.2.
type oauthError struct {
	Error       string `json:"error"`
	Description string `json:"error_description"`
	status      int
}

// ServeHTTP answers the token endpoint.
func (i *iam) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.sys.Count("token")
	f, broken := i.sys.Faults().Take(fault.Call{Token: true})
	payload, refusal := i.approve(r)
	if f.Kind == fault.TokenUnauthorized {
		refusal = &oauthError{"invalid_client", "client authentication failed", http.StatusUnauthorized}
	}
	if refusal != nil {
		jsonReply(refusal.status, refusal).Write(w)
		return
	}
	reply, err := i.reply(payload, f.Kind == fault.TokenNoExpiry)
	if err != nil {
		jsonReply(http.StatusInternalServerError, oauthError{Error: "server_error"}).Write(w)
		return
	}
	if broken {
		i.sys.Breaker().Deliver(w, r, f, reply)
		return
	}
	reply.Write(w)
}

// approve gives the payload of the request's assertion when all of it is right.
func (i *iam) approve(r *http.Request) ([]byte, *oauthError) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.URL.Path != tokenPath || r.Method != http.MethodPost || media != formType || r.ParseForm() != nil {
		return nil, &oauthError{"invalid_request", "a token is asked for by POST of a form", http.StatusBadRequest}
	}
	if !i.isClient(r) {
		return nil, &oauthError{"invalid_client", "client authentication failed", http.StatusUnauthorized}
	}
	if got := r.PostForm.Get("grant_type"); got != grantType {
		return nil, &oauthError{"unsupported_grant_type", "grant_type is not " + grantType, http.StatusBadRequest}
	}
	payload, why := i.verify(r.PostForm.Get("assertion"))
	if why != "" {
		return nil, &oauthError{"invalid_grant", why, http.StatusBadRequest}
	}
	return payload, nil
}

func (i *iam) isClient(r *http.Request) bool {
	id, secret, ok := r.BasicAuth()
	if !ok {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	return subtle.ConstantTimeCompare([]byte(id), []byte(i.clientID)) == 1 &&
		subtle.ConstantTimeCompare([]byte(secret), []byte(i.secret)) == 1
}

func (i *iam) verify(assertion string) (payload []byte, why string) {
	signed, err := jose.ParseSignedCompact(assertion, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return nil, "assertion is no RS256 JWT"
	}
	if kid := signed.Signatures[0].Header.KeyID; kid != "" && kid != clientKeyID {
		return nil, "kid " + kid + " is not registered"
	}
	payload, err = signed.Verify(i.clientKey)
	if err != nil {
		return nil, "assertion's signature does not fit the registered key"
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, "claims cannot be read: " + err.Error()
	}
	if why := c.wrong(i.clientID, i.now()); why != "" {
		return nil, why
	}
	if i.replayed(c) {
		return nil, "jti was used before"
	}
	return payload, ""
}

// replayed remembers a jti until its assertion has expired.
func (i *iam) replayed(c claims) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	for id, until := range i.seen {
		if i.now().After(until) {
			delete(i.seen, id)
			delete(i.live, id)
		}
	}
	_, seen := i.seen[c.ID]
	i.seen[c.ID] = time.Unix(c.Expires, 0).Add(2 * skew)
	return seen
}

func (i *iam) reply(payload []byte, withoutExpiry bool) (fault.Reply, error) {
	options := (&jose.SignerOptions{}).WithType("JWT").WithHeader("kid", iamKeyID)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: i.key}, options)
	if err != nil {
		return fault.Reply{}, err
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		return fault.Reply{}, err
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		return fault.Reply{}, err
	}
	var c claims
	if err := json.Unmarshal(payload, &c); err != nil {
		return fault.Reply{}, err
	}
	i.mu.Lock()
	i.live[c.ID] = true
	i.mu.Unlock()
	answer := tokenReply{AccessToken: token, TokenType: "bearer", ExpiresIn: c.Expires - i.now().Unix()}
	if withoutExpiry {
		answer.ExpiresIn = 0
	}
	return jsonReply(http.StatusOK, answer), nil
}

// admit reads a token that IAM signed, or says why it is none.
func (i *iam) admit(token string) (c claims, why string) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return c, "the token is missing or no JWT"
	}
	payload, err := signed.Verify(&i.key.PublicKey)
	if err != nil {
		return c, "the token was not signed by IAM"
	}
	if err := json.Unmarshal(payload, &c); err != nil {
		return c, "the token's claims cannot be read"
	}
	if why := c.wrong(i.clientID, i.now()); why != "" {
		return c, why
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.live[c.ID] {
		return c, "the token was revoked"
	}
	return c, ""
}

func jsonReply(status int, v any) fault.Reply {
	body, err := json.Marshal(v)
	if err != nil {
		panic("yorkshire: a struct of strings is not JSON: " + err.Error())
	}
	header := http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}
	return fault.Reply{Status: status, Header: header, Body: body}
}
