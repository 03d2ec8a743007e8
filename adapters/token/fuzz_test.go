package token_test

import (
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/token"
)

func FuzzOAuth2Reply(f *testing.F) {
	for _, seed := range []string{
		`{"access_token":"t","token_type":"Bearer","expires_in":300,"scope":"s"}`,
		`{"access_token":"t","expires_in":"1e400","refresh_token":null}`,
		`{"access_token":"a.eyJleHAiOjF9.b"}`, `{"error":"invalid_client"}`, `[]`, `null`, ``, `{"expires_in":NaN}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) { check(t, body, false) })
}

func FuzzInterweaveReply(f *testing.F) {
	for _, seed := range []string{`{"access_token":"a.b.c"}`, `a.eyJleHAiOjEwMDAwMDAwMDAwfQ.c`, `"a.e30.c"`, "a.b", "..", "{"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) { check(t, body, true) })
}

// check asks of any reply: either an error without the reply's own words, or a token
// that fits a header, kept for a day at most.
func check(t *testing.T, body []byte, bare bool) {
	value, lifetime, err := token.ParseReply(body, bare, time.Unix(1_700_000_000, 0))
	switch {
	case err != nil && value != "":
		t.Errorf("a token beside the error %v", err)
	case err == nil && (value == "" || strings.ContainsAny(value, " \r\n\t\x00")):
		t.Errorf("token %q does not fit a header", value)
	case lifetime > 24*time.Hour:
		t.Errorf("kept for %v", lifetime)
	}
}
