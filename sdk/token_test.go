package sdk_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
)

// bearerOf is the token that came with a call.
func bearerOf(ctx context.Context) string {
	return strings.Join(metadata.ValueFromIncomingContext(ctx, "authorization"), ",")
}

// echo answers with the caller's token as the request's id.
func echo() *gateway {
	return &gateway{get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
		return &lhcrv1.GetRecordResponse{RequestId: bearerOf(ctx)}, nil
	}}
}

func TestEachUsersCallsCarryTheirOwnToken(t *testing.T) {
	client := connect(t, echo(), sdk.WithTokenSource(sdk.StaticToken("whoever")))
	var calls sync.WaitGroup
	for n := range 20 {
		calls.Go(func() {
			token := fmt.Sprint("user-", n)
			user := client.As(sdk.StaticToken(token))
			for range 5 {
				record, err := user.GetRecord(t.Context(), testQuery())
				if err != nil || record.RequestID() != "Bearer "+token {
					t.Errorf("user %d's call carried %q, error %v", n, record.RequestID(), err)
				}
			}
		})
	}
	calls.Wait()
	if record, err := client.GetRecord(t.Context(), testQuery()); err != nil || record.RequestID() != "Bearer whoever" {
		t.Errorf("the client's own call carried %q, error %v", record.RequestID(), err)
	}
}

func TestAViewWithoutATokenSendsNobodyElses(t *testing.T) {
	client := connect(t, echo(), sdk.WithTokenSource(sdk.StaticToken("whoever")))
	view := client.As(nil)
	if record, err := view.GetRecord(t.Context(), testQuery()); err != nil || record.RequestID() != "" {
		t.Errorf("the call carried %q, error %v", record.RequestID(), err)
	}
	if err := view.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetRecord(t.Context(), testQuery()); err != nil {
		t.Errorf("closing a view closed the connection: %v", err)
	}
}

// renewable gives its tokens in turn, the next one when the last was refused.
type renewable struct {
	mu     sync.Mutex
	tokens []string
}

func (r *renewable) Token(context.Context) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tokens[0], nil
}

func (r *renewable) Refused(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tokens[0] == token && len(r.tokens) > 1 {
		r.tokens = r.tokens[1:]
	}
}

func TestAnExpiredTokenIsRenewedOnce(t *testing.T) {
	expired := refusal(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, 0)
	tests := map[string]struct {
		source sdk.TokenSource
		sent   []string
		code   codes.Code
	}{
		"renewed":         {&renewable{tokens: []string{"old", "new"}}, []string{"old", "new"}, codes.OK},
		"renewed in vain": {&renewable{tokens: []string{"old", "older", "new"}}, []string{"old", "older"}, codes.Unauthenticated},
		"not renewable":   {sdk.StaticToken("old"), []string{"old"}, codes.Unauthenticated},
		"never good":      {&renewable{tokens: []string{"old"}}, []string{"old"}, codes.Unauthenticated},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var sent []string
			admitted := func(ctx context.Context) error {
				named(ctx)
				sent = append(sent, strings.TrimPrefix(bearerOf(ctx), "Bearer "))
				if sent[len(sent)-1] != "new" {
					return expired
				}
				return nil
			}
			client := connect(t, &gateway{
				get: func(ctx context.Context, _ *lhcrv1.GetRecordRequest) (*lhcrv1.GetRecordResponse, error) {
					return &lhcrv1.GetRecordResponse{}, admitted(ctx)
				},
				stream: func(_ *lhcrv1.StreamRecordRequest, s lhcrv1.RecordService_StreamRecordServer) error {
					if err := admitted(s.Context()); err != nil {
						return err
					}
					return s.Send(summary(0))
				},
			})
			_, err := client.As(test.source).GetRecord(t.Context(), testQuery())
			if diff := cmp.Diff(test.sent, sent); diff != "" || status.Code(err) != test.code {
				t.Errorf("error %v, tokens sent (-want +got):\n%s", err, diff)
			}
		})
	}
}

// A gateway that calls every token expired is not asked on and on, whatever else
// befalls the call between.
func TestATokenIsRenewedOnceInACall(t *testing.T) {
	expired, down := refusal(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, 0), refusal(codes.Unavailable, draining, 0)
	var attempts int
	var waits []time.Duration
	client := connect(t, flaky(&attempts, expired, down, expired, down), noted(&waits), sdk.WithRetry(sdk.Retry{Attempts: 10}))
	_, err := client.As(&renewable{tokens: []string{"a", "b", "c", "d"}}).GetRecord(t.Context(), testQuery())
	if !errors.Is(err, sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED)) || attempts != 3 {
		t.Errorf("%d attempts, error %v", attempts, err)
	}
}

