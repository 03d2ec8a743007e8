package contract

import (
	"math"
	"strconv"
	"strings"

	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// UnitCodeDiffers reports that a quantity's unit words and its UCUM code
// contradict each other: `l/l` coded as `%`, `mg` coded as `g`. It judges only
// where both can be read as units of measure of one system: words such as
// "tablet", annotations and codes of other systems say nothing to compare.
func UnitCodeDiffers(q *lhcrv1.Quantity) bool {
	if q.GetUnit() == "" || q.GetCode() == "" || q.GetSystem() != "http://unitsofmeasure.org" {
		return false
	}
	if spell(q.GetUnit()) == spell(q.GetCode()) {
		return false
	}
	words, known := readUnit(q.GetUnit())
	code, knownToo := readUnit(q.GetCode())
	return known && knownToo && !words.same(code)
}

// spell is one spelling of a unit: small letters, without blanks and brackets
// (UCUM writes mm[Hg] and [iU]).
func spell(unit string) string { return spelling.Replace(strings.ToLower(unit)) }

// spelling is read only.
var spelling = strings.NewReplacer(" ", "", "[", "", "]", "", "µ", "u", "μ", "u", "²", "2", "^2", "2")

// unit is what a unit measures: powers of its kinds of measure, and how large it
// is as a power of ten.
type unit struct {
	powers   map[string]int
	exponent float64
}

func (u unit) same(v unit) bool {
	for kind, n := range u.powers {
		if v.powers[kind] != n {
			return false
		}
	}
	for kind, n := range v.powers {
		if u.powers[kind] != n {
			return false
		}
	}
	return math.Abs(u.exponent-v.exponent) < 1e-6
}

// readUnit reads "mmol/L", "10*9/L", "%" and the like; false for anything else.
func readUnit(s string) (unit, bool) {
	u := unit{powers: map[string]int{}}
	for i, part := range strings.Split(spell(s), "/") {
		sign := 1
		if i > 0 {
			sign = -1
		}
		for _, factor := range strings.Split(part, ".") {
			if factor == "" && i == 0 { // "/min"
				continue
			}
			if !u.multiply(factor, sign) {
				return u, false
			}
		}
	}
	return u, true
}

func (u *unit) multiply(factor string, sign int) bool {
	if strings.HasPrefix(factor, "{") && strings.HasSuffix(factor, "}") || factor == "1" {
		return true
	}
	if n, ok := powerOfTen(factor); ok {
		u.exponent += float64(sign * n)
		return true
	}
	power := 1
	if strings.HasSuffix(factor, "2") {
		factor, power = strings.TrimSuffix(factor, "2"), 2
	}
	prefix, a, ok := splitUnit(factor)
	if !ok {
		return false
	}
	u.powers[a.kind] += sign * power
	u.exponent += float64(sign*power) * (float64(prefixes[prefix]) + math.Log10(a.size))
	if a.kind == "" {
		delete(u.powers, "")
	}
	return true
}

// powerOfTen reads "10*9", "10^9", "x10^9".
func powerOfTen(s string) (int, bool) {
	s = strings.TrimLeft(s, "x*")
	if !strings.HasPrefix(s, "10*") && !strings.HasPrefix(s, "10^") {
		return 0, false
	}
	n, err := strconv.Atoi(s[len("10*"):])
	return n, err == nil
}

// splitUnit takes a prefix off a unit: "mmol" is milli and mol.
func splitUnit(s string) (prefix string, a atom, ok bool) {
	if plain, known := unitWords[s]; known {
		s = plain
	}
	if a, ok = atoms[s]; ok {
		return "", a, true
	}
	for n := 1; n <= 2 && n < len(s); n++ {
		if _, known := prefixes[s[:n]]; !known {
			continue
		}
		if a, ok = atoms[s[n:]]; ok && a.prefixed {
			return s[:n], a, true
		}
	}
	return "", a, false
}

// atom is a unit without prefix: what it measures and its size among units of the kind.
type atom struct {
	kind     string
	size     float64
	prefixed bool
}

// atoms, prefixes and unitWords are read only.
var atoms = map[string]atom{
	"g": {"mass", 1, true}, "l": {"volume", 1, true}, "mol": {"amount", 1, true}, "m": {"length", 1, true},
	"s": {"time", 1, true}, "min": {"time", 60, false}, "h": {"time", 3600, false}, "d": {"time", 86400, false},
	"wk": {"time", 7 * 86400, false}, "mo": {"time", 2629800, false}, "a": {"time", 31557600, false},
	"u": {"activity", 1, true}, "iu": {"activity", 1, true}, "eq": {"equivalents", 1, true},
	"osm": {"osmoles", 1, true}, "kat": {"katal", 1, true}, "cel": {"temperature", 1, false},
	"%": {"", 0.01, false},
}

var prefixes = map[string]int{
	"k": 3, "d": -1, "c": -2, "m": -3, "u": -6, "mc": -6, "n": -9, "p": -12, "f": -15,
}

var unitWords = map[string]string{
	"gram": "g", "grams": "g", "gm": "g", "milligram": "mg", "milligrams": "mg", "microgram": "ug", "micrograms": "ug",
	"nanogram": "ng", "nanograms": "ng", "kilogram": "kg", "kilograms": "kg", "kgs": "kg",
	"litre": "l", "litres": "l", "millilitre": "ml", "millilitres": "ml", "percent": "%",
	"second": "s", "seconds": "s", "minute": "min", "minutes": "min", "hour": "h", "hours": "h", "hr": "h", "hrs": "h",
	"day": "d", "days": "d", "week": "wk", "weeks": "wk", "month": "mo", "months": "mo", "year": "a", "years": "a",
	"unit": "u", "units": "u", "centimetre": "cm", "centimetres": "cm", "cms": "cm", "metre": "m", "metres": "m",
	"°c": "cel", "degc": "cel", "celsius": "cel",
}
