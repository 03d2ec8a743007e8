package soak

import (
	"math/rand/v2"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// dice makes asks.
type dice struct {
	*rand.Rand
	people  []*person
	letters []letter
	callers int
	regions []string
}

// in says whether one chance in n came true.
func (d dice) in(n int) bool { return d.IntN(n) == 0 }

// ask makes one.
func (d dice) ask() ask {
	a := ask{
		kind: d.kind(), who: d.who(), caller: d.IntN(d.callers), sections: d.sections(), maxAge: -1,
		basis: lhcrv1.AccessBasis_ACCESS_BASIS_LEGITIMATE_RELATIONSHIP,
	}
	if len(d.letters) > 0 {
		a.letter = d.letters[d.IntN(len(d.letters))]
	}
	switch {
	case d.in(60):
		a.birth = wrong
	case d.in(5):
		a.birth = unsaid
	}
	if d.in(4) {
		a.basis = lhcrv1.AccessBasis_ACCESS_BASIS_PERMISSION_TO_VIEW
	}
	if d.in(200) {
		a.basis = lhcrv1.AccessBasis_ACCESS_BASIS_EMERGENCY_OVERRIDE
	}
	if d.in(8) {
		a.regions = []string{d.regions[d.IntN(len(d.regions))]}
	}
	d.freshness(&a)
	d.manners(&a)
	return a
}

// who is a patient. Those whom a region takes for somebody else come up less often: nothing
// of them is ever kept, so that each such lookup costs as much as a hundred others.
func (d dice) who() *person {
	p := d.people[d.IntN(len(d.people))]
	if p.mistaken && !d.in(4) {
		return d.who()
	}
	return p
}

func (d dice) kind() kind {
	switch n := d.IntN(1000); {
	case n < 3:
		return purge
	case n < 15:
		return document
	case n < 100:
		return restGet
	case n < 350:
		return stream
	}
	return get
}

// counter are the sections that a pharmacy's screen opens with.
func counter() []lhcrv1.Section {
	return []lhcrv1.Section{
		lhcrv1.Section_SECTION_PERSON_DEMOGRAPHICS, lhcrv1.Section_SECTION_ALERTS, lhcrv1.Section_SECTION_ALLERGIES,
		lhcrv1.Section_SECTION_MEDICATIONS, lhcrv1.Section_SECTION_PROBLEMS, lhcrv1.Section_SECTION_INVESTIGATION_RESULTS,
	}
}

// sections are every one, those of a screen, or a few.
func (d dice) sections() []lhcrv1.Section {
	switch {
	case d.in(3):
		return nil
	case d.in(2):
		return counter()
	}
	some := counter()
	d.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	return some[:1+d.IntN(3)]
}

// freshness is mostly the gateway's choice.
func (d dice) freshness(a *ask) {
	switch {
	case d.in(100):
		a.past = true
	case d.in(200):
		a.maxAge = 0
	case d.in(20):
		a.maxAge = time.Duration(1+d.IntN(120)) * time.Second
	}
	if d.in(100) {
		a.source = true
	}
	if d.in(100) {
		a.since = time.Date(2020+d.IntN(3), 1, 1, 0, 0, 0, 0, time.UTC)
	}
}

// manners are those of the caller: some give up, some read slowly.
func (d dice) manners(a *ask) {
	if d.in(15) {
		a.patience = time.Duration(1+d.IntN(80)) * time.Millisecond
	}
	if a.kind == stream && d.in(40) {
		a.pause = time.Duration(50+d.IntN(400)) * time.Millisecond
	}
}
