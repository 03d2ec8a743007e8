package rules

import (
	"fmt"
	"sync"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Judge judges answers. What it must remember between them, it does: who asked for what
// since when, and who was purged. It is safe for concurrent use.
type Judge struct {
	// Keep is the longest time for which anything is kept.
	keep time.Duration

	mu     sync.Mutex
	asked  map[asked]time.Time
	purges map[int][]purge

	owners map[digest]int
	truths map[int][]*Truth
}

// anywhere stands for the whole of a region: whether it holds the patient at all.
const anywhere = lhcrv1.Section_SECTION_UNSPECIFIED

// asked is a section that a view asked for.
type asked struct {
	patient int
	view    string
	place   Place
}

// purge is one that was answered.
type purge struct{ sent, answered time.Time }

// NewJudge makes a judge of a gateway that keeps nothing for longer than keep.
func NewJudge(keep time.Duration) *Judge {
	return &Judge{keep: keep, asked: map[asked]time.Time{}, purges: map[int][]purge{}, owners: map[digest]int{}, truths: map[int][]*Truth{}}
}

// shared is the owner of content that several patients have.
const shared = -1

// Knows tells the judge what the regions hold of a patient. It is not for concurrent use:
// tell everything before the first answer.
func (j *Judge) Knows(patient int, t *Truth) {
	j.truths[patient] = append(j.truths[patient], t)
	for _, d := range t.content {
		if owner, ok := j.owners[d]; ok && owner != patient {
			j.owners[d] = shared
			continue
		}
		j.owners[d] = patient
	}
}

// Asking notes a question before it is sent.
func (j *Judge) Asking(q Question, at time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, place := range q.places() {
		j.first(asked{q.Patient, q.View, place}, at)
	}
	for _, region := range q.Regions {
		j.first(asked{q.Patient, q.Who, Place{region, anywhere}}, at)
	}
}

// first notes when something was first asked.
func (j *Judge) first(key asked, at time.Time) {
	if _, before := j.asked[key]; !before {
		j.asked[key] = at
	}
}

// Purged notes a purge that was answered: nothing from before it may be served to whoever
// asks from then on.
func (j *Judge) Purged(patient int, sent, answered time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.purges[patient] = append(j.purges[patient], purge{sent, answered})
}

// Check says which rules an answer breaks.
func (j *Judge) Check(a Answer) []Violation {
	f := &findings{}
	a.items = items(a.Response.GetRecord())
	for _, rule := range []func(Answer, *findings){
		outcomes, completeness, freshness, noneStandsAlone, askedOnly, wholeSections, pointers,
		j.rightPatient, j.afterPurge, j.ownView, j.keptNoLonger,
	} {
		rule(a, f)
	}
	return f.all
}

// findings gathers violations, each rule once.
type findings struct {
	all  []Violation
	seen map[Rule]bool
}

func (f *findings) add(rule Rule, format string, args ...any) {
	if f.seen == nil {
		f.seen = map[Rule]bool{}
	}
	if !f.seen[rule] {
		f.seen[rule] = true
		f.all = append(f.all, Violation{rule, fmt.Sprintf(format, args...)})
	}
}

func (q Question) places() []Place {
	all := make([]Place, 0, len(q.Regions)*len(q.Sections))
	for _, region := range q.Regions {
		for _, section := range q.Sections {
			all = append(all, Place{region, section})
		}
	}
	return all
}