func TestAnExpiredTokenIsRenewedForAStream(t *testing.T) {
	var sent []string
	client := connect(t, &gateway{stream: func(_ *lhcrv1.StreamRecordRequest, s lhcrv1.RecordService_StreamRecordServer) error {
		named(s.Context())
		if sent = append(sent, bearerOf(s.Context())); len(sent) == 1 {
			return refusal(codes.Unauthenticated, lhcrv1.ErrorReason_ERROR_REASON_TOKEN_EXPIRED, 0)
		}
		return s.Send(summary(0))
	}})
	_, err := client.As(&renewable{tokens: []string{"old", "new"}}).StreamRecord(t.Context(), testQuery()).Record()
	if diff := cmp.Diff([]string{"Bearer old", "Bearer new"}, sent); diff != "" || err != nil {
		t.Errorf("error %v, tokens sent (-want +got):\n%s", err, diff)
	}
}

func TestOnlyABearerTokenIsSent(t *testing.T) {
	client := connect(t, echo())
	for _, token := range []string{"", "a b", "a\r\nx-other: 1", "naïve", strings.Repeat("a", 13<<10)} {
		_, err := client.As(sdk.StaticToken(token)).GetRecord(t.Context(), testQuery())
		if status.Code(err) != codes.Unauthenticated || token != "" && strings.Contains(err.Error(), token) {
			t.Errorf("token of %d bytes: %v", len(token), err)
		}
	}
}

func TestTheTokenSourcesErrorComesOut(t *testing.T) {
	locked := errors.New("the smartcard is locked")
	client := connect(t, echo())
	_, err := client.As(sdk.TokenFunc(func(context.Context) (string, error) { return "", locked })).GetRecord(t.Context(), testQuery())
	if !errors.Is(err, locked) || status.Code(err) != codes.Unauthenticated {
		t.Errorf("error: %v", err)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err = client.As(sdk.TokenFunc(func(ctx context.Context) (string, error) {
		<-ctx.Done()
		return "", ctx.Err()
	})).GetRecord(late, testQuery())
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error: %v", err)
	}
}

func TestFileTokenIsTheFilesTokenNow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token-of-mary")
	client := connect(t, echo(), sdk.WithTokenSource(sdk.FileToken(path)))
	sent := func() (string, error) {
		record, err := client.GetRecord(t.Context(), testQuery())
		if err != nil {
			return "", err
		}
		return record.RequestID(), nil
	}
	for _, token := range []string{"one", "two"} {
		write(t, path+".new", token+"\n")
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
		if got, err := sent(); err != nil || got != "Bearer "+token {
			t.Errorf("sent %q, error %v", got, err)
		}
	}
	for name, spoil := range map[string]func() error{
		"empty": func() error { return os.WriteFile(path, nil, 0o600) },
		"gone":  func() error { return os.RemoveAll(path) },
		"huge":  func() error { return os.WriteFile(path, make([]byte, 1<<20), 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		if got, err := sent(); status.Code(err) != codes.Unauthenticated || strings.Contains(err.Error(), "mary") {
			t.Errorf("%s: sent %q, error %v", name, got, err)
		}
	}
	_, err := sdk.FileToken(filepath.Join(t.TempDir(), "none")).Token(t.Context())
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the reason is lost: %v", err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// minting mints t1, t2, … that live for a time, and counts.
func minting(life time.Duration, minted *int) func(context.Context) (sdk.Credential, error) {
	return func(context.Context) (sdk.Credential, error) {
		*minted++
		return sdk.Credential{Token: fmt.Sprint("t", *minted), Expires: time.Now().Add(life)}, nil
	}
}

func tokenOf(t *testing.T, source sdk.TokenSource) string {
	t.Helper()
	token, err := source.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestCachedTokenIsKeptAndRenewedAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var minted int
		source := sdk.NewCachedToken(minting(10*time.Minute, &minted))
		var got []string
		for _, after := range []time.Duration{0, 8 * time.Minute, 90 * time.Second, time.Second, 9 * time.Minute, 20 * time.Minute} {
			time.Sleep(after)
			got = append(got, tokenOf(t, source))
			synctest.Wait()
		}
		// At 9:30 the old one still stands while the new one is fetched; after 20 minutes
		// without a call it is waited for.
		if diff := cmp.Diff([]string{"t1", "t1", "t1", "t2", "t2", "t4"}, got); diff != "" {
			t.Errorf("tokens (-want +got):\n%s", diff)
		}
	})
}

