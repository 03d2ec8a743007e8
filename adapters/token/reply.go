package token

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// unstatedLifetime is how long a token is kept whose end nobody told: long enough for the
// searches of one look-up and the next, short enough that a refusal is rare.
const unstatedLifetime = 60 * time.Second

// maxLifetime bounds what a reply may claim.
const maxLifetime = 24 * time.Hour

// maxToken bounds a token, which travels in a header.
const maxToken = 16 << 10

// reply is a token service's answer (RFC 6749, sections 5.1 and 5.2), leniently: real ones
// leave expires_in out, write it as a string, and say "refresh_token": null.
type reply struct {
	AccessToken string          `json:"access_token"`
	TokenType   string          `json:"token_type"`
	ExpiresIn   json.RawMessage `json:"expires_in"`
	Error       string          `json:"error"`
}

// parseReply reads the body of a reply with status 200. A body that is a compact JWS by
// itself is taken as the token where bare is true.
func parseReply(body []byte, bare bool, now time.Time) (grant, error) {
	body = bytes.TrimSpace(body)
	if bare && len(body) > 0 && body[0] != '{' {
		return bareToken(strings.Trim(string(body), `"`), now)
	}
	var r reply
	switch err := json.Unmarshal(body, &r); {
	case err != nil:
		return grant{}, unreadable("it is not the JSON of a token")
	case r.Error != "" && r.AccessToken == "":
		return grant{}, refusal(400, knownReason(r.Error), 0)
	case r.TokenType != "" && !strings.EqualFold(r.TokenType, "bearer"):
		return grant{}, unreadable("the token is no bearer token")
	case !usable(r.AccessToken):
		return grant{}, unreadable("it holds no usable token")
	}
	return grant{value: r.AccessToken, lifetime: lifetime(r.ExpiresIn, r.AccessToken, now)}, nil
}

func bareToken(value string, now time.Time) (grant, error) {
	if strings.Count(value, ".") != 2 || !usable(value) {
		return grant{}, unreadable("it is neither the JSON of a token nor a token")
	}
	return grant{value: value, lifetime: lifetime(nil, value, now)}, nil
}

// usable reports that a token can stand in a header: visible ASCII, wider than the b64token of RFC 6750, section 2.1.
func usable(value string) bool {
	return value != "" && len(value) <= maxToken &&
		!strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' })
}

// lifetime is the shorter of what the reply says and what the token says of itself.
func lifetime(expiresIn json.RawMessage, value string, now time.Time) time.Duration {
	stated, ok := seconds(expiresIn)
	if until, known := expiry(value); known {
		if rest := until.Sub(now); !ok || rest < stated {
			stated, ok = rest, true
		}
	}
	if !ok {
		return unstatedLifetime
	}
	return min(stated, maxLifetime)
}

// seconds reads 3600, 3600.0 and "3600".
func seconds(raw json.RawMessage) (time.Duration, bool) {
	n, err := strconv.ParseFloat(strings.Trim(string(raw), `" `), 64)
	if err != nil || n != n {
		return 0, false
	}
	return time.Duration(max(0, min(n, maxLifetime.Seconds()))) * time.Second, true
}

// expiry reads the exp of a JWT without trusting it: it only makes us ask earlier.
func expiry(value string) (time.Time, bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 {
		return time.Time{}, false
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return time.Time{}, false
	}
	var claims struct {
		Expires json.RawMessage `json:"exp"`
	}
	if json.Unmarshal(payload, &claims) != nil {
		return time.Time{}, false
	}
	at, err := strconv.ParseFloat(strings.Trim(string(claims.Expires), `" `), 64)
	if err != nil || at < 0 || at > 1<<40 {
		return time.Time{}, false
	}
	return time.Unix(int64(at), 0), true
}
