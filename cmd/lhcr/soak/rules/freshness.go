package rules

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// slack is how much two readings of one clock, some way apart, are allowed to differ: an
// answer's age is measured where it is put together, and here once it has arrived.
const slack = 20 * time.Millisecond

// freshness: from the cache only if it may, as fresh as asked for, as old as said.
func freshness(a Answer, f *findings) {
	for _, o := range a.Response.GetOutcomes() {
		age, place := o.GetAge().AsDuration(), placeOf(o)
		if !o.GetFromCache() {
			if age != 0 {
				f.add(FreshEnough, "%s is live and %s old", place, age)
			}
			continue
		}
		if a.PastCache {
			f.add(MayBeCached, "%s came from the cache", place)
		}
		if isCut(o) || !isAnswer(o.GetStatus()) && !isAbsence(o.GetStatus()) {
			f.add(KeptWhole, "%s came from the cache as %s with %d gaps", place, o.GetStatus(), len(o.GetGaps()))
		}
		aged(a, o, f)
	}
}

// aged is the part of freshness about what came from the cache.
func aged(a Answer, o *lhcrv1.SectionOutcome, f *findings) {
	place, age := placeOf(o), o.GetAge().AsDuration()
	if o.GetRetrievedAt() == nil {
		f.add(FreshEnough, "%s came from the cache and does not say from when", place)
		return
	}
	retrieved := o.GetRetrievedAt().AsTime()
	if a.MaxAge >= 0 && retrieved.Before(a.Sent.Add(-a.MaxAge-slack)) {
		f.add(FreshEnough, "%s is %s older than asked for", place, a.Sent.Add(-a.MaxAge).Sub(retrieved))
	}
	least, most := a.Sent.Sub(retrieved)-slack, a.Received.Sub(retrieved)+slack
	if age < max(least, 0) || age > most {
		f.add(FreshEnough, "%s says that it is %s old and is between %s and %s", place, age, least, most)
	}
}

// keptNoLonger: nothing is kept for longer than it may be.
func (j *Judge) keptNoLonger(a Answer, f *findings) {
	for _, o := range a.Response.GetOutcomes() {
		if old := o.GetAge().AsDuration(); o.GetFromCache() && old > j.keep+slack {
			f.add(FreshEnough, "%s is kept for %s", placeOf(o), old)
		}
	}
}

// afterPurge: what was retrieved before a purge was sent is served to nobody who asked
// after the purge was answered, from the cache or else.
func (j *Judge) afterPurge(a Answer, f *findings) {
	last := j.lastPurge(a.Patient, a.Sent)
	for _, o := range a.Response.GetOutcomes() {
		if o.GetRetrievedAt() != nil && o.GetRetrievedAt().AsTime().Before(last) {
			f.add(AfterPurge, "%s is %s older than the purge", placeOf(o), last.Sub(o.GetRetrievedAt().AsTime()))
		}
	}
}

// lastPurge is when the last purge was sent that was answered by a time.
func (j *Judge) lastPurge(patient int, by time.Time) time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	var last time.Time
	for _, p := range j.purges[patient] {
		if !p.answered.After(by) && p.sent.After(last) {
			last = p.sent
		}
	}
	return last
}

// ownView: what comes from the cache was retrieved after this view first asked for it.
func (j *Judge) ownView(a Answer, f *findings) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, o := range a.Response.GetOutcomes() {
		if !o.GetFromCache() || o.GetRetrievedAt() == nil {
			continue
		}
		key := asked{a.Patient, a.View, placeOf(o)}
		if o.GetStatus() == lhcrv1.OutcomeStatus_OUTCOME_STATUS_NOT_HELD {
			key = asked{a.Patient, a.Who, Place{o.GetRegionId(), anywhere}}
		}
		first, before := j.asked[key]
		if !before || o.GetRetrievedAt().AsTime().Before(first.Add(-slack)) {
			f.add(OwnView, "%s came from the cache before this view had asked for it", placeOf(o))
		}
	}
}
