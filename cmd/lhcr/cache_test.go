package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache/seal"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/types/known/timestamppb"
)

func TestCacheKeyPrintsAKeyFileAndRotatesIt(t *testing.T) {
	first := lhcr(t, "", "cache", "key")
	if _, err := seal.Parse([]byte(first.out)); err != nil || first.code != exitDone {
		t.Fatalf("exit code %d, error %v", first.code, err)
	}
	file := filepath.Join(t.TempDir(), "cache.keys")
	if err := os.WriteFile(file, []byte(first.out), 0o600); err != nil {
		t.Fatal(err)
	}
	second := lhcr(t, "", "cache", "key", "--rotate", file)
	if _, err := seal.Parse([]byte(second.out)); err != nil || second.code != exitDone {
		t.Fatalf("exit code %d, error %v", second.code, err)
	}
	old := keyLines(first.out)
	if now := keyLines(second.out); len(now) != len(old)+1 || now[0] != old[0] || now[2] != old[1] {
		t.Errorf("%d keys became %d, or not the old ones behind a new first", len(old), len(now))
	}
	if string(mustRead(t, file)) != first.out {
		t.Error("the file itself was changed")
	}
}

// keyLines are the lines that hold keys.
func keyLines(file string) (lines []string) {
	for line := range strings.Lines(file) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestAFileThatHoldsNoKeysIsNotRotated(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cache.keys")
	if err := os.WriteFile(file, []byte("index secret-word\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, file + ".not"} {
		got := lhcr(t, "", "cache", "key", "--rotate", path)
		if got.code != exitFailed || got.out != "" {
			t.Errorf("exit code %d, %d bytes of output", got.code, len(got.out))
		}
		mustSay(t, got.err, "--rotate: ")
		mustNotSay(t, got.err, "secret-word")
	}
}

// vault is an admin listener that answers as it was told.
type vault struct {
	lhcrv1.UnimplementedCacheServiceServer
	asked, token string
	err          error
}

func (v *vault) PurgePatient(ctx context.Context, req *lhcrv1.PurgePatientRequest) (*lhcrv1.PurgePatientResponse, error) {
	md, _ := metadata.FromIncomingContext(ctx)
	v.asked, v.token = req.GetPatient().GetNhsNumber(), strings.Join(md.Get("authorization"), ",")
	if err := grpc.SetHeader(ctx, metadata.Pairs("x-request-id", "r-9")); err != nil {
		return nil, err
	}
	return &lhcrv1.PurgePatientResponse{PurgedAt: timestamppb.New(testDay()), Layers: []string{"memory", "redis"}}, v.err
}

// serve serves it until the test is over.
func (v *vault) serve(t *testing.T) (target string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	lhcrv1.RegisterCacheServiceServer(server, v)
	go func() { _ = server.Serve(l) }() // Stop ends it
	t.Cleanup(server.Stop)
	return l.Addr().String()
}

const purged = "9990001006"

func TestCachePurgeAsksAndTells(t *testing.T) {
	v := &vault{}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"cache", "purge", "--insecure", "--target", v.serve(t), "--token-file", token, "--nhs-number-file", "-"}
	got := lhcr(t, "999 000 1006\n1948-03-07\n", args...)
	if want := "forgotten at 2026-11-21T09:00:00Z in: memory, redis\n"; got.code != exitDone || got.out != want {
		t.Errorf("exit code %d, output %q, want %q; %s", got.code, got.out, want, got.err)
	}
	if v.asked != purged || v.token != "Bearer abc" {
		t.Errorf("it was asked to purge %q with %q", v.asked, v.token)
	}
	var answer lhcrv1.PurgePatientResponse
	if err := protojson.Unmarshal([]byte(lhcr(t, purged, append(args, "--format", "json")...).out), &answer); err != nil || len(answer.GetLayers()) != 2 {
		t.Errorf("as JSON: %d layers, error %v", len(answer.GetLayers()), err)
	}
}

func TestCachePurgeSaysWhatToDoWhenItIsNotDone(t *testing.T) {
	because := func(code codes.Code, reason lhcrv1.ErrorReason) error {
		s, err := status.New(code, "not now").WithDetails(&errdetails.ErrorInfo{Domain: "openlhcr", Reason: reason.String()})
		if err != nil {
			t.Fatal(err)
		}
		return s.Err()
	}
	tests := map[string]struct {
		err  error
		says []string
	}{
		"redis is away": {because(codes.Unavailable, lhcrv1.ErrorReason_ERROR_REASON_CACHE_UNAVAILABLE),
			[]string{"others may still serve it", "run this command again", "ERROR_REASON_CACHE_UNAVAILABLE", "request r-9"}},
		"another listener": {status.Error(codes.Unimplemented, "unknown service"), []string{"--target: ", "listen.admin", "cache.enabled"}},
		"no permission":    {because(codes.PermissionDenied, lhcrv1.ErrorReason_ERROR_REASON_ACCESS_DENIED), []string{"lhcr: not now (ERROR_REASON_ACCESS_DENIED)"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			v := &vault{err: test.err}
			got := lhcr(t, purged, "cache", "purge", "--insecure", "--target", v.serve(t), "--nhs-number-file", "-")
			if got.code != exitFailed || got.out != "" {
				t.Errorf("exit code %d, output %q", got.code, got.out)
			}
			mustSay(t, got.err, test.says...)
			mustNotSay(t, got.err, purged)
		})
	}
}

func TestCachePurgeTakesNoNumberWhereOthersSeeIt(t *testing.T) {
	tests := map[string]struct {
		stdin string
		args  []string
		want  int
	}{
		"as an argument":      {"", []string{purged}, exitUsage},
		"as a flag":           {"", []string{"--nhs-number", purged}, exitUsage},
		"nowhere":             {"", nil, exitUsage},
		"of a wrong digit":    {"9990001007", []string{"--nhs-number-file", "-"}, exitUsage},
		"an empty first line": {"\n", []string{"--nhs-number-file", "-"}, exitFailed},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := lhcr(t, test.stdin, append([]string{"cache", "purge", "--target", "127.0.0.1:1", "--insecure"}, test.args...)...)
			if got.code != test.want {
				t.Errorf("exit code %d, want %d: %s", got.code, test.want, got.err)
			}
			mustNotSay(t, got.err, purged, "9990001007")
		})
	}
}

