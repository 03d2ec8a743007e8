package identity

import (
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// Date is a date of birth to the precision that is known: the digits of its year,
// month and day, each empty when not known. The zero Date is not known at all.
type Date struct {
	Year, Month, Day string
}

// ParseDate reads a date as recorded: "1951-04-17", "1951-04", "1951", the same
// with a time of day after it, or the HL7 v3 forms "19510417", "195104". Where the
// stated precision is coarser than the characters, the precision counts. What is
// no date gives the zero Date: it is not known, rather than different.
func ParseDate(original string, precision lhcrv1.DatePrecision) Date {
	if precision == lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED {
		return Date{}
	}
	day := strings.TrimSpace(original)
	if end := strings.IndexAny(day, "T "); end >= 0 {
		day = day[:end]
	}
	d := split(day)
	switch precision {
	case lhcrv1.DatePrecision_DATE_PRECISION_YEAR:
		d.Month, d.Day = "", ""
	case lhcrv1.DatePrecision_DATE_PRECISION_MONTH:
		d.Day = ""
	}
	return d
}

// Known says whether anything of the date is known.
func (d Date) Known() bool { return d.Year != "" }

// Differs compares two dates at the coarser of their precisions. A date that is
// not known differs from none.
func (d Date) Differs(other Date) bool {
	return differ(d.Year, other.Year) || differ(d.Month, other.Month) || differ(d.Day, other.Day)
}

// String hides the date.
func (Date) String() string { return "[date]" }

// GoString hides the date.
func (Date) GoString() string { return "[date]" }

func differ(a, b string) bool { return a != "" && b != "" && a != b }

func split(day string) Date {
	parts := strings.Split(day, "-")
	if len(parts) == 1 {
		parts = compact(day)
	}
	if len(parts) > 3 {
		return Date{}
	}
	for i, width := range []int{4, 2, 2}[:len(parts)] {
		if len(parts[i]) != width || !digits(parts[i]) {
			return Date{}
		}
	}
	parts = append(parts, "", "")
	return Date{Year: parts[0], Month: parts[1], Day: parts[2]}
}

// compact splits the forms without hyphens. HL7 v3 writes a time of day right
// after the day.
func compact(day string) []string {
	switch n := len(day); {
	case n == 6:
		return []string{day[:4], day[4:]}
	case n >= 8 && digits(day[:8]):
		return []string{day[:4], day[4:6], day[6:8]}
	}
	return []string{day}
}

func digits(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
