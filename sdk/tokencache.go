package sdk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"
)

// Credential is a token with the time at which it expires. It prints as nothing.
type Credential struct {
	// Token is the bearer token.
	Token string
	// Expires is when it expires. Where it is zero, it is read from the token if that
	// is a JWT with the claim exp, and otherwise taken to be a minute from now.
	Expires time.Time
}

const (
	// unknownLife is how long a token is kept that does not say how long it lives.
	unknownLife = time.Minute
	// refreshAhead is how long before its end a token is renewed, and a fifth of its life at most.
	refreshAhead = time.Minute
	// mintTimeout bounds one renewal: it may outlive the call that began it.
	mintTimeout = 30 * time.Second
	// pause is how long a failed renewal stands for those who ask again.
	pause = time.Second
)

// CachedToken keeps one user's token and renews it: see [NewCachedToken].
type CachedToken struct {
	mint  func(context.Context) (Credential, error)
	ahead time.Duration
	now   func() time.Time

	mu      sync.Mutex
	token   string
	renewAt time.Time
	endsAt  time.Time
	flight  *renewal
	failure error
	failed  time.Time
}

// renewal is one asking for a token that all who need it share.
type renewal struct {
	done  chan struct{}
	token string
	err   error
}

var _ Refresher = (*CachedToken)(nil)

// CacheOption changes how a [CachedToken] keeps.
type CacheOption func(*CachedToken)

// RefreshAhead renews a token this long before it expires instead of a minute. It is
// never more than a fifth of the token's life.
func RefreshAhead(d time.Duration) CacheOption { return func(c *CachedToken) { c.ahead = d } }

// CacheClock reads the time from this function instead of the system's clock: for tests.
func CacheClock(now func() time.Time) CacheOption { return func(c *CachedToken) { c.now = now } }

// NewCachedToken keeps the token that mint gives until shortly before it expires.
// However many calls need a token, mint runs once at a time, on a goroutine of its
// own: a call that gives up does not stop it for the others. Ahead of the token's end
// mint runs while calls still take the old one. When it fails then, they go on with
// the old one to its end; after that its error is theirs. The error must not carry the token.
//
// One CachedToken is one user's. Mint's context ends after 30 seconds.
func NewCachedToken(mint func(context.Context) (Credential, error), options ...CacheOption) *CachedToken {
	c := &CachedToken{mint: mint, ahead: refreshAhead, now: time.Now}
	for _, option := range options {
		option(c)
	}
	return c
}

// Token is the token that is kept, or a new one.
func (c *CachedToken) Token(ctx context.Context) (string, error) {
	token, flight, err := c.ready(ctx)
	if flight == nil {
		return token, err
	}
	select {
	case <-flight.done:
		return flight.token, flight.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// ready gives the token that is kept, or the renewal to wait for.
func (c *CachedToken) ready(ctx context.Context) (string, *renewal, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	usable := c.token != "" && now.Before(c.endsAt)
	rested := c.failure == nil || now.Sub(c.failed) >= pause
	switch {
	case usable && now.Before(c.renewAt):
		return c.token, nil, nil
	case c.flight == nil && rested:
		c.begin(ctx)
	case c.flight == nil && !usable:
		return "", nil, c.failure
	}
	if usable {
		return c.token, nil, nil
	}
	return "", c.flight, nil
}

func (c *CachedToken) begin(ctx context.Context) {
	c.flight = &renewal{done: make(chan struct{})}
	// Those who wait have deadlines of their own; whoever began may leave.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), mintTimeout)
	go func(flight *renewal) {
		defer cancel()
		credential, err := c.mint(ctx)
		c.land(flight, credential, err)
	}(c.flight)
}

func (c *CachedToken) land(flight *renewal, got Credential, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer close(flight.done)
	now := c.now()
	if err == nil && got.Token == "" {
		err = errors.New("the token source gave no token")
	}
	c.flight, c.failure, c.failed = nil, err, now
	if err != nil {
		flight.err = err
		return
	}
	if got.Expires.IsZero() {
		got.Expires = expiry(got.Token, now)
	}
	life := max(got.Expires.Sub(now), 0)
	ahead := min(c.ahead, life/5)
	c.token, c.renewAt, c.endsAt = got.Token, got.Expires.Add(-ahead), got.Expires
	flight.token = got.Token
}

// Refused forgets the token, unless another has taken its place.
func (c *CachedToken) Refused(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}

// expiry is the claim exp of a JWT, unverified: it decides when to ask for another
// token and nothing else. What is no JWT, or does not say, lives a minute.
func expiry(token string, now time.Time) time.Time {
	parts := strings.Split(token, ".")
	var claims struct {
		Exp float64 `json:"exp"`
	}
	if len(parts) != 3 {
		return now.Add(unknownLife)
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &claims) != nil || claims.Exp <= 0 || claims.Exp > 1<<40 {
		return now.Add(unknownLife)
	}
	return time.Unix(int64(claims.Exp), 0)
}
