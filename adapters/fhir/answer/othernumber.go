package answer

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

// MayBeNHSNumber reports an identifier that may be an NHS number, however its system is
// written. It is the opposite of strict: it keeps a record from being taken for one that
// carries no number. Whether a record is the patient's, [IsNHSNumberSystem] decides.
func MayBeNHSNumber(id *model.Identifier) bool {
	if strings.TrimSpace(id.Value) == "" {
		return false
	}
	system := strings.ToLower(strings.TrimSpace(id.System))
	return saysNHSNumber(id) || system == "" && valid(grouping.Replace(strings.TrimSpace(id.Value)))
}

// numberOIDs are those of the NHS number: verified, and of no verification.
var numberOIDs = regexp.MustCompile(`(^|[^0-9.])2\.16\.840\.1\.113883\.2\.1\.(4\.1|3\.2\.4\.18\.23)([^0-9.]|$)`)

// saysNHSNumber reports an identifier whose system or type says that it is an NHS number
// (type code NH: http://terminology.hl7.org/CodeSystem/v2-0203).
func saysNHSNumber(id *model.Identifier) bool {
	if IsNHSNumberSystem(id.System) || strings.Contains(letters(id.System), "nhsnumber") || numberOIDs.MatchString(id.System) {
		return true
	}
	if id.Type == nil {
		return false
	}
	named := namesNHSNumber(id.Type.Text)
	for i := range id.Type.Coding {
		c := &id.Type.Coding[i]
		named = named || strings.EqualFold(strings.TrimSpace(c.Code), "NH") || namesNHSNumber(c.Code) || namesNHSNumber(c.Display)
	}
	return named
}

func namesNHSNumber(words string) bool {
	plain := letters(words)
	return plain == "nhsno" || strings.Contains(plain, "nhsnumber")
}

// letters are a text's letters in small.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}

// readOthers tells the patients who are somebody else's, or may be.
func (a *Answer) readOthers() {
	for _, p := range a.patients {
		p.Other, p.Conflicting = a.isOther(p), a.conflicts(p)
	}
}

// isOther reports a record that does not carry the number asked for and may carry another,
// or whose date of birth contradicts that of the person asked for.
func (a *Answer) isOther(p *Patient) bool {
	number := a.subject.number
	if number == "" || p.Has(number) {
		return false
	}
	for i := range p.identifiers {
		if id := &p.identifiers[i]; MayBeNHSNumber(id) && grouping.Replace(strings.TrimSpace(id.Value)) != number {
			return true
		}
	}
	for _, q := range a.patients {
		if q.owns(number) && contradicts(p.BirthDate, q.BirthDate) {
			return true
		}
	}
	return false
}

// conflicts reports a record of two NHS numbers that both are said to be its own now: whose
// it is cannot be told. A number that fails its check digit is nobody's.
func (a *Answer) conflicts(p *Patient) bool {
	first := ""
	for i := range p.identifiers {
		id := &p.identifiers[i]
		value := grouping.Replace(strings.TrimSpace(id.Value))
		if !saysNHSNumber(id) || !valid(value) || a.isOld(id) {
			continue
		}
		if first != "" && value != first {
			return true
		}
		first = value
	}
	return false
}

// otherThan is one of the numbers of a record of two that is not this one.
func (p *Patient) otherThan(number string) string {
	for i := range p.identifiers {
		id := &p.identifiers[i]
		if value := grouping.Replace(strings.TrimSpace(id.Value)); saysNHSNumber(id) && valid(value) && value != number {
			return value
		}
	}
	return ""
}

// Known is the NHS number by which a patient is told to whoever checks identity: the one
// asked for where it is among several, unless another stands beside it as current.
func (p *Patient) Known(asked string) string {
	switch {
	case p.Superseded && p.SupersededBy != "" && p.Has(asked):
		return asked // that says it already
	case p.Conflicting && asked != "":
		return p.otherThan(asked)
	case p.Has(asked):
		return asked
	}
	return p.Number()
}

// contradicts compares two dates of birth as far as both say.
func contradicts(a, b model.When) bool {
	x, y := a.Parse(), b.Parse()
	if !isDate(x) || !isDate(y) {
		return false
	}
	switch min(x.Precision, y.Precision) {
	case model.PrecisionYear:
		return x.Time.Year() != y.Time.Year()
	case model.PrecisionMonth:
		return x.Time.Year() != y.Time.Year() || x.Time.Month() != y.Time.Month()
	}
	return x.Time.Year() != y.Time.Year() || x.Time.YearDay() != y.Time.YearDay()
}

func isDate(p model.Parsed) bool {
	return p.Precision != model.PrecisionNone && p.Precision != model.PrecisionTime
}
