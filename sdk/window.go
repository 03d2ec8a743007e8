package sdk

import (
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Window is a stretch of time. A zero time is no bound.
//
// A window hides what lies outside it: an allergy noted ten years ago is as
// dangerous as one noted today. Use it for results, contacts and documents, in a query
// of their own, and ask for allergies and medicines without one. A region that cannot
// apply a window sends everything: see AppliedQuery.window_not_applied in the outcomes.
type Window struct {
	// From and To bound the clinical date: From is within the window.
	From, To time.Time
	// ChangedSince takes only what the source changed since.
	ChangedSince time.Time
}

// Since is everything from this moment on.
func Since(t time.Time) Window { return Window{From: t} }

// Until is everything up to this moment.
func Until(t time.Time) Window { return Window{To: t} }

// Between is everything from one moment up to another.
func Between(from, to time.Time) Window { return Window{From: from, To: to} }

// ChangedSince is everything that the source changed since this moment.
func ChangedSince(t time.Time) Window { return Window{ChangedSince: t} }

// LastDays is today and so many days before it, from midnight in now's zone. Give it
// the user's own time: time.Now() on a workstation in England, or now.In(london) on a server.
// There, time.LoadLocation("Europe/London") needs the machine's zone data, or
// the package time/tzdata in your program.
func LastDays(n int, now time.Time) Window {
	return Since(midnight(now.Year(), now.Month(), now.Day()-n, now.Location()))
}

// LastMonths is from the same day so many months before, at midnight in now's zone
// (see [LastDays]). Where that month is too short for the day it is the month's last:
// three months before the 31st of May is the end of February, not March.
func LastMonths(n int, now time.Time) Window {
	first := midnight(now.Year(), now.Month()-time.Month(n), 1, now.Location())
	last := first.AddDate(0, 1, -1).Day()
	return Since(midnight(first.Year(), first.Month(), min(now.Day(), last), now.Location()))
}

func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, zone)
}

func (w Window) message() *lhcrv1.TimeWindow {
	if w == (Window{}) {
		return nil
	}
	return &lhcrv1.TimeWindow{From: moment(w.From), To: moment(w.To), ChangedSince: moment(w.ChangedSince)}
}
