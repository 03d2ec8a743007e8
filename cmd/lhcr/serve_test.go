package main

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
	"github.com/openlhcr/openlhcr/gateway/access/sandboxissuer"
	"github.com/openlhcr/openlhcr/sdk"
)

// plain is a configuration that needs no certificate. Its regions are out of reach.
const plain = `strict: false
listen: {plain_text: true, grpc: "127.0.0.1:0", rest: "127.0.0.1:0", metrics: "", admin: ""}
auth: {issuer: "https://issuer.sandbox.invalid", audience: openlhcr-sandbox, jwks_file: issuer.jwks.json}
regions:
  dorset: {base_url: "https://dorset.invalid/r4", token_url: "https://dorset.invalid/token", client_id: openlhcr, client_secret_file: secret}
`

// atOnce ends without notice: nobody is sent elsewhere.
const atOnce = "timeouts: {notice: 0s}\n"

func deployed(t *testing.T) (file string) {
	t.Helper()
	folder := t.TempDir()
	issuer, err := sandboxissuer.New(sandboxissuer.Config{Now: testDay, Random: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := issuer.WriteJWKS(folder); err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(folder, "lhcr.yaml")
	for path, content := range map[string]string{file: plain + atOnce, filepath.Join(folder, "secret"): "hush"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// runServe runs "serve" until it is interrupted, with what it says.
func runServe(ctx context.Context, t *testing.T, file string) (errs *output, code <-chan int) {
	t.Helper()
	errs = &output{}
	told := &waiting{output: errs, words: "the gateway takes calls", said: make(chan struct{})}
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: told, Getenv: func(string) string { return "" }, Width: 120}
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve", "--config", file}, c) }()
	select {
	case <-told.said:
	case got := <-ended:
		t.Fatalf("it ended with %d:\n%s", got, errs.String())
	}
	return errs, ended
}

func TestServeServesUntilInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	errs, code := runServe(ctx, t, deployed(t))
	address := regexp.MustCompile(`"grpc":"([^"]+)"`).FindStringSubmatch(errs.String())
	if address == nil {
		t.Fatalf("the log does not say where it listens:\n%s", errs.String())
	}
	client, err := sdk.Dial(t.Context(), address[1], sdk.WithInsecurePlaintext())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
	cancel()
	if got := <-code; got != exitDone {
		t.Errorf("interrupted, it ended with %d", got)
	}
	mustSay(t, errs.String(), "listen.plain_text", "audit.kind")
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	mustSay(t, lines[len(lines)-1], `"msg":"stopped"`)
}

func TestServeSaysWhyAStrictConfigurationCannotRunYet(t *testing.T) {
	file := deployed(t)
	strict := strings.Replace(plain, "strict: false", "strict: true", 1)
	if err := os.WriteFile(file, []byte(strict), 0o600); err != nil {
		t.Fatal(err)
	}
	got := lhcr(t, "", "serve", "--config", file)
	if got.code != exitFailed {
		t.Errorf("exit code %d", got.code)
	}
	mustSay(t, got.err, "audit.kind", "not durable", "strict: false")
}
