package sdk

import (
	"context"

	"google.golang.org/grpc/credentials"
)

// TokenSource gives the bearer token of a call. The token names organisation,
// person and role: the gateway takes the caller's identity from it alone.
//
// Token is asked for each call and may be asked concurrently: keep a token until
// shortly before it expires. Its error ends the call as UNAUTHENTICATED and must
// not carry the token.
type TokenSource interface {
	Token(ctx context.Context) (string, error)
}

// StaticToken is one token for every call: for tests and scripts. It prints as nothing.
type StaticToken string

// Token gives the token.
func (t StaticToken) Token(context.Context) (string, error) { return string(t), nil }

// String hides the token.
func (StaticToken) String() string { return "[token]" }

// GoString hides the token.
func (StaticToken) GoString() string { return "[token]" }

// TokenFunc makes a function a TokenSource.
type TokenFunc func(ctx context.Context) (string, error)

// Token calls the function.
func (f TokenFunc) Token(ctx context.Context) (string, error) { return f(ctx) }

var (
	_ TokenSource = StaticToken("")
	_ TokenSource = TokenFunc(nil)
)

// bearer sends the token of its source with each call, and refuses to do so over a
// connection that others can read unless plain text was asked for by name.
type bearer struct {
	source    TokenSource
	plaintext bool
}

var _ credentials.PerRPCCredentials = bearer{}

func (b bearer) GetRequestMetadata(ctx context.Context, _ ...string) (map[string]string, error) {
	token, err := b.source.Token(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]string{"authorization": "Bearer " + token}, nil
}

func (b bearer) RequireTransportSecurity() bool { return !b.plaintext }
