package identity_test

import (
	"testing"

	"github.com/openlhcr/openlhcr/gateway/lookup/identity"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

func TestDatesOfBirthAreReadAsRecorded(t *testing.T) {
	const (
		unstated = lhcrv1.DatePrecision_DATE_PRECISION_UNSPECIFIED
		year     = lhcrv1.DatePrecision_DATE_PRECISION_YEAR
		month    = lhcrv1.DatePrecision_DATE_PRECISION_MONTH
		day      = lhcrv1.DatePrecision_DATE_PRECISION_DAY
		instant  = lhcrv1.DatePrecision_DATE_PRECISION_INSTANT
		unparsed = lhcrv1.DatePrecision_DATE_PRECISION_UNPARSED
	)
	type date = identity.Date
	tests := []struct {
		original  string
		precision lhcrv1.DatePrecision
		want      date
	}{
		{"1951-04-17", day, date{"1951", "04", "17"}},
		{"1951-04-17", unstated, date{"1951", "04", "17"}},
		{"1951-04", month, date{"1951", "04", ""}},
		{"1951", year, date{"1951", "", ""}},
		{"1951-04-17", month, date{"1951", "04", ""}},
		{"1951-04-17", year, date{"1951", "", ""}},
		{"1951-04-17T00:00:00+00:00", instant, date{"1951", "04", "17"}},
		{"1951-04-17 00:00", unstated, date{"1951", "04", "17"}},
		{" 1951-04-17 ", day, date{"1951", "04", "17"}},
		{"19510417", day, date{"1951", "04", "17"}},
		{"19510417093000+0000", instant, date{"1951", "04", "17"}},
		{"195104", month, date{"1951", "04", ""}},
		{"1951-04-17", unparsed, date{}},
		{"", unstated, date{}},
		{"51", unstated, date{}},
		{"about 1951", unstated, date{}},
		{"17/04/1951", unstated, date{}},
		{"1951-4-17", unstated, date{}},
		{"1951-04-17-2", unstated, date{}},
	}
	for _, test := range tests {
		if got := identity.ParseDate(test.original, test.precision); got != test.want {
			t.Errorf("%q as %v: not read as %s-%s-%s", test.original, test.precision, test.want.Year, test.want.Month, test.want.Day)
		}
	}
}

func TestDatesAreComparedAtTheCoarserPrecision(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"1951-04-17", "1951-04-17", false},
		{"1951-04-17", "1951-04-18", true},
		{"1951-04", "1951-04-18", false},
		{"1951-05", "1951-04-18", true},
		{"1951", "1951-04-18", false},
		{"1952", "1951-04-18", true},
		{"", "1951-04-18", false},
		{"", "", false},
	}
	for _, test := range tests {
		a := identity.ParseDate(test.a, lhcrv1.DatePrecision_DATE_PRECISION_UNSPECIFIED)
		b := identity.ParseDate(test.b, lhcrv1.DatePrecision_DATE_PRECISION_UNSPECIFIED)
		if a.Differs(b) != test.want || b.Differs(a) != test.want {
			t.Errorf("%q against %q: differs is not %t both ways", test.a, test.b, test.want)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, seed := range []string{"1951-04-17", "1951", "19510417T", "--", "1951-04-17T00:00:00Z"} {
		f.Add(seed, int32(3))
	}
	f.Fuzz(func(t *testing.T, original string, precision int32) {
		d := identity.ParseDate(original, lhcrv1.DatePrecision(precision))
		if d.Differs(d) {
			t.Error("a date differs from itself")
		}
		if !d.Known() && (d.Month != "" || d.Day != "") {
			t.Error("a month or day of no year")
		}
	})
}
