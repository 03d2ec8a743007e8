package token

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/openlhcr/openlhcr/adapters/transport"
	"google.golang.org/grpc/codes"
)

// discoveredFor is how long the address of a token service is kept.
const discoveredFor = time.Hour

// discovery keeps where the token service is, as the region said. A token that is wanted
// by many is got once, so nobody else asks meanwhile.
type discovery struct {
	mu    sync.Mutex
	url   string
	until time.Time
}

func (d *discovery) get(now time.Time) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !now.Before(d.until) {
		return ""
	}
	return d.url
}

func (d *discovery) put(url string, until time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.url, d.until = url, until
}

func (d *discovery) forget() { d.put("", time.Time{}) }

// endpoint is where the token service is: as this deployment set it, or as the region says.
func (s *smart) endpoint(ctx context.Context) (string, error) {
	if s.cfg.URL != "" {
		return s.cfg.URL, nil
	}
	if at := s.discovery.get(s.cfg.Now()); at != "" {
		return at, nil
	}
	at, err := s.discover(ctx)
	if err == nil {
		s.discovery.put(at, s.cfg.Now().Add(discoveredFor))
	}
	return at, err
}

// discover asks the region for its SMART configuration.
func (s *smart) discover(ctx context.Context) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.cfg.Base.JoinPath(".well-known/smart-configuration").String(), http.NoBody)
	if err != nil {
		return "", &transport.Error{Kind: transport.KindAddress}
	}
	req.Header.Set("Accept", "application/json")
	res, err := transport.Do(s.cfg.HTTP, req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }() // what mattered was read
	body, err := transport.ReadAll(ctx, res.Body, maxReply)
	switch {
	case res.StatusCode != http.StatusOK:
		return "", undiscovered(res.StatusCode, transport.RetryAfter(res.Header, s.cfg.Now()))
	case err != nil:
		return "", err
	}
	return tokenEndpoint(body)
}

// tokenEndpoint reads a SMART configuration. That the address may be reached at all, the
// transport sees to.
func tokenEndpoint(body []byte) (string, error) {
	var said struct {
		TokenEndpoint string `json:"token_endpoint"`
	}
	if json.Unmarshal(body, &said) != nil {
		return "", &Error{Code: codes.DataLoss, Message: "the region's SMART configuration could not be understood"}
	}
	u, err := url.Parse(said.TokenEndpoint)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" {
		return "", &Error{Code: codes.DataLoss, Message: "the region's SMART configuration names no token service that can be used"}
	}
	return said.TokenEndpoint, nil
}

func undiscovered(httpStatus int, retryAfter time.Duration) error {
	e := &Error{Code: codes.Unavailable, Message: "the region's SMART configuration could not be had", RetryAfter: retryAfter}
	if httpStatus == http.StatusUnauthorized || httpStatus == http.StatusForbidden {
		e.Code, e.Message = codes.PermissionDenied, "the region refused us its SMART configuration"
	}
	return e
}
