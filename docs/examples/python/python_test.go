package python_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/adaptertest"
	"github.com/openlhcr/openlhcr/adapters/remote"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/cmd/lhcr/protos"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/grpc/credentials"
)

func TestTheAdapterInPythonKeepsEveryPromise(t *testing.T) {
	python := interpreter(t)
	region := newRegion(t)
	target, security := start(t, python, stubs(t, python), region)
	adaptertest.Run(t, adaptertest.Subject{
		New: func(t *testing.T) adapters.Adapter {
			client, err := remote.Dial(t.Context(), target, security)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := client.Close(); err != nil {
					t.Error(err)
				}
			})
			return client
		},
		Caller:     &adapterv1.Caller{OrganisationOdsCode: "FA001", PersonId: "1", RoleCode: "R1290"},
		Held:       held,
		Another:    adaptertest.Patient{NHSNumber: "9990001685", DateOfBirth: "1975-08-08"},
		NotHeld:    adaptertest.Patient{NHSNumber: "9990001413", DateOfBirth: "1962-12-02"},
		Mismatched: []adaptertest.Patient{{NHSNumber: "9990001251", DateOfBirth: "1957-01-19"}},
		Sections: []lhcrv1.Section{
			lhcrv1.Section_SECTION_ALLERGIES, lhcrv1.Section_SECTION_MEDICATIONS,
			lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_DOCUMENTS,
		},
		Broken:   lhcrv1.Section_SECTION_ALLERGIES,
		Fault:    region.fail,
		Faults:   faults(),
		Canaries: []string{"Ashdown", "127.0.0.1"},
	})
}

// faults are those that this region's protocol can show.
func faults() []adaptertest.Expectation {
	const invalid = lhcrv1.OutcomeStatus_OUTCOME_STATUS_INVALID
	all := []adaptertest.Expectation{
		{Name: "partial-in-200", Status: invalid, Gap: lhcrv1.GapKind_GAP_KIND_PROVIDER_FAILED},
		{Name: "unreadable-entry", Status: invalid, Gap: lhcrv1.GapKind_GAP_KIND_ITEM_UNREADABLE},
		{Name: "no-list", Status: invalid, Gap: lhcrv1.GapKind_GAP_KIND_MALFORMED},
		{Name: "truncated", Whole: true, Status: invalid, Gap: lhcrv1.GapKind_GAP_KIND_MALFORMED},
	}
	for _, e := range adaptertest.Expectations() {
		switch e.Name {
		case adaptertest.Hang, "slow-drip", "reset", "401", "403", "429", "500", "503", "garbage", "giant-body":
			if !e.Whole {
				e.Whole = true // one question brings everything
				all = append(all, e)
			}
		}
	}
	return all
}

// interpreter is a Python that has what requirements.txt names.
func interpreter(t *testing.T) string {
	t.Helper()
	python := os.Getenv("LHCR_PYTHON")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import grpc, grpc_tools").Run(); err != nil {
		const why = "no Python with grpcio and grpcio-tools: set LHCR_PYTHON to an interpreter that has them"
		if os.Getenv("LHCR_REQUIRE_SERVICES") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	return python
}

// stubs makes Python of the contract, as README.md says, and gives the folder.
func stubs(t *testing.T, python string) string {
	t.Helper()
	folder := t.TempDir()
	contract := filepath.Join(folder, "proto")
	if _, err := protos.Export(contract); err != nil {
		t.Fatal(err)
	}
	args := []string{"-m", "grpc_tools.protoc", "-I", contract, "--python_out=" + folder, "--grpc_python_out=" + folder}
	for _, part := range []string{"lhcr", "buf", "google/api"} {
		err := fs.WalkDir(os.DirFS(contract), part, func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".proto") {
				args = append(args, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(python, args...).CombinedOutput(); err != nil {
		t.Fatalf("the stubs could not be made: %v\n%s", err, out)
	}
	return folder
}

// start starts the adapter and gives its target and how to reach it.
func start(t *testing.T, python, generated string, region *region) (string, credentials.TransportCredentials) {
	t.Helper()
	folder := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	own := certify(t)
	cmd := exec.Command(python, "adapter.py")
	cmd.Env = append(os.Environ(), "PYTHONPATH="+generated, "PYTHONDONTWRITEBYTECODE=1", "ADAPTER_LISTEN=127.0.0.1:0",
		"REGION_URL="+region.server.URL, "REGION_CA="+file("region.pem", region.ca()), "REGION_SECRET_FILE="+file("secret", region.secret),
		"ADAPTER_CERT="+file("adapter.pem", own.chain), "ADAPTER_KEY="+file("adapter.key", own.key), "ADAPTER_CLIENT_CA="+file("ca.pem", own.ca))
	cmd.Stderr = &lines{t: t}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // ended by the signal
	})
	first := bufio.NewScanner(out)
	var port int
	if !first.Scan() {
		t.Fatal("the adapter ended before it listened")
	}
	if _, err := fmt.Sscanf(first.Text(), "listening on port %d", &port); err != nil {
		t.Fatalf("it said %q, want the port that it listens on", first.Text())
	}
	return fmt.Sprintf("127.0.0.1:%d", port), own.client
}

// certificates are the adapter's own, and those of the gateway that calls it.
type certificates struct {
	ca, chain, key string
	client         credentials.TransportCredentials
}

func certify(t *testing.T) certificates {
	t.Helper()
	authority, err := pki.NewCA("Authority of this test", testTime)
	if err != nil {
		t.Fatal(err)
	}
	server, err := authority.Server()
	if err != nil {
		t.Fatal(err)
	}
	key, err := pki.PrivateKeyPEM(server.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	gateway, err := authority.Client("the gateway")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair([]byte(gateway.CertPEM), []byte(gateway.KeyPEM))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(authority.CertPEM()))
	return certificates{
		ca: authority.CertPEM(), key: key,
		chain:  string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate[0]})),
		client: credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool, Certificates: []tls.Certificate{pair}}),
	}
}

// lines passes what the adapter complains of to the test's log, until the test ends.
type lines struct {
	t  *testing.T
	mu sync.Mutex
}

// Write logs.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.t.Context().Err() == nil {
		l.t.Logf("adapter: %s", p)
	}
	return len(p), nil
}

func TestTheAdapterSaysWhichSettingIsMissing(t *testing.T) {
	python := interpreter(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cmd := exec.CommandContext(ctx, python, "adapter.py")
	cmd.Env = append(os.Environ(), "PYTHONPATH="+stubs(t, python), "PYTHONDONTWRITEBYTECODE=1")
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "REGION_URL is not set") {
		t.Errorf("without settings: %v, %s; want it to name REGION_URL", err, out)
	}
}