// The whole house: what was kept is served, purged, and asked for again.
func TestCachePurgeMakesTheGatewayForget(t *testing.T) {
	d := house(t, leisurely())
	maeve := patient(t, "maeve")
	client := supplier(t, d)
	cached := func() (n int) {
		for _, o := range mustLookup(t, client, everything(maeve)).Outcomes() {
			if o.GetFromCache() {
				n++
			}
		}
		return n
	}
	if first, second := cached(), cached(); first != 0 || second == 0 {
		t.Fatalf("%d sections came from the cache at first, then %d", first, second)
	}
	args := []string{"cache", "purge", "--ca", d.Files.CA, "--nhs-number-file", "-", "--target"}
	for target, tokens := range map[string]string{d.Admin: d.Files.Token, d.GRPC: d.Files.Operator} {
		if got := lhcr(t, named(maeve), append(args, target, "--token-file", tokens)...); got.code != exitFailed {
			t.Errorf("with a wrong token, or at another listener: exit code %d: %s", got.code, got.out)
		}
	}
	args = append(args, d.Admin, "--token-file", d.Files.Operator, "--server-name")
	if got := lhcr(t, named(maeve), append(args, "other.example")...); got.code != exitFailed {
		t.Errorf("with another name than the certificate's: exit code %d: %s", got.code, got.out)
	}
	if cached() == 0 {
		t.Error("a purge that was refused purged")
	}
	got := lhcr(t, named(maeve), append(args, "localhost")...)
	if got.code != exitDone || !strings.HasSuffix(got.out, " in: memory\n") {
		t.Fatalf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if n := cached(); n != 0 {
		t.Errorf("%d sections came from the cache after the purge", n)
	}
}

func TestHealthSaysByItsExitCodeWhetherCallsAreTaken(t *testing.T) {
	d := house(t, leisurely())
	ask := func(more ...string) result {
		return lhcr(t, "", append([]string{"health", "--target", d.GRPC, "--ca", d.Files.CA, "--timeout", (5 * time.Second).String()}, more...)...)
	}
	if got := ask(); got.code != exitDone || got.out != "SERVING\n" {
		t.Errorf("exit code %d: %s%s", got.code, got.out, got.err)
	}
	if got := ask("--service", "atlantis"); !strings.Contains(got.err, "region/dorset") || !strings.Contains(got.err, "lhcr.v1.RecordService") {
		t.Errorf("the parts that there are: %s", got.err)
	}
	for _, wrong := range [][]string{{"--service", "atlantis"}, {"--server-name", "other.example"}, {"--target", "127.0.0.1:1"}} {
		if got := ask(wrong...); got.code != exitFailed {
			t.Errorf("%q: exit code %d", wrong, got.code)
		}
	}
}
