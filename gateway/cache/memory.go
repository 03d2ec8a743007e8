package cache

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"
	"unsafe"

	"github.com/maypok86/otter/v2"
)

// memory keeps values in this process: one immutable entry for each patient, replaced
// as a whole, so a read takes no lock and sees one epoch.
type memory struct {
	patients *otter.Cache[PatientKey, *kept]
	bound    int64
	share    int64 // the most that one patient takes
	now      func() time.Time
}

// maxFields bounds the values of one patient, so that no view of theirs, however often
// and on whose behalf they are looked up, makes replacing their entry slow.
const maxFields = 1024

// kept is what is kept of one patient.
type kept struct {
	epoch  Epoch
	fields map[Field]held
	weight int64
	last   int64 // when the last of them expires
}

// held is one value. Its times are Unix nanoseconds by the wall clock: a monotonic
// reading stands still while the machine sleeps.
type held struct {
	value     Value
	footprint int64
	retrieved int64
	expires   int64
}

// add is a value to keep and its name.
type add struct {
	field Field
	held  held
}

// newMemory makes the layer. Its upkeep runs on whoever reads or writes, so that no
// goroutine outlives it.
func newMemory(bound int64, now func() time.Time) (*memory, error) {
	m := &memory{bound: bound, share: min(bound/8, math.MaxUint32/2), now: now}
	patients, err := otter.New(&otter.Options[PatientKey, *kept]{
		MaximumWeight: uint64(bound),
		Weigher:       func(_ PatientKey, k *kept) uint32 { return uint32(min(k.weight, math.MaxUint32)) },
		ExpiryCalculator: otter.ExpiryWritingFunc(func(e otter.Entry[PatientKey, *kept]) time.Duration {
			return max(time.Duration(e.Value.last-now().UnixNano()), 1)
		}),
		Clock:    broom{now},
		Executor: func(task func()) { task() },
	})
	m.patients = patients
	return m, err
}

// broom is the clock by which entries are swept out whose last value expired. Each
// value's own end is looked at besides, on every read.
type broom struct{ now func() time.Time }

var _ otter.Clock = broom{}

func (b broom) NowNano() int64 { return b.now().UnixNano() }

func (b broom) Tick(time.Duration) <-chan time.Time { return time.NewTicker(time.Minute).C }

// get is what is kept of a patient, or nil.
func (m *memory) get(patient PatientKey) *kept {
	if m == nil {
		return nil
	}
	k, _ := m.patients.GetIfPresent(patient)
	return k
}

// find is a value that may be served.
func (k *kept) find(f Field, now time.Time) (held, bool) {
	h, ok := k.fields[f]
	return h, ok && h.servable(now.UnixNano())
}

// future is how far in the future a value may have been retrieved: the clocks of
// gateways that share a store are not quite the same.
const future = time.Minute

// servable is whether it is between its two times. One that seems to come from the
// future was kept by a clock that was wrong, so its end is not to be believed either.
func (h held) servable(now int64) bool {
	return now < h.expires && h.retrieved <= now+int64(future)
}

func (h held) entry() Entry { return Entry{Value: h.value, Retrieved: time.Unix(0, h.retrieved).UTC()} }

// put keeps values of a patient in an epoch. It asks allowed at a moment after which
// drop removes what was put, and returns how many values were kept.
func (m *memory) put(patient PatientKey, epoch Epoch, added []add, allowed func() bool) int {
	count := 0
	m.patients.Compute(patient, func(old *kept, found bool) (*kept, otter.ComputeOp) {
		if !allowed() {
			return nil, otter.CancelOp
		}
		if !found || old.epoch != epoch {
			old = &kept{epoch: epoch}
		}
		replaced := old.with(added, m.now().UnixNano(), m.share)
		count = replaced.holding(added)
		if len(replaced.fields) == 0 {
			return nil, otter.InvalidateOp
		}
		return replaced, otter.WriteOp
	})
	return count
}

