package assertion

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlhcr/openlhcr/sdk"
)

const (
	attempts       = 4
	firstWait      = 200 * time.Millisecond
	longestWait    = 5 * time.Second
	attemptTimeout = 8 * time.Second
	maxReply       = 64 << 10
)

// Refusal is the endpoint's refusal. It holds no text of the endpoint's.
type Refusal struct {
	// Status is the HTTP status.
	Status int
	// Code is the error code of RFC 6749, 5.2 ("invalid_client"). Empty when it gave none of those.
	Code string

	retryAfter time.Duration
}

// Error says status and code.
func (r *Refusal) Error() string {
	if r.Code == "" {
		return fmt.Sprintf("the token endpoint answered with HTTP status %d", r.Status)
	}
	return fmt.Sprintf("the token endpoint refused: %s (HTTP status %d)", r.Code, r.Status)
}

func (r *Refusal) temporary() bool { return r.Status == http.StatusTooManyRequests || r.Status >= 500 }

// errUnreachable hides the transport's words, which can hold addresses and more.
var errUnreachable = errors.New("the token endpoint is out of reach, or its certificate is not trusted")

// mint signs in, and tries again where that may help.
func (s *source) mint(ctx context.Context) (sdk.Credential, error) {
	wait := firstWait
	for attempt := 1; ; attempt++ {
		credential, err := s.once(ctx)
		after, again := worthAnother(err)
		if !again || attempt == attempts || after > longestWait || s.sleep(ctx, max(wait, after)) != nil {
			return credential, err
		}
		wait *= 2
	}
}

func worthAnother(err error) (time.Duration, bool) {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal.retryAfter, refusal.temporary()
	}
	return 0, errors.Is(err, errUnreachable)
}

func (s *source) once(ctx context.Context) (sdk.Credential, error) {
	began := s.Now()
	assertion, err := s.sign(began)
	if err != nil {
		return sdk.Credential{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.TokenURL, strings.NewReader(s.form(assertion).Encode()))
	if err != nil {
		return sdk.Credential{}, errUnreachable
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Accept", "application/json")
	res, err := s.HTTP.Do(req)
	if err != nil {
		return sdk.Credential{}, errUnreachable
	}
	defer func() { _ = res.Body.Close() }() // what mattered was read
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply))
	if res.StatusCode != http.StatusOK {
		return sdk.Credential{}, refused(res, body, began)
	}
	if err != nil {
		return sdk.Credential{}, errUnreachable
	}
	return granted(body, began)
}

// sign makes an assertion that is used once (RFC 7523, 3).
func (s *source) sign(now time.Time) (string, error) {
	key, err := s.key()
	if err != nil {
		return "", err
	}
	signer, err := s.signer(key)
	if err != nil {
		return "", err
	}
	id := make([]byte, 16)
	if _, err := io.ReadFull(s.Random, id); err != nil {
		return "", errors.New("assertion: no id can be made")
	}
	claims, err := json.Marshal(map[string]any{
		"iss": s.ClientID, "sub": s.ClientID, "aud": s.Audience, "jti": hex.EncodeToString(id),
		"iat": now.Unix(), "exp": now.Add(s.Lifetime).Unix(),
	})
	if err != nil {
		return "", err
	}
	signed, err := signer.Sign(claims)
	if err != nil {
		return "", errors.New("assertion: the key did not sign")
	}
	return signed.CompactSerialize()
}

func (s *source) form(assertion string) url.Values {
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion},
	}
	if s.Scope != "" {
		form.Set("scope", s.Scope)
	}
	for name, values := range s.Parameters {
		form[name] = values
	}
	return form
}

// granted reads a token response (RFC 6749, 5.1).
func granted(body []byte, asked time.Time) (sdk.Credential, error) {
	var reply struct {
		AccessToken string          `json:"access_token"`
		TokenType   string          `json:"token_type"`
		ExpiresIn   json.RawMessage `json:"expires_in"`
	}
	if json.Unmarshal(body, &reply) != nil || reply.AccessToken == "" {
		return sdk.Credential{}, errors.New("the token endpoint's answer holds no access_token")
	}
	if !strings.EqualFold(cmp.Or(reply.TokenType, "bearer"), "bearer") {
		return sdk.Credential{}, errors.New("the token endpoint's token is no bearer token")
	}
	credential := sdk.Credential{Token: reply.AccessToken}
	// Some endpoints send the seconds in quotation marks.
	if life, err := strconv.ParseFloat(strings.Trim(string(reply.ExpiresIn), `"`), 64); err == nil && life > 0 && life < 1<<31 {
		credential.Expires = asked.Add(time.Duration(life * float64(time.Second)))
	}
	return credential, nil
}

// codesOfRefusal are the codes that may be repeated: anything else is the endpoint's own text.
var codesOfRefusal = []string{
	"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type",
	"invalid_scope", "invalid_target", "server_error", "temporarily_unavailable",
}

func refused(res *http.Response, body []byte, now time.Time) error {
	var reply struct {
		Error string `json:"error"`
	}
	r := &Refusal{Status: res.StatusCode, retryAfter: retryAfter(res.Header.Get("Retry-After"), now)}
	if json.Unmarshal(body, &reply) == nil && slices.Contains(codesOfRefusal, reply.Error) {
		r.Code = reply.Error
	}
	return r
}

// retryAfter reads the header of RFC 9110, 10.2.3: seconds or a date.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(header, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
