package sdk

import (
	"fmt"
	"time"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"google.golang.org/protobuf/types/known/durationpb"
)

// Freshness says how old an answer may be. The zero value lets the gateway serve
// what it holds.
type Freshness struct{ message *lhcrv1.Freshness }

// AtMost takes an answer that is no older than this.
func AtMost(age time.Duration) Freshness {
	return Freshness{&lhcrv1.Freshness{Bound: &lhcrv1.Freshness_MaxAge{MaxAge: durationpb.New(age)}}}
}

// PastCache asks the regions themselves. A region's own lag remains; its outcomes tell of it.
func PastCache() Freshness {
	return Freshness{&lhcrv1.Freshness{Bound: &lhcrv1.Freshness_PastCache{PastCache: true}}}
}

// Age says how old one region's answer for one section is.
type Age struct {
	// Section is the section.
	Section lhcrv1.Section
	// RegionID is the region.
	RegionID string
	// RetrievedAt is when the gateway fetched it from the region.
	RetrievedAt time.Time
	// Age is how old it was when the gateway answered, by the gateway's clock. Zero
	// for a live answer.
	Age time.Duration
	// FromCache says that the gateway served it from its cache.
	FromCache bool
	// SourceLag is how far the source says that it lags behind its own sources, in its
	// words. Empty when it does not say, which is not the same as not lagging.
	SourceLag string
}

// AsOf says it in words for a user, in now's zone: "as of 14:05 (from cache, 12 minutes
// old)". Show it with the section. The region's own sources can lag behind that.
func (a Age) AsOf(now time.Time) string {
	said := "as of " + clock(a.RetrievedAt.In(now.Location()), now)
	if a.FromCache {
		said += " (from cache, " + ageWords(now.Sub(a.RetrievedAt), a.Age) + " old)"
	}
	if a.SourceLag != "" {
		said += "; the region itself lags: " + a.SourceLag
	}
	return said
}

// clock leaves the date out of a time of the same day.
func clock(t, now time.Time) string {
	if t.Year() == now.Year() && t.YearDay() == now.YearDay() {
		return t.Format("15:04")
	}
	return t.Format("2 January 2006 15:04")
}

// ageWords take the longer of both: a clock that is slow here must not make an
// answer younger than the gateway said.
func ageWords(here, there time.Duration) string {
	age := max(here, there)
	switch {
	case age < time.Minute:
		return "less than a minute"
	case age < 2*time.Hour:
		return count(age, time.Minute, "minute")
	case age < 48*time.Hour:
		return count(age, time.Hour, "hour")
	}
	return count(age, 24*time.Hour, "day")
}

func count(d, unit time.Duration, word string) string {
	n := int(d / unit)
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// Ages are the ages of the sections asked for, by section and region. A region that
// gave nothing of a section has no age there: it has a gap.
func (r *Record) Ages() []Age {
	var ages []Age
	for _, section := range r.asked {
		ages = append(ages, agesOf(r.outcomesOf(section))...)
	}
	return ages
}

// Oldest is the oldest of the record's ages, for the one line above a record. It is
// false when nothing was fetched.
func (r *Record) Oldest() (Age, bool) { return oldest(r.Ages()) }

// Ages are the section's ages, by region.
func (s Section[T]) Ages() []Age { return agesOf(s.outcomes) }

// Oldest is the oldest of the section's ages. It is false when nothing was fetched.
func (s Section[T]) Oldest() (Age, bool) { return oldest(s.Ages()) }

func agesOf(outcomes []*lhcrv1.SectionOutcome) []Age {
	var ages []Age
	for _, o := range outcomes {
		if o.GetRetrievedAt() == nil {
			continue
		}
		ages = append(ages, Age{
			Section: o.GetSection(), RegionID: o.GetRegionId(), RetrievedAt: o.GetRetrievedAt().AsTime(),
			Age: o.GetAge().AsDuration(), FromCache: o.GetFromCache(), SourceLag: o.GetSourceLag(),
		})
	}
	return ages
}

func oldest(ages []Age) (Age, bool) {
	if len(ages) == 0 {
		return Age{}, false
	}
	first := ages[0]
	for _, a := range ages[1:] {
		if a.RetrievedAt.Before(first.RetrievedAt) {
			first = a
		}
	}
	return first, true
}
