package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSoakJudgesEveryAnswerAndNamesNobody(t *testing.T) {
	file := filepath.Join(t.TempDir(), "soak.md")
	got := lhcr(t, "", "soak", "--for", "3s", "--rate", "40", "--seed", "7", "--memory-only", "--report", file)
	if got.code != exitDone {
		t.Fatalf("exit code %d:\n%s%s", got.code, got.err, got.out)
	}
	mustSay(t, got.out, "seed 7, 40 calls a second for 3s", "120 calls, no violation, nothing leaked", "| nothing of another patient | 0 |", "| get | ")
	if string(mustRead(t, file)) != got.out {
		t.Error("the file holds another report")
	}
	for _, p := range everybody(t) {
		mustNotSay(t, strings.ToLower(got.out+got.err), p.NHSNumber, p.DateOfBirth, strings.ToLower(p.Name), "patient "+p.Slug)
	}
}

func TestSoakNeedsARateAndATime(t *testing.T) {
	for _, wrong := range [][]string{{"--for", "0s"}, {"--rate", "0"}, {"--rate", "-1"}, {"--memory-only", "--redis", "localhost:1"}} {
		if got := lhcr(t, "", append([]string{"soak"}, wrong...)...); got.code != exitUsage {
			t.Errorf("%q: exit code %d", wrong, got.code)
		}
	}
}

// A gateway without the Redis that it was given goes on, and so does the soak.
func TestSoakGoesOnWithoutItsRedis(t *testing.T) {
	got := lhcr(t, "", "soak", "--for", "1s", "--rate", "20", "--redis", "127.0.0.1:1")
	if got.code != exitDone {
		t.Fatalf("exit code %d:\n%s%s", got.code, got.err, got.out)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "lhcr-soak-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("it left %d folders behind, error %v", len(left), err)
	}
}
