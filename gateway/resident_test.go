package gateway_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/debug"
	"strings"
	"sync"
	"testing"

	"github.com/openlhcr/openlhcr/gateway/load"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/metadata"
	"google.golang.org/protobuf/proto"
)

// What the resident set is measured under.
const (
	residentCallers = 1000
	residentConns   = 8
	residentRounds  = 5
	residentMost    = 300 << 10 // KiB
	residentEnv     = "LHCR_TEST_RESIDENT"
)

// residentGateway is what the other process tells of its gateway.
type residentGateway struct{ Address, Token, Authority string }

// TestResidentGateway is the gateway of the next test, in a process of its own.
func TestResidentGateway(t *testing.T) {
	if os.Getenv(residentEnv) == "" {
		t.Skip("it is run by TestAThousandLookupsStayWithin300MB")
	}
	h := prepare(t, warmRegionsOf()...).quiet(t)
	h.config.Limits.Memory, h.config.Cache.Memory = residentMost<<10, 64<<20
	debug.SetMemoryLimit(load.RuntimeLimit(residentMost << 10)) // as serve does, and so
	debug.SetGCPercent(load.GCPercent(residentMost << 10))
	h.open(t)
	h.warm(t)
	said, err := json.Marshal(residentGateway{h.GRPCAddr().String(), h.token(t), string(h.ca.CertPEM())})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("\n%s\n", said)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the other test is done
}

// A thousand lookups of 40 KB side by side, all answered, and the gateway's process
// never larger than 300 MB. It is a process of its own: the callers are not the gateway's.
func TestAThousandLookupsStayWithin300MB(t *testing.T) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("this system does not tell what a process has resident")
	}
	if raced {
		t.Skip("the race detector takes many times the memory")
	}
	pid, g := startResident(t)
	conns := residentConnections(t, g)
	request, err := proto.Marshal(asking(warmSections...))
	if err != nil {
		t.Fatal(err)
	}
	for range residentRounds {
		var callers sync.WaitGroup
		for i := range residentCallers {
			callers.Go(func() {
				var res frame
				ctx := metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+g.Token)
				err := conns[i%residentConns].Invoke(ctx, lhcrv1.RecordService_GetRecord_FullMethodName, &frame{request}, &res)
				if err != nil || len(res.bytes) < warmBytes*9/10 {
					t.Errorf("%d bytes, %v", len(res.bytes), err)
				}
			})
		}
		callers.Wait()
	}
	if peak := peakKiB(t, pid); peak > residentMost {
		t.Errorf("the gateway took up to %d KiB, want at most %d", peak, residentMost)
	} else {
		t.Logf("the gateway took up to %d MiB", peak>>10)
	}
}

// startResident starts the other process and waits until its gateway takes calls.
func startResident(t *testing.T) (int, residentGateway) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestResidentGateway$", "-test.timeout=5m")
	command.Env = append(os.Environ(), residentEnv+"=1")
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = input.Close()
		if err := command.Wait(); err != nil {
			t.Errorf("the other process: %v", err)
		}
		cancel()
	})
	lines := bufio.NewScanner(output)
	for lines.Scan() {
		var g residentGateway
		if json.Unmarshal(lines.Bytes(), &g) == nil && g.Address != "" {
			go func() { _, _ = io.Copy(io.Discard, output) }()
			return command.Process.Pid, g
		}
	}
	t.Fatal("the other process did not start its gateway")
	return 0, residentGateway{}
}

func residentConnections(t *testing.T, g residentGateway) []*grpc.ClientConn {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(g.Authority))
	security := credentials.NewTLS(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12, ServerName: "localhost"})
	conns := make([]*grpc.ClientConn, residentConns)
	for i := range conns {
		var err error
		if conns[i], err = grpc.NewClient(g.Address, grpc.WithTransportCredentials(security), grpc.WithDefaultCallOptions(grpc.ForceCodecV2(raw{}))); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conns[i].Close() })
	}
	return conns
}

// peakKiB is the most that a process had resident so far.
func peakKiB(t *testing.T, pid int) (kib int) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(status), "\n") {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if _, err := fmt.Sscanf(rest, "%d kB", &kib); err != nil {
				t.Fatal(err)
			}
			return kib
		}
	}
	t.Fatal("the system does not tell the peak")
	return 0
}
