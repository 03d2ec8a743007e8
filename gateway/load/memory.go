package load

import (
	"math"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// Usage is how much memory a process uses, in bytes.
type Usage struct {
	// Total is what it has from the operating system and has not given back.
	Total int64
	// Live is what of it is not garbage, as far as the last collection saw.
	Live int64
}

const (
	// readEvery is how old a reading may be: a collection takes longer.
	readEvery = 100 * time.Millisecond
	// What counts as near the limit, in hundredths of it. Near it is only where both are
	// reached, for a heap of garbage comes near to it too, whenever there is one: the
	// runtime collects at RuntimeLimit. It is near until either is well below.
	nearTotal, nearLive   = 85, 75
	againTotal, againLive = 80, 65
)

// runtimeHundredths of the limit are the runtime's: it collects, in time, what would be above.
const runtimeHundredths = 90

// RuntimeLimit is the memory limit that the runtime is to have where the gateway keeps
// within memory, for debug.SetMemoryLimit: below it, so that garbage is collected
// before calls are refused. Without one it is none.
func RuntimeLimit(memory int64) int64 {
	if memory == 0 {
		return math.MaxInt64
	}
	return hundredths(memory, runtimeHundredths)
}

// GCPercent is how much garbage may come before it is collected, in hundredths of what
// is live, for debug.SetGCPercent (GOGC, package runtime). Where the gateway keeps within
// memory it is more than the runtime's own choice: most of what a call leaves is
// garbage, and RuntimeLimit has it collected in time all the same.
func GCPercent(memory int64) int {
	if memory == 0 {
		return runtimePercent
	}
	return boundedPercent
}

const runtimePercent, boundedPercent = 100, 400

func hundredths(of int64, n int64) int64 { return of / 100 * n }

// memory says whether there is too little memory for another call.
type memory struct {
	read  func() Usage
	now   func() time.Time
	limit atomic.Int64

	next  atomic.Int64 // when to read again, in nanoseconds
	total atomic.Int64
	tight atomic.Bool
}

// isTight says whether too little is left. Most of the time it costs no more than to
// ask what time it is.
func (m *memory) isTight() bool {
	if m.limit.Load() == 0 {
		return false
	}
	_, tight := m.look()
	return tight
}

// look reads anew what was read too long ago. One goroutine does; the others take what there is.
func (m *memory) look() (total int64, tight bool) {
	now, next := m.now().UnixNano(), m.next.Load()
	if now >= next && m.next.CompareAndSwap(next, now+int64(readEvery)) {
		u := m.read()
		m.total.Store(u.Total)
		m.tight.Store(isNear(u, m.limit.Load(), m.tight.Load()))
	}
	return m.total.Load(), m.tight.Load()
}

// isNear says whether so much is near the limit; less is, where it was before.
func isNear(u Usage, limit int64, before bool) bool {
	total, live := int64(nearTotal), int64(nearLive)
	if before {
		total, live = againTotal, againLive
	}
	return limit > 0 && u.Total >= hundredths(limit, total) && u.Live >= hundredths(limit, live)
}

// What the runtime is asked for.
const (
	allBytes = iota
	releasedBytes
	objectBytes
	freeBytes
	unusedBytes
	liveBytes
	samples
)

// runtimeUsage reads how much this process uses. It stops nothing.
func runtimeUsage() func() Usage {
	names := [samples]string{
		allBytes:      "/memory/classes/total:bytes",
		releasedBytes: "/memory/classes/heap/released:bytes",
		objectBytes:   "/memory/classes/heap/objects:bytes",
		freeBytes:     "/memory/classes/heap/free:bytes",
		unusedBytes:   "/memory/classes/heap/unused:bytes",
		liveBytes:     "/gc/heap/live:bytes",
	}
	return func() Usage {
		var s [samples]metrics.Sample
		for i, name := range names {
			s[i].Name = name
		}
		metrics.Read(s[:])
		bytes := func(i int) int64 { return int64(s[i].Value.Uint64()) }
		total := bytes(allBytes) - bytes(releasedBytes)
		// What is no heap, stacks above all, is never garbage.
		other := total - bytes(objectBytes) - bytes(freeBytes) - bytes(unusedBytes)
		return Usage{Total: total, Live: bytes(liveBytes) + other}
	}
}
