package token

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// ClientCredentials is how tokens are got with the OAuth2 client credentials grant (RFC 6749, section 4.4).
type ClientCredentials struct {
	// HTTP reaches the token service. Required.
	HTTP *http.Client
	// URL of the token service. Required.
	URL string
	// ClientID and ClientSecret are what the region gave us.
	ClientID, ClientSecret string
	// Auth is how we prove ourselves. Empty: ClientAuthBasic.
	Auth ClientAuth
	// Scope that is asked for. Empty: none is named.
	Scope string
	// Timeout bounds getting one token. 0: DefaultTimeout.
	Timeout time.Duration
	// Now is the clock. Required.
	Now func() time.Time
}

// NewClientCredentials makes a source whose one token serves every caller. Its error names the setting that is missing.
func NewClientCredentials(cfg ClientCredentials) (*Source, error) {
	switch {
	case cfg.URL == "":
		return nil, errors.New("the token URL is not set")
	case cfg.ClientID == "":
		return nil, errors.New("the client id is not set")
	case cfg.ClientSecret == "" && cfg.Auth != ClientAuthNone:
		return nil, errors.New("the client secret is not set")
	}
	if cfg.Auth == "" {
		cfg.Auth = ClientAuthBasic
	}
	c := &client{http: cfg.HTTP, url: cfg.URL, id: cfg.ClientID, secret: cfg.ClientSecret, auth: cfg.Auth, now: cfg.Now}
	return newSource(cfg.Now, cfg.Timeout, func(Request) (order, error) {
		return order{key: "client", mint: func(ctx context.Context) (grant, error) { return c.ask(ctx, cfg.form()) }}, nil
	}), nil
}

func (cfg ClientCredentials) form() url.Values {
	form := url.Values{"grant_type": {"client_credentials"}}
	if cfg.Scope != "" {
		form.Set("scope", cfg.Scope)
	}
	if cfg.Auth == ClientAuthNone {
		form.Set("client_id", cfg.ClientID) // RFC 8705, section 2: the certificate proves it
	}
	return form
}
