package xds

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

// parameters are those of a stored query: for each name, a list of alternatives for each slot (ITI TF-2, 3.18.4.1.2.3.5:
// values of one slot are alternatives, slots of one name must all be met).
type parameters map[string][][]string

var (
	quoted = regexp.MustCompile(`^'((?:[^']|'')*)'$`)
	number = regexp.MustCompile(`^[0-9]+$`)
)

// readParameters reads the slots of a query, or says which is malformed.
func readParameters(query *etree.Element) (parameters, error) {
	read := parameters{}
	for _, slot := range soap.Children(query, rimSpace, "Slot") {
		name := slot.SelectAttrValue("name", "")
		var values []string
		for _, value := range soap.Children(soap.Child(slot, rimSpace, "ValueList"), rimSpace, "Value") {
			alternatives, err := readValue(soap.Text(value))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			values = append(values, alternatives...)
		}
		if len(values) == 0 {
			return nil, fmt.Errorf("%s has no value", name)
		}
		read[name] = append(read[name], values)
	}
	return read, nil
}

// readValue reads 'text', a number, or a list of either in parentheses.
func readValue(raw string) ([]string, error) {
	inner, list := strings.CutPrefix(raw, "(")
	if list {
		if !strings.HasSuffix(inner, ")") {
			return nil, fmt.Errorf("the list %s does not end", raw)
		}
		inner = strings.TrimSuffix(inner, ")")
	}
	var values []string
	for _, one := range splitQuoted(inner, list) {
		one = strings.TrimSpace(one)
		switch match := quoted.FindStringSubmatch(one); {
		case match != nil:
			values = append(values, strings.ReplaceAll(match[1], "''", "'"))
		case number.MatchString(one):
			values = append(values, one)
		default:
			return nil, fmt.Errorf("the value %s is neither quoted nor a number", one)
		}
	}
	return values, nil
}

// splitQuoted splits a list at the commas that stand outside quotes.
func splitQuoted(s string, list bool) []string {
	if !list {
		return []string{s}
	}
	var parts []string
	start, inside := 0, false
	for i, r := range s {
		switch {
		case r == '\'':
			inside = !inside
		case r == ',' && !inside:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// one is the value of a parameter that has one, or "".
func (p parameters) one(name string) string {
	if len(p[name]) == 1 && len(p[name][0]) == 1 {
		return p[name][0][0]
	}
	return ""
}

// all gives every value of a parameter.
func (p parameters) all(name string) []string {
	return slices.Concat(p[name]...)
}

// unknown gives a name that is not among the known ones, or "".
func (p parameters) unknown(known []string) string {
	for name := range p {
		if !slices.Contains(known, name) {
			return name
		}
	}
	return ""
}
