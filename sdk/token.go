package sdk

import (
	"context"
	"strings"

	"google.golang.org/grpc/credentials"
)

// TokenSource gives the bearer token of a call. The token names organisation,
// person and role: the gateway takes the caller's identity from it alone.
//
// Token is asked for each attempt of each call and may be asked concurrently: keep a
// token until shortly before it expires, as [NewCachedToken] does. The context ends
// with the call. An error ends the call as UNAUTHENTICATED, comes out of it through
// errors.As, and must not carry the token.
//
// [StaticToken], [FileToken] and [NewCachedToken] stand here. Two more are packages of
// their own, so that only those who use them carry what they need: sdk/command runs a
// program, and sdk/assertion signs in with a private key.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// StaticToken is one token for every call: for tests and scripts. It prints as nothing.
type StaticToken string

// Token gives the token.
func (t StaticToken) Token(context.Context) (string, error) { return string(t), nil }

// TokenFunc makes a function a TokenSource.
type TokenFunc func(ctx context.Context) (string, error)

// Token calls the function.
func (f TokenFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

var (
	_ TokenSource = StaticToken("")
	_ TokenSource = TokenFunc(nil)
)

// Refresher is a TokenSource that can be told of a token that is no good any more.
// When the gateway says of a token that it has expired, the client tells its source,
// asks it once more, and makes the call once more if another token comes.
type Refresher interface {
	TokenSource
	// Refused says that this token has expired for the gateway, whatever the local
	// clock says: Token must not give it again if it can get another.
	Refused(token string)
}

// maxTokenBytes bounds a token: a gateway takes headers of 16 KiB in all.
const maxTokenBytes = 12 << 10

// sendable says whether a token has the form of a bearer token (RFC 6750, 2.1): a
// header with anything else in it, such as a line's end, is another header.
func sendable(token string) bool {
	const others = "-._~+/="
	strange := func(c rune) bool {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		return !letter && (c < '0' || c > '9') && !strings.ContainsRune(others, c)
	}
	return token != "" && len(token) <= maxTokenBytes && !strings.ContainsFunc(token, strange)
}

// bearer sends a token with one call, and refuses to do so over a connection that
// others can read unless plain text was asked for by name.
type bearer struct {
	token     string
	plaintext bool
}

var _ credentials.PerRPCCredentials = bearer{}

func (b bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + b.token}, nil
}

func (b bearer) RequireTransportSecurity() bool { return !b.plaintext }
