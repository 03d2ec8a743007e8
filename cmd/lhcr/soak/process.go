package soak

import (
	"bufio"
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

// process is what this process takes.
type process struct {
	goroutines int
	heap       int64 // live objects, bytes
	resident   int64 // bytes; 0 where the system does not say
	mostEver   int64 // the most that was ever resident, bytes; 0 likewise
}

// look is a quick look.
func look() process {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	p := process{goroutines: runtime.NumGoroutine(), heap: int64(sample[0].Value.Uint64())}
	p.resident, p.mostEver = resident()
	return p
}

// measure is a look after everything that nobody needs was let go.
func measure() process {
	debug.FreeOSMemory()
	debug.FreeOSMemory() // what had a finaliser goes the second time
	return look()
}

func (p process) most(q process) process {
	return process{max(p.goroutines, q.goroutines), max(p.heap, q.heap), max(p.resident, q.resident), max(p.mostEver, q.mostEver)}
}

const (
	// settleTime is how long what has ended may take to be gone.
	settleTime = 20 * time.Second
	// strayGoroutines and strayHeap may be left of what the runtime and the libraries start once.
	strayGoroutines = 3
	strayHeap       = 32 << 20
)

// back says whether a process is back where it was.
func (p process) back(before process) bool {
	return p.goroutines <= before.goroutines+strayGoroutines && p.heap <= before.heap+strayHeap
}

// settled measures until the process is back where it was, or long enough.
func settled(ctx context.Context, before process) process {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
	defer cancel()
	for {
		now := measure()
		if now.back(before) || rest(ctx, 100*time.Millisecond) != nil {
			return now
		}
	}
}

// resident is what Linux says in /proc, in bytes: now, and the most ever.
func resident() (now, most int64) {
	file, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	defer func() { _ = file.Close() }() // nothing was written
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		kilobytes, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kilobytes << 10
		case "VmHWM":
			most = kilobytes << 10
		}
	}
	return now, most
}
