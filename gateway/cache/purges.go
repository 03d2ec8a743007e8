package cache

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// purges remembers the purges of the time in which anything can still be about that
// was kept before them: those that the shared store has not taken yet, of whose
// patients nothing may be served, and those that it has.
type purges struct {
	longest time.Duration
	most    int

	mu       sync.RWMutex
	patients map[PatientKey]*purge
	number   uint64 // of the last purge
	// What must be believed of every patient, because there was no room to remember
	// which of them were purged.
	floor standing
}

// purge is what is remembered of one patient.
type purge struct {
	asked    uint64    // the number of the last purge
	done     uint64    // the number up to which the shared store has taken them
	at       time.Time // when the last was asked for
	set      Epoch     // what the last put in the place of the patient's epoch, zero until it is done
	replaced []Epoch   // the epochs that the shared store must never have again
}

// standing is how a patient stands: after which purge, and when that was.
type standing struct {
	last    uint64
	at      time.Time
	set     Epoch // what the shared store had as the patient's epoch right after it
	pending bool  // the shared store has not taken it yet
}

// ended is whether a value may be from before the last purge. One of the epoch that the
// purge itself began is not. Any other epoch may be a later one, or one that a fail-over
// brought back and of which this process never knew: then only time tells, and the
// clock by which the value was retrieved may be ahead of ours.
func (s standing) ended(epoch Epoch, retrieved time.Time) bool {
	if s.set != (Epoch{}) && epoch == s.set {
		return false
	}
	return retrieved.Before(s.at.Add(future))
}

// mostReplaced bounds the epochs that are remembered of one patient: the first half of
// them are the earliest, for a purge that is repeated and repeated must not push out
// the epoch that the values were kept in, and the other half the latest. Values of
// those between are told by their time.
const mostReplaced = 16

func newPurges(o Options) *purges {
	return &purges{longest: o.Longest, most: o.MaxPurges, patients: map[PatientKey]*purge{}}
}

// of is how a patient stands.
func (p *purges) of(patient PatientKey) standing {
	p.mu.RLock()
	defer p.mu.RUnlock()
	known := p.patients[patient]
	if known == nil {
		return p.floor
	}
	return standing{last: known.asked, at: known.at, set: known.set, pending: known.done < known.asked}
}

// ask notes that a patient is to be purged, from now on, and returns the number of the
// purge. It is false when there is no room to repeat it if it fails: then nobody's
// values from before it are believed.
func (p *purges) ask(patient PatientKey, now time.Time) (uint64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	known := p.patients[patient]
	if known == nil && !p.makeRoom(now) {
		p.raise(p.number, now)
		return p.number, false
	}
	if known == nil {
		known = &purge{}
		p.patients[patient] = known
	}
	known.asked, known.at = p.number, now
	return p.number, true
}

// makeRoom forgets what is over, and then the oldest purge that is done.
func (p *purges) makeRoom(now time.Time) bool {
	if len(p.patients) < p.most {
		return true
	}
	var oldest PatientKey
	var found *purge
	for patient, known := range p.patients {
		switch {
		case known.done < known.asked:
		case !p.young(known, now):
			delete(p.patients, patient)
		case found == nil || known.asked < found.asked:
			oldest, found = patient, known
		}
	}
	if len(p.patients) < p.most {
		return true
	}
	if found == nil {
		return false
	}
	p.raise(found.asked, found.at)
	delete(p.patients, oldest)
	return true
}

// raise makes every patient one that may have been purged.
func (p *purges) raise(number uint64, at time.Time) {
	p.floor.last = max(p.floor.last, number)
	if at.After(p.floor.at) {
		p.floor.at = at
	}
}

// young is whether anything can still be about that was kept before a purge, by clocks
// that may be ahead of ours.
func (p *purges) young(known *purge, now time.Time) bool {
	return now.Sub(known.at) <= p.longest+future
}

// done notes that the shared store has taken every purge up to a number, which epoch
// it has now and which that replaced.
func (p *purges) done(patient PatientKey, number uint64, set, replaced Epoch) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.patients[patient]
	if known == nil {
		return
	}
	if number == known.asked {
		known.set = set
	}
	known.done = max(known.done, number)
	if replaced == (Epoch{}) || slices.Contains(known.replaced, replaced) {
		return
	}
	known.replaced = append(known.replaced, replaced)
	if len(known.replaced) > mostReplaced {
		known.replaced = slices.Delete(known.replaced, mostReplaced/2, mostReplaced/2+1)
	}
}

// undone notes that the shared store has an epoch again that was replaced, and says
// whether it is one: then the patient is to be purged again.
func (p *purges) undone(patient PatientKey, epoch Epoch, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.patients[patient]
	if known == nil || !slices.Contains(known.replaced, epoch) {
		return false
	}
	p.number++
	known.asked, known.at = p.number, now
	return true
}

// pending are the patients whose purge the shared store has not taken yet.
func (p *purges) pending() []PatientKey {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var out []PatientKey
	for patient, known := range p.patients {
		if known.done < known.asked {
			out = append(out, patient)
		}
	}
	return out
}

// remembered is a patient whose purge is done and remembered, and the number of it.
type remembered struct {
	patient PatientKey
	number  uint64
}

// after are the patients whose purges come next after a number, in their order, as far
// as anything from before them can still be about.
func (p *purges) after(number uint64, most int, now time.Time) []remembered {
	p.mu.RLock()
	defer p.mu.RUnlock()
	var out []remembered
	for patient, known := range p.patients {
		if known.done == known.asked && known.asked > number && p.young(known, now) {
			out = append(out, remembered{patient, known.asked})
		}
	}
	slices.SortFunc(out, func(a, b remembered) int { return cmp.Compare(a.number, b.number) })
	return out[:min(most, len(out))]
}
