package rest

import (
	"regexp"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/failure"
)

// The errors of protojson repeat what they could not read, an NHS number that was
// sent as a number for one. Only their place and kind, and names that the contract
// knows or that can be no identifier, are taken from them.
var (
	place         = regexp.MustCompile(`\(line (\d+):(\d+)\)`)
	unknownField  = regexp.MustCompile(`unknown field "((?:[^"\\]|\\.)*)"`)
	invalidValue  = regexp.MustCompile(`invalid value for (\w+) field (\w+):`)
	duplicate     = regexp.MustCompile(`duplicate field "(\w+)"`)
	oneofAgain    = regexp.MustCompile(`, oneof [\w.]*\.(\w+) is already set`)
	wellKnown     = regexp.MustCompile(`(?:invalid )?google\.protobuf\.(\w+) value`)
	wrongEncoding = regexp.MustCompile(`invalid UTF-8`)
	plainName     = regexp.MustCompile(`^[A-Za-z_][A-Za-z_]{0,63}$`)
)

// unreadable rewrites an error of protojson: where, which field, and what to do.
func unreadable(err error) error {
	said := strings.ReplaceAll(err.Error(), "\u00a0", " ") // protojson varies its spaces
	where := "the body"
	if at := place.FindStringSubmatch(said); at != nil {
		where = "line " + at[1] + ", column " + at[2] + " of the body"
	}
	field, advice := diagnose(said)
	if field == "" {
		return invalidRequest(where + ": " + advice)
	}
	return failure.Invalid(failure.Violation{Field: field, Rule: "json", Message: advice + " (" + where + ")"})
}

func diagnose(said string) (field, advice string) {
	if m := unknownField.FindStringSubmatch(said); m != nil {
		return unknown(m[1])
	}
	if m := invalidValue.FindStringSubmatch(said); m != nil {
		return m[2], want(m[1])
	}
	if m := duplicate.FindStringSubmatch(said); m != nil && plainName.MatchString(m[1]) {
		return m[1], "is given twice: give it once"
	}
	if m := oneofAgain.FindStringSubmatch(said); m != nil {
		return m[1], "takes one of its fields only: choose one"
	}
	if m := wellKnown.FindStringSubmatch(said); m != nil {
		return "", want(m[1])
	}
	if wrongEncoding.MatchString(said) {
		return "", "is not UTF-8: send JSON in UTF-8"
	}
	return "", "is not the JSON that the contract describes: check commas, quotes and brackets, and the field's type in /docs"
}

// unknown names the field only where the name can hold no number.
func unknown(name string) (field, advice string) {
	const rule = "is no field of the contract: names are in camelCase and listed in /docs"
	if plainName.MatchString(name) {
		return name, rule
	}
	return "", "a name " + rule
}

// want says what a field of a kind must be.
func want(kind string) string {
	switch kind {
	case "string":
		return "must be a string in quotes"
	case "bool":
		return "must be true or false"
	case "enum":
		return "must be one of the long names that /docs lists, in quotes"
	case "bytes":
		return "must be a string in base64"
	case "Timestamp":
		return `must be a date and time such as "2026-11-21T09:30:00Z"`
	case "Duration":
		return `must be a number of seconds such as "90s"`
	}
	return "must be a number in the range of its type"
}
