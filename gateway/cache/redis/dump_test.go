//go:build unix

package redis_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/gateway/cache"
	"github.com/openlhcr/openlhcr/gateway/cache/redis/redistest"
)

// Nothing of a patient can be found in what Redis holds: not in its memory, as a dump
// shows it, and not in what it was sent, as its log of slow commands shows it.
func TestDumpHoldsNothingOfAPatient(t *testing.T) {
	server := redistest.Start(t, redistest.Set("rdbcompression", "no"), redistest.Set("slowlog-log-slower-than", "0"))
	g := newGateway(t, plain(server.Addr()), newKeys(t), 0)
	const nhsNumber, name, drug = "9990000018", "Zebedee Quillfeather", "Canarimab 40 mg"
	r := g.Read(soon(t), nhsNumber, sections)
	var kept []cache.Kept
	for _, f := range sections {
		kept = append(kept, cache.Kept{Field: f, Value: text(nhsNumber + " " + name + " " + drug), Retrieved: time.Now(), For: keep})
	}
	g.Fill(r, kept)
	if err := g.Settle(soon(t)); err != nil {
		t.Fatal(err)
	}
	if got := found(g.Read(soon(t), nhsNumber, sections)); !strings.Contains(got[0], drug) {
		t.Fatalf("what was kept is not in Redis: %q", got)
	}

	canaries := map[string][]byte{}
	for what, plain := range map[string]string{"the NHS number": nhsNumber, "the name": name, "the drug": drug, "the region": "yorkshire"} {
		hash := sha256.Sum256([]byte(plain))
		canaries[what] = []byte(plain)
		canaries[what+" in hexadecimal"] = []byte(hex.EncodeToString([]byte(plain)))
		canaries[what+" in base64"] = []byte(base64.RawStdEncoding.EncodeToString([]byte(plain)))
		canaries["a plain hash of "+what] = hash[:]
		canaries["a plain hash of "+what+" in hexadecimal"] = []byte(hex.EncodeToString(hash[:]))
		canaries["a plain hash of "+what+" in base64"] = []byte(base64.RawURLEncoding.EncodeToString(hash[:]))
	}
	held := everything(t, server)
	for what, canary := range canaries {
		if bytes.Contains(held, canary) {
			t.Errorf("Redis holds %s", what)
		}
	}
	if !bytes.Contains(held, []byte(prefix+":{")) {
		t.Error("the search does not even find our keys")
	}
	do(t, server, "hset", prefix+":{x}:r", "f", drug)
	if !bytes.Contains(everything(t, server), canaries["the drug"]) {
		t.Error("the search does not find what was planted")
	}
}

// everything is what Redis has written down of its memory and of its commands.
func everything(t *testing.T, s *redistest.Server) []byte {
	t.Helper()
	do(t, s, "save")
	dump, err := os.ReadFile(filepath.Join(s.Dir(), "dump.rdb"))
	if err != nil {
		t.Fatal(err)
	}
	slow, err := s.Admin().SlowLogGet(soon(t), -1).Result()
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range slow {
		dump = append(dump, strings.Join(command.Args, " ")...)
	}
	return dump
}
