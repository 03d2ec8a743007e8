package access_test

import (
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/access"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/testing/protocmp"
)

// remembering is a setting whose verifier tells which tokens it remembered.
func remembering(t testing.TB, most int) (*setting, *[]bool) {
	t.Helper()
	s := newSetting(t)
	var told []bool
	var err error
	s.verifier, err = access.NewVerifier(access.Config{
		Issuer: sandboxissuer.Issuer, Audience: sandboxissuer.Audience, JWKSFile: s.jwks, KeepTokens: most,
		Verified: func(kept bool) { told = append(told, kept) }, Now: func() time.Time { return s.now },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, &told
}

func (s *setting) verify(t testing.TB, token string) access.Identity {
	t.Helper()
	identity, err := s.verifier.Verify(token)
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

func TestATokenIsCheckedOnce(t *testing.T) {
	s, told := remembering(t, 0)
	token := s.sign(t, s.registered(), sandboxissuer.Operator())
	first := s.verify(t, token)
	first.Caller.RequestId = "of the first call"
	second := s.verify(t, token)
	first.Caller.RequestId = ""
	if diff := cmp.Diff(first, second, protocmp.Transform()); diff != "" {
		t.Errorf("remembered, it says something else (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff([]bool{false, true}, *told); diff != "" {
		t.Errorf("remembered (-want +got):\n%s", diff)
	}
}

func TestARememberedTokenExpires(t *testing.T) {
	for name, change := range map[string]func(*jwt.Claims){
		"with its end":     func(*jwt.Claims) {},
		"not yet, by nbf":  func(c *jwt.Claims) { c.NotBefore = jwt.NewNumericDate(start) },
		"without any iat":  func(c *jwt.Claims) { c.IssuedAt = nil },
		"to the very last": func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(start.Add(time.Minute)) },
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := remembering(t, 0)
			registered := s.registered()
			change(&registered)
			token := s.sign(t, registered, sandboxissuer.Pharmacist())
			s.verify(t, token)
			s.now = start.Add(time.Minute - time.Second)
			s.verify(t, token)
			s.now = start.Add(time.Minute + time.Second)
			_, err := s.verifier.Verify(token)
			wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, "the token has expired")
			if registered.NotBefore != nil {
				s.now = start.Add(-time.Minute)
				_, err := s.verifier.Verify(token)
				wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "the token is not valid yet")
			}
		})
	}
}

// A token that was taken goes with its key, and a key that came back under the same
// name is another key.
func TestARememberedTokenGoesWithItsKey(t *testing.T) {
	s, _ := remembering(t, 0)
	token := s.sign(t, s.registered(), sandboxissuer.Pharmacist())
	s.verify(t, token)
	own, err := os.ReadFile(s.jwks)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newSetting(t).issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	s.replaceKeys(t, other)
	_, err = s.verifier.Verify(token)
	wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "the token names no key")
	s.replaceKeys(t, own)
	s.verify(t, token)
}

func (s *setting) replaceKeys(t testing.TB, set []byte) {
	t.Helper()
	if err := os.WriteFile(s.jwks, set, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.verifier.Reload(); err != nil {
		t.Fatal(err)
	}
}

func TestRefusedTokensAreNotRemembered(t *testing.T) {
	s, told := remembering(t, 0)
	token := s.sign(t, s.registered(), sandboxissuer.Pharmacist())
	s.now = start.Add(-time.Hour)
	_, err := s.verifier.Verify(token)
	wantRefusal(t, err, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_INVALID, "the token is not valid yet")
	s.now = start
	s.verify(t, token)
	if diff := cmp.Diff([]bool{false}, *told); diff != "" {
		t.Errorf("remembered (-want +got):\n%s", diff)
	}
}

func TestOnlySoManyTokensAreRemembered(t *testing.T) {
	tests := map[string]struct {
		most      int
		afterMany bool // whether the first is remembered after eight others
		used      bool // whether it is, when it is used with each of them
	}{
		"none":    {most: -1},
		"four":    {most: 4, used: true},
		"default": {most: 0, afterMany: true, used: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := firstIsRemembered(t, test.most, false); got != test.afterMany {
				t.Errorf("after eight others it is remembered: %t", got)
			}
			if got := firstIsRemembered(t, test.most, true); got != test.used {
				t.Errorf("in use it is remembered: %t", got)
			}
		})
	}
}

// firstIsRemembered takes a token, then eight others, and says whether the first is remembered. In use, it is taken between them too.
func firstIsRemembered(t *testing.T, most int, used bool) bool {
	t.Helper()
	s, told := remembering(t, most)
	first := s.sign(t, s.registered(), sandboxissuer.Pharmacist())
	s.verify(t, first)
	for i := range 8 {
		claims := s.registered()
		claims.ID = fmt.Sprint(i)
		s.verify(t, s.sign(t, claims, sandboxissuer.Pharmacist()))
		if used {
			s.verify(t, first)
		}
	}
	s.verify(t, first)
	return (*told)[len(*told)-1]
}

// Keys change while tokens are taken.
func TestATokenOfARemovedKeyIsNeverTakenAfterTheReload(t *testing.T) {
	s := newSetting(t)
	token := s.sign(t, s.registered(), sandboxissuer.Pharmacist())
	own, err := os.ReadFile(s.jwks)
	if err != nil {
		t.Fatal(err)
	}
	other, err := newSetting(t).issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				for range 10 {
					_, _ = s.verifier.Verify(token)
				}
			})
		}
		s.replaceKeys(t, other)
		if _, err := s.verifier.Verify(token); err == nil {
			t.Fatal("it was taken")
		}
		calls.Wait()
		if _, err := s.verifier.Verify(token); err == nil {
			t.Fatal("it was taken later")
		}
		s.replaceKeys(t, own)
	}
}

func BenchmarkVerify(b *testing.B) {
	for name, most := range map[string]int{"remembered": 0, "each time": -1} {
		b.Run(name, func(b *testing.B) {
			s := newSetting(b)
			var err error
			s.verifier, err = access.NewVerifier(access.Config{
				Issuer: sandboxissuer.Issuer, Audience: sandboxissuer.Audience, JWKSFile: s.jwks, KeepTokens: most, Now: func() time.Time { return s.now },
			})
			if err != nil {
				b.Fatal(err)
			}
			token := s.sign(b, s.registered(), sandboxissuer.Pharmacist())
			b.ReportAllocs()
			for b.Loop() {
				s.verify(b, token)
			}
		})
	}
}