func TestAShortLifeIsNotSpentOnRenewing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var minted int
		source := sdk.NewCachedToken(minting(50*time.Second, &minted))
		for range 39 {
			tokenOf(t, source)
			time.Sleep(time.Second)
		}
		synctest.Wait()
		if minted != 1 {
			t.Errorf("minted %d times within four fifths of the token's life", minted)
		}
	})
}

func TestManyCallsShareOneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var minted int
		release := make(chan struct{})
		source := sdk.NewCachedToken(func(ctx context.Context) (sdk.Credential, error) {
			minted++
			select {
			case <-release:
				return sdk.Credential{Token: "t"}, nil
			case <-ctx.Done():
				return sdk.Credential{}, ctx.Err()
			}
		})
		// Who begins gives up; the others get the token all the same.
		impatient, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() { _, err := source.Token(impatient); left <- err }()
		synctest.Wait()
		got := make(chan string, 50)
		for range 50 {
			go func() { token, _ := source.Token(t.Context()); got <- token }()
		}
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
		synctest.Wait()
		close(release)
		for range 50 {
			if token := <-got; token != "t" {
				t.Errorf("got %q", token)
			}
		}
		if minted != 1 {
			t.Errorf("minted %d times", minted)
		}
	})
}

func TestAFailedRenewalLeavesTheOldTokenToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := errors.New("the issuer is down")
		var asked int
		source := sdk.NewCachedToken(func(context.Context) (sdk.Credential, error) {
			if asked++; asked == 1 {
				return sdk.Credential{Token: "t", Expires: time.Now().Add(10 * time.Minute)}, nil
			}
			return sdk.Credential{}, down
		})
		tokenOf(t, source)
		time.Sleep(9*time.Minute + 30*time.Second)
		for range 3 {
			if got := tokenOf(t, source); got != "t" {
				t.Errorf("got %q", got)
			}
			synctest.Wait()
		}
		if asked != 2 {
			t.Errorf("asked %d times within a second of a failure", asked)
		}
		time.Sleep(time.Minute)
		for range 5 {
			if _, err := source.Token(t.Context()); !errors.Is(err, down) {
				t.Errorf("error: %v", err)
			}
		}
		if asked != 3 {
			t.Errorf("asked %d times", asked)
		}
	})
}

func TestARefusedTokenIsGivenNoMore(t *testing.T) {
	var minted int
	source := sdk.NewCachedToken(minting(time.Hour, &minted))
	first := tokenOf(t, source)
	source.Refused("another")
	if tokenOf(t, source) != first {
		t.Error("another token's end ended this one")
	}
	source.Refused(first)
	if tokenOf(t, source) == first {
		t.Error("the refused token was given again")
	}
}

func TestATokensOwnEndIsRead(t *testing.T) {
	jwt := func(payload string) string {
		return "e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	}
	tests := map[string]struct {
		token string
		kept  time.Duration
	}{
		"a JWT":         {jwt(`{"exp":946688400}`), time.Hour}, // synctest's clock begins at 946684800
		"without exp":   {jwt(`{"sub":"a"}`), time.Minute},
		"exp in words":  {jwt(`{"exp":"tomorrow"}`), time.Minute},
		"exp too great": {jwt(`{"exp":1e300}`), time.Minute},
		"no JSON":       {jwt(`{`), time.Minute},
		"no base64":     {"e30.!.c2ln", time.Minute},
		"opaque":        {"opaque", time.Minute},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var minted int
				source := sdk.NewCachedToken(func(context.Context) (sdk.Credential, error) {
					minted++
					return sdk.Credential{Token: test.token}, nil
				}, sdk.RefreshAhead(0))
				tokenOf(t, source)
				time.Sleep(test.kept - time.Second)
				tokenOf(t, source)
				if minted != 1 {
					t.Errorf("minted %d times a second before the token's end", minted)
				}
				time.Sleep(2 * time.Second)
				tokenOf(t, source)
				if minted != 2 {
					t.Errorf("minted %d times a second after it", minted)
				}
			})
		})
	}
}

func FuzzExpiry(f *testing.F) {
	f.Add("e30.eyJleHAiOjE5MDAwMDAwMDB9.c2ln")
	f.Add("a.b.c")
	f.Add("...")
	f.Fuzz(func(t *testing.T, token string) {
		if token == "" {
			t.Skip("no token is an error")
		}
		source := sdk.NewCachedToken(func(context.Context) (sdk.Credential, error) { return sdk.Credential{Token: token}, nil })
		if got, err := source.Token(t.Context()); err != nil || got != token {
			t.Errorf("got %d bytes, error %v", len(got), err)
		}
	})
}
