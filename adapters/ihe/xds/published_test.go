package xds_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
)

// Every published message is an answer that reads with a balanced account, or is told for
// something else.
func TestPublishedMessages(t *testing.T) {
	root := os.Getenv("LHCR_TESTDATA")
	if root == "" {
		t.Skip("LHCR_TESTDATA names no folder of published records")
	}
	read, items := 0, map[string]int{}
	err := filepath.WalkDir(filepath.Join(root, "ihe-xds-xca"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".xml") && !strings.HasSuffix(path, ".txt") {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, after, ok := strings.Cut(string(body), "\n\n"); ok && strings.HasPrefix(string(body), "POST ") {
			body = []byte(after) // an HTTP request
		}
		p, err := xds.Payload(body)
		var told *soap.Error
		if err != nil {
			if !errors.Is(err, xds.ErrNotXDS) && !errors.As(err, &told) {
				t.Errorf("%s: %v", filepath.Base(path), err)
			}
			return nil
		}
		read++
		items[filepath.Base(path)] = account(t, filepath.Base(path), p).Items
		return nil
	})
	if err != nil || read < 6 {
		t.Fatalf("%d were read: %v", read, err)
	}
	for name, want := range map[string]int{"sq-resp-lc.xml": 2, "soap-xcq-resp.xml": 2, "pnr.xml": 1, "SubmitObjectsRequest_ebrs30.xml": 1} {
		if items[name] < want {
			t.Errorf("%s: %d items, want at least %d", name, items[name], want)
		}
	}
}

func account(t *testing.T, name string, p fhir.Payload) fhir.Account {
	t.Helper()
	r, err := fhir.Read(fhir.Input{RegionID: "test", Payloads: []fhir.Payload{p}, Now: time.Now(), Strict: true, IncludeSource: true})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	a := r.Account
	if a.Resources != a.Items+a.Supporting+a.Reported {
		t.Errorf("%s: %+v does not balance", name, a)
	}
	t.Logf("%s: %+v", name, a)
	return a
}
