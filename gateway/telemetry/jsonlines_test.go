package telemetry_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/gateway/telemetry"
)

// plainWriter is what the audit asks of a handler.
type plainWriter interface {
	Plain(at time.Time, level slog.Level, message string, attrs []slog.Attr) (bool, error)
}

func plainTo(tb testing.TB, w io.Writer) (plainWriter, slog.Handler) {
	tb.Helper()
	logger, err := telemetry.NewLogger(w, telemetry.LogOptions{Level: "debug", Format: "json"})
	if err != nil {
		tb.Fatal(err)
	}
	return logger.Handler().(plainWriter), logger.Handler()
}

// words are texts of every sort that is written in a way of its own.
var words = []string{
	"", "a", "dorset,yorkshire", "SECTION_ALLERGIES", `a "quoted" \ one`, "two\nlines\t", "\x00\x1f\x7f", "é", "\u2028\u2029", "\xff broken", "<&>",
	canaryNumber, "999 000 0018", "1234567890", "8c1f8a52-0000-4000-8000-123456789012", strings.Repeat("long ", 1000),
}

func randomAttr(r *rand.Rand, depth int) slog.Attr {
	key := words[r.IntN(len(words))]
	if r.IntN(2) == 0 {
		key = "key"
	}
	switch kind := r.IntN(9 - depth); kind {
	case 0:
		return slog.Int64(key, r.Int64()-r.Int64())
	case 1:
		return slog.Duration(key, time.Duration(r.Int64()))
	case 2:
		return slog.Bool(key, r.IntN(2) == 0)
	case 3:
		return slog.Time(key, time.Unix(r.Int64N(1<<33), r.Int64N(1e9)).In(time.FixedZone("", r.IntN(3)*3600)))
	case 4:
		return slog.Any(key, []any{nil, errors.New("x"), 3.5, uint8(1)}[r.IntN(4)])
	case 7, 8:
		var inner []any
		for range r.IntN(3) {
			inner = append(inner, randomAttr(r, depth+1))
		}
		return slog.Group(key, inner...)
	}
	return slog.String(key, words[r.IntN(len(words))])
}

// A line that the short way writes is, byte for byte, the one that slog writes.
func TestAPlainLineIsTheLineThatSlogWrites(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	written, left := 0, 0
	for range 20000 {
		var short, long bytes.Buffer
		attrs := make([]slog.Attr, r.IntN(4))
		for i := range attrs {
			attrs[i] = randomAttr(r, 0)
		}
		at, level, message := time.Unix(r.Int64N(1<<33), r.Int64N(1e9)), slog.Level(r.IntN(13)-4), words[r.IntN(4)]
		plain, _ := plainTo(t, &short)
		done, err := plain.Plain(at, level, message, attrs)
		if err != nil {
			t.Fatal(err)
		}
		if !done {
			if left++; short.Len() > 0 {
				t.Fatalf("%q was written of a line that is not plain", short.String())
			}
			continue
		}
		written++
		_, handler := plainTo(t, &long)
		record := slog.NewRecord(at, level, message, 0)
		record.AddAttrs(attrs...)
		if err := handler.Handle(t.Context(), record); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(long.String(), short.String()); diff != "" {
			t.Fatalf("a plain line (-slog +ours):\n%s", diff)
		}
	}
	if written < 1000 || left < 1000 {
		t.Errorf("%d lines were plain and %d were not: the test says little", written, left)
	}
}

func TestANumberStaysOutOfAPlainLine(t *testing.T) {
	for _, text := range []string{canaryNumber, "999 000 0018", "of 999-000-0018."} {
		for _, attr := range []slog.Attr{slog.String("a", text), slog.Group("g", slog.String("a", text))} {
			var out bytes.Buffer
			plain, _ := plainTo(t, &out)
			if done, err := plain.Plain(time.Now(), slog.LevelInfo, text, []slog.Attr{attr}); !done || err != nil {
				t.Fatal(done, err)
			}
			if strings.Contains(out.String(), "0018") || strings.Count(out.String(), "[number]") != 2 {
				t.Errorf("%v is written as %s", attr, out.String())
			}
		}
	}
}

// full is a writer that has no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestALineThatCouldNotBeWrittenIsAnError(t *testing.T) {
	plain, _ := plainTo(t, full{})
	if done, err := plain.Plain(time.Now(), slog.LevelInfo, "m", nil); !done || err == nil {
		t.Errorf("%t, %v", done, err)
	}
}

func TestLinesOfBothWaysDoNotRunIntoEachOther(t *testing.T) {
	var out bytes.Buffer
	plain, handler := plainTo(t, &out)
	logger := slog.New(handler).With("derived", true)
	var writers sync.WaitGroup
	for n := range 8 {
		writers.Go(func() {
			for i := range 200 {
				if _, err := plain.Plain(time.Now(), slog.LevelInfo, "short", []slog.Attr{slog.Int("n", n*i)}); err != nil {
					t.Error(err)
				}
				logger.InfoContext(context.Background(), "long", "n", fmt.Sprint(n))
			}
		})
	}
	writers.Wait()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for _, line := range lines {
		if !strings.HasPrefix(line, `{"time":`) || !strings.HasSuffix(line, "}") {
			t.Fatalf("a line is %q", line)
		}
	}
	if len(lines) != 8*200*2 {
		t.Errorf("%d lines", len(lines))
	}
}
