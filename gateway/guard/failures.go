package guard

import (
	"hash/maphash"
	"sync"
	"time"
)

// failures remembers of how many patients calls failed lately. A region that fails
// over one patient's record, which somebody looks at again and again, must be asked
// for all others. It knows patients only by digests under a key of its own.
type failures struct {
	window time.Duration
	seed   maphash.Seed

	mu     sync.Mutex
	latest failure // the latest of all
	other  failure // the latest of any other patient
	trial  failure // the trial that left the region alone again
}

// failure is when a call about a patient last failed.
type failure struct {
	patient uint64
	at      time.Time
}

func newFailures(window time.Duration) *failures {
	return &failures{window: window, seed: maphash.MakeSeed()}
}

// digest stands for a patient. All calls about nobody are as of one.
func (f *failures) digest(patient string) uint64 { return maphash.String(f.seed, patient) }

// note remembers a call that failed.
func (f *failures) note(patient uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if patient != f.latest.patient {
		f.other = f.latest
	}
	f.latest = failure{patient: patient, at: time.Now()}
}

// ofSeveral says whether the failures within the window are of more than one patient.
func (f *failures) ofSeveral() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return !f.other.at.IsZero() && time.Since(f.other.at) < f.window
}

// decides says whether a trial that failed has the region left alone again. The second
// about the same patient does not, so that the next trial may be about another.
func (f *failures) decides(patient uint64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.trial.at.IsZero() && f.trial.patient == patient {
		return false
	}
	f.trial = failure{patient: patient, at: time.Now()}
	return true
}

// forget begins anew. The last trial is remembered until the region answers again.
func (f *failures) forget(well bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.latest, f.other = failure{}, failure{}
	if well {
		f.trial = failure{}
	}
}
