package model

import (
	"strings"
	"time"
)

// When is a FHIR date, dateTime, instant or time exactly as recorded. Its
// precision is read from the text and never invented: "2019" stays a year.
type When string

// Precision is how much of a moment was recorded.
type Precision uint8

// The precisions that real records carry.
const (
	PrecisionNone     Precision = iota // absent, or no date at all: keep the text
	PrecisionYear                      // 2019
	PrecisionMonth                     // 2019-03
	PrecisionDay                       // 2019-03-07
	PrecisionMinute                    // 2019-03-07T10:15 (the Summary Care Record leaves seconds out)
	PrecisionSecond                    // 2019-03-07T10:15:30
	PrecisionFraction                  // 2019-03-07T10:15:30.123
	PrecisionTime                      // 10:15:30, a time of day without a date
)

// Parsed is what can be read from a [When].
type Parsed struct {
	Precision Precision
	// Zoned says that the text carries a zone or "Z"; without one the moment is
	// local time of an unknown zone and must not be converted.
	Zoned bool
	// Time is the moment in the zone it was sent in (UTC when none was sent),
	// at the start of the recorded period. Zero for PrecisionNone.
	Time time.Time
}

// String is the text as recorded.
func (w When) String() string { return string(w) }

// layouts by precision; a zone may follow those of PrecisionMinute and finer.
var layouts = [...]struct {
	layout string
	gives  Precision
}{
	{"2006-01-02T15:04:05", PrecisionSecond}, // a fraction is read too
	{"2006-01-02", PrecisionDay},
	{"2006-01-02T15:04", PrecisionMinute},
	{"2006-01", PrecisionMonth},
	{"2006", PrecisionYear},
	{"15:04:05", PrecisionTime},
}

// Parse reads the precision and the moment. Text that is no date ("19", a 93rd
// day) gives PrecisionNone; the text itself remains in w.
func (w When) Parse() Parsed {
	if len(w) == len("2006-01-02") {
		if t, ok := day(string(w)); ok {
			return Parsed{Precision: PrecisionDay, Time: t}
		}
	}
	if w == "" {
		return Parsed{}
	}
	body, zone := splitZone(string(w))
	for _, l := range layouts {
		if zone != "" && l.gives < PrecisionMinute {
			continue
		}
		t, err := time.Parse(l.layout+zoneLayout(zone), string(w))
		if err != nil {
			continue
		}
		p := l.gives
		if p == PrecisionSecond && strings.IndexByte(body, '.') > 0 {
			p = PrecisionFraction
		}
		return Parsed{Precision: p, Zoned: zone != "", Time: t}
	}
	return Parsed{}
}

// day reads a whole date, the form of nearly all, without the cost of time.Parse.
func day(s string) (time.Time, bool) {
	n := [8]int{}
	for i, at := range [8]int{0, 1, 2, 3, 5, 6, 8, 9} {
		if s[at] < '0' || s[at] > '9' {
			return time.Time{}, false
		}
		n[i] = int(s[at] - '0')
	}
	year, month, d := n[0]*1000+n[1]*100+n[2]*10+n[3], n[4]*10+n[5], n[6]*10+n[7]
	t := time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC)
	// time.Date carries a 31 February over into March: such a date is none.
	return t, s[4] == '-' && s[7] == '-' && t.Day() == d && int(t.Month()) == month
}

// splitZone parts a trailing "Z" or "+01:00" from the rest. Only text with a
// time of day has a zone, so that the "-07" of a date is not taken for one.
func splitZone(s string) (body, zone string) {
	if strings.IndexByte(s, 'T') < 0 {
		return s, ""
	}
	if n := len(s) - 1; s[n] == 'Z' {
		return s[:n], s[n:]
	}
	if n := len(s) - 6; n > 0 && (s[n] == '+' || s[n] == '-') {
		return s[:n], s[n:]
	}
	return s, ""
}

func zoneLayout(zone string) string {
	if zone == "" {
		return ""
	}
	return "Z07:00"
}
