package token

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
)

// Password is how tokens are got with the resource owner password credentials grant (RFC
// 6749, section 4.3): the account is one that the region gave this deployment, and never a
// user's own.
type Password struct {
	// HTTP reaches the token service. Required.
	HTTP *http.Client
	// URL of the token service. Required.
	URL string
	// ClientID and ClientSecret are what the region gave us. ClientID is required.
	ClientID, ClientSecret string
	// Username and Password are the account's. Required.
	Username, Password string
	// Auth is how we prove ourselves beside the account. Empty: ClientAuthBasic with a client
	// secret, ClientAuthNone without one.
	Auth ClientAuth
	// Scope that is asked for. Empty: none is named.
	Scope string
	// Timeout bounds getting one token. 0: DefaultTimeout.
	Timeout time.Duration
	// Now is the clock. Required.
	Now func() time.Time
}

// NewPassword makes a source whose one token serves every caller. Its error names the
// setting that is missing.
func NewPassword(cfg Password) (*Source, error) {
	switch {
	case cfg.URL == "":
		return nil, errors.New("the token URL is not set")
	case cfg.ClientID == "":
		return nil, errors.New("the client id is not set")
	case cfg.ClientSecret == "" && cfg.Auth != "" && cfg.Auth != ClientAuthNone:
		return nil, errors.New("the client secret is not set")
	case cfg.Username == "":
		return nil, errors.New("the account's name is not set: set username under codes")
	case cfg.Password == "":
		return nil, errors.New("the account's password is not set: set secret_files.password")
	}
	if cfg.Auth == "" {
		cfg.Auth = ClientAuthNone
		if cfg.ClientSecret != "" {
			cfg.Auth = ClientAuthBasic
		}
	}
	c := &client{http: cfg.HTTP, url: cfg.URL, id: cfg.ClientID, secret: cfg.ClientSecret, auth: cfg.Auth, now: cfg.Now}
	return newSource(cfg.Now, cfg.Timeout, func(Request) (order, error) {
		return order{key: "account", mint: func(ctx context.Context) (grant, error) { return c.ask(ctx, cfg.form()) }}, nil
	}), nil
}

func (cfg Password) form() url.Values {
	form := url.Values{"grant_type": {"password"}, "username": {cfg.Username}, "password": {cfg.Password}}
	if cfg.Scope != "" {
		form.Set("scope", cfg.Scope)
	}
	if cfg.Auth == ClientAuthNone {
		form.Set("client_id", cfg.ClientID)
	}
	return form
}