// sweep lets go what is kept of a patient and cannot be served any more.
func (m *memory) sweep(patient PatientKey) {
	m.patients.Compute(patient, func(old *kept, found bool) (*kept, otter.ComputeOp) {
		if !found {
			return nil, otter.CancelOp
		}
		swept := old.with(nil, m.now().UnixNano(), m.share)
		if len(swept.fields) == 0 {
			return nil, otter.InvalidateOp
		}
		return swept, otter.WriteOp
	})
}

// drop forgets a patient.
func (m *memory) drop(patient PatientKey) {
	if m != nil {
		m.patients.Invalidate(patient)
	}
}

// with is a copy with values added, without what is expired, within the share of one
// patient: the oldest go first. An older value never takes the place of a newer one.
func (k *kept) with(added []add, now, share int64) *kept {
	c := &kept{epoch: k.epoch, fields: make(map[Field]held, len(k.fields)+len(added))}
	for f, h := range k.fields {
		if h.servable(now) {
			c.fields[f] = h
		}
	}
	for _, a := range added {
		if there, ok := c.fields[a.field]; !ok || there.retrieved <= a.held.retrieved {
			c.fields[a.field] = a.held
		}
	}
	c.trim(share)
	c.measure()
	return c
}

// trim drops the oldest values until the rest fits.
func (k *kept) trim(share int64) {
	weight := k.weigh()
	if len(k.fields) <= maxFields && weight <= share {
		return
	}
	oldest := make([]add, 0, len(k.fields))
	for f, h := range k.fields {
		oldest = append(oldest, add{f, h})
	}
	slices.SortFunc(oldest, func(a, b add) int { return cmp.Compare(a.held.retrieved, b.held.retrieved) })
	left := make(map[Field]held)
	total := int64(patientBytes)
	for _, a := range slices.Backward(oldest) {
		total += a.bytes()
		if total+tableBytes(len(left)+1) > share || len(left) == maxFields {
			break
		}
		left[a.field] = a.held
	}
	k.fields = left
}

func (k *kept) measure() {
	k.weight = k.weigh()
	for _, h := range k.fields {
		k.last = max(k.last, h.expires)
	}
}

// holding is how many of the added values are there, or a newer one.
func (k *kept) holding(added []add) int {
	count := 0
	for _, a := range added {
		if h, ok := k.fields[a.field]; ok && h.retrieved >= a.held.retrieved {
			count++
		}
	}
	return count
}

// What an entry takes beside its values: its node in otter with key, links and place in
// the table and the frequency sketch, the kept itself and the map's own head.
const patientBytes = 384

// slotBytes is a place in the table of a map, and its control byte.
const slotBytes = int64(unsafe.Sizeof(Field{})+unsafe.Sizeof(held{})) + 1

// weigh is the memory that an entry takes, in bytes.
func (k *kept) weigh() int64 {
	total := patientBytes + tableBytes(len(k.fields))
	for f, h := range k.fields {
		total += add{f, h}.bytes()
	}
	return total
}

// bytes are those beside the slot.
func (a add) bytes() int64 {
	return max(a.held.footprint, 0) + int64(len(a.field.Region)+len(a.field.Reader))
}

// slack is what the allocator takes beside so many bytes, about: up to 32 KiB it has
// sizes that are an eighth apart, and beyond that whole pages of 8 KiB.
func slack(bytes int) int64 {
	const small, page = 32 << 10, 8 << 10
	if bytes <= small {
		return int64(bytes / 12)
	}
	return int64(-bytes & (page - 1))
}

// tableBytes is the table of a map of so many fields: a group of eight slots, or a
// power of two of which at most seven in eight are filled.
func tableBytes(fields int) int64 {
	slots := 8
	if fields > 8 {
		slots = 1 << bits.Len(uint(fields*8/7-1))
	}
	return int64(slots) * slotBytes
}

// size is of how many patients something is kept, and the memory that it takes.
func (m *memory) size() (patients int, bytes int64) {
	return m.patients.EstimatedSize(), int64(m.patients.WeightedSize())
}

// close lets everything go.
func (m *memory) close() {
	m.patients.InvalidateAll()
	m.patients.StopAllGoroutines()
}
