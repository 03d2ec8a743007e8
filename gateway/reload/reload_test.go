package reload_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/openlhcr/openlhcr/gateway/reload"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

// swap replaces a file at one go.
func swap(t *testing.T, path, content string) {
	t.Helper()
	write(t, path+".new", content)
	must(t, os.Rename(path+".new", path))
}

func TestAnImprintGoesByWhatFilesHold(t *testing.T) {
	folder := t.TempDir()
	file, none := filepath.Join(folder, "file"), filepath.Join(folder, "none")
	write(t, file, "one")
	first := reload.Of(file, none)
	for _, step := range []struct {
		name  string
		do    func()
		equal bool
	}{
		{"touched", func() { must(t, os.Chtimes(file, time.Now(), time.Now().Add(time.Hour))) }, true},
		{"replaced by the same", func() { swap(t, file, "one") }, true},
		{"changed at the same length", func() { write(t, file, "two") }, false},
		{"changed back", func() { write(t, file, "one") }, true},
		{"made empty", func() { write(t, file, "") }, false},
		{"replaced by another", func() { swap(t, file, "three") }, false},
		{"removed", func() { must(t, os.Remove(file)) }, false},
		{"came back", func() { write(t, file, "one") }, true},
		{"the other came", func() { write(t, none, "") }, false},
	} {
		step.do()
		if got := first.Again().Equal(first); got != step.equal {
			t.Errorf("%s: equal is %t", step.name, got)
		}
	}
}

// Container platforms mount secrets as links through a link that is swapped.
// What is too large to be read whole counts as changed when its end may be another.
func TestALargeFileIsAChangeWhenItWasWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "large")
	write(t, file, strings.Repeat("x", 9<<20))
	first := reload.Of(file)
	if !first.Again().Equal(first) {
		t.Error("it was not written, and changed")
	}
	must(t, os.Truncate(file, 10<<20))
	if first.Again().Equal(first) {
		t.Error("it grew, and did not change")
	}
	first = reload.Of(file)
	must(t, os.Chtimes(file, time.Now(), time.Now().Add(time.Hour)))
	if first.Again().Equal(first) {
		t.Error("it was written, and did not change")
	}
}

func TestALinkThatLeadsElsewhereIsAChange(t *testing.T) {
	folder := t.TempDir()
	for name, content := range map[string]string{"v1": "old", "v2": "new"} {
		must(t, os.Mkdir(filepath.Join(folder, name), 0o700))
		write(t, filepath.Join(folder, name, "tls.crt"), content)
	}
	data, crt := filepath.Join(folder, "..data"), filepath.Join(folder, "tls.crt")
	must(t, os.Symlink("v1", data))
	must(t, os.Symlink(filepath.Join("..data", "tls.crt"), crt))
	before := reload.Of(crt)
	must(t, os.Symlink("v2", data+".tmp"))
	must(t, os.Rename(data+".tmp", data))
	if before.Again().Equal(before) {
		t.Error("the swap was not noticed")
	}
}

func TestAPipeIsNotReadAway(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	must(t, syscall.Mkfifo(pipe, 0o600))
	if imprint := reload.Of(pipe); len(imprint) != 0 {
		t.Errorf("imprint %v", imprint)
	}
}

// taker takes a file over, or refuses to.
type taker struct {
	mu      sync.Mutex
	file    string
	imprint reload.Imprint
	calls   int
	refuses error
}

func (k *taker) take(context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.calls++
	if k.refuses == nil {
		k.imprint = reload.Of(k.file)
	}
	return k.refuses
}

func (k *taker) taken() reload.Imprint {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.imprint
}

func (k *taker) refuse(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.refuses = err
}

// watched runs a test in a bubble with a watcher of one file, which looks every 30 s.
func watched(t *testing.T, test func(t *testing.T, file string, k *taker)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "file")
		write(t, file, "one")
		k := &taker{file: file, imprint: reload.Of(file)}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			reload.Watcher{Every: 30 * time.Second, Taken: k.taken, Take: k.take}.Run(ctx)
		}()
		time.Sleep(time.Second) // off the beat
		test(t, file, k)
		stop()
		<-ended
	})
}

func (k *taker) want(t *testing.T, moment string, calls int) {
	t.Helper()
	synctest.Wait()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.calls != calls {
		t.Errorf("%s: taken over %d times, want %d", moment, k.calls, calls)
	}
}

func TestAWatcherTakesOverWhatChangedOnce(t *testing.T) {
	watched(t, func(t *testing.T, file string, k *taker) {
		time.Sleep(5 * time.Minute)
		k.want(t, "unchanged", 0)
		swap(t, file, "two")
		time.Sleep(31 * time.Second)
		k.want(t, "changed", 1)
		time.Sleep(5 * time.Minute)
		k.want(t, "later", 1)
	})
}

func TestAWatcherWaitsUntilFilesStayAsTheyAre(t *testing.T) {
	watched(t, func(t *testing.T, file string, k *taker) {
		time.Sleep(28500 * time.Millisecond)
		for piece := "t"; len(piece) < 20; piece += "t" { // written in pieces, one each half second, past the look
			write(t, file, piece)
			time.Sleep(reload.Settle / 2)
			k.want(t, "while it is written", 0)
		}
		time.Sleep(2 * reload.Settle)
		k.want(t, "once it stays", 1)
	})
}

func TestAWatcherTriesAgainWhatWasRefused(t *testing.T) {
	watched(t, func(t *testing.T, file string, k *taker) {
		k.refuse(errors.New("broken"))
		write(t, file, "two")
		time.Sleep(95 * time.Second)
		k.want(t, "while it is refused", 3)
		k.refuse(nil)
		time.Sleep(30 * time.Second)
		k.want(t, "once it is not", 4)
		k.refuse(errors.New("broken"))
		write(t, file, "three")
		time.Sleep(31 * time.Second)
		k.want(t, "refused again", 5)
		write(t, file, "two")
		time.Sleep(5 * time.Minute)
		k.want(t, "as it was before", 5)
	})
}
