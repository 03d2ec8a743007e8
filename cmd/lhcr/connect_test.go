package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whoever takes the wrong file or the wrong port is told which flag to change.
func TestAConnectionThatFailsNamesTheFlag(t *testing.T) {
	d, other := house(t, leisurely()), house(t, leisurely())
	named := filepath.Join(t.TempDir(), "patient")
	if err := os.WriteFile(named, []byte("9990001006\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		flags []string
		says  string
	}{
		"another authority": {[]string{"--target", d.GRPC, "--ca", other.Files.CA}, "ca.pem is not the authority that issued the gateway's certificate"},
		"no authority":      {[]string{"--target", d.GRPC}, "with --ca"},
		"the REST address":  {[]string{"--target", d.REST, "--ca", d.Files.CA}, "lhcr: --target: what answers there speaks HTTP and not gRPC"},
		"the metrics":       {[]string{"--target", d.Metrics, "--insecure"}, "lhcr: --target: what answers there speaks HTTP and not gRPC"},
		"no TLS there":      {[]string{"--target", d.Metrics, "--ca", d.Files.CA}, "lhcr: --target: what answers there speaks no TLS"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := lhcr(t, "", append([]string{"record", "get", "--nhs-number-file", named, "--token-file", d.Files.Token}, test.flags...)...)
			if got.code != exitFailed || !strings.Contains(got.err, test.says) {
				t.Errorf("exit code %d, and %q is not said in\n%s", got.code, test.says, got.err)
			}
		})
	}
}

func TestAnAddressInUseNamesTheFlag(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }() // it took no call
	address := taken.Addr().String()
	file := deployed(t)
	if err := os.WriteFile(file, []byte(strings.Replace(plain, `rest: "127.0.0.1:0"`, `rest: "`+address+`"`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string][]string{
		"lhcr: --listen: " + address + " is in use":      {"demo", "--once", "--listen", address},
		"lhcr: --rest-listen: " + address + " is in use": {"demo", "--once", "--rest-listen", address},
		"lhcr: listen.rest: " + address + " is in use":   {"serve", "--config", file},
	}
	for says, args := range tests {
		t.Run(strings.Join(args[:2], " "), func(t *testing.T) {
			if got := lhcr(t, "", args...); got.code != exitFailed || !strings.Contains(got.err, says) {
				t.Errorf("exit code %d, and %q is not said in\n%s", got.code, says, got.err)
			}
		})
	}
}
