package rest

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/failure"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// The errors of protojson repeat what they could not read, an NHS number that was
// sent as a number for one. Only their place and kind, and names that the contract
// knows or that can be no identifier, are taken from them.
var (
	place         = regexp.MustCompile(`\(line (\d+):(\d+)\)`)
	unknownField  = regexp.MustCompile(`unknown field "((?:[^"\\]|\\.)*)"`)
	invalidValue  = regexp.MustCompile(`invalid value for (\w+) field (\w+):`)
	duplicate     = regexp.MustCompile(`duplicate field "(\w+)"`)
	oneofAgain    = regexp.MustCompile(`, oneof [\w.]*\.\w+ is already set`)
	wellKnown     = regexp.MustCompile(`(?:invalid )?google\.protobuf\.(\w+) value`)
	wrongEncoding = regexp.MustCompile(`invalid UTF-8`)
	plainName     = regexp.MustCompile(`^[A-Za-z_][A-Za-z_]{0,63}$`)
)

// unreadable rewrites an error of protojson about the body of a message: where, which
// field, and what to do.
func unreadable(err error, body []byte, message protoreflect.MessageDescriptor) error {
	said := strings.ReplaceAll(err.Error(), "\u00a0", " ") // protojson varies its spaces
	where, at := "the body", spot{within: message}
	if found := place.FindStringSubmatch(said); found != nil {
		line, _ := strconv.Atoi(found[1]) // digits
		column, _ := strconv.Atoi(found[2])
		where = "line " + found[1] + ", column " + found[2] + " of the body"
		at = spotAt(body, line, column, message)
	}
	field, advice := diagnose(said, at)
	if field == "" {
		return invalidRequest(where + ": " + advice)
	}
	return failure.Invalid(failure.Violation{Field: field, Rule: "json", Message: advice + " (" + where + ")"})
}

func diagnose(said string, at spot) (field, advice string) {
	if m := unknownField.FindStringSubmatch(said); m != nil {
		return unknown(m[1], at)
	}
	if m := invalidValue.FindStringSubmatch(said); m != nil {
		return at.or(m[2]), want(m[1], at)
	}
	if m := duplicate.FindStringSubmatch(said); m != nil && plainName.MatchString(m[1]) {
		return at.or(m[1]), "is given twice: give it once"
	}
	if oneofAgain.MatchString(said) && at.field != nil && at.field.ContainingOneof() != nil {
		return at.path, "excludes the others of its choice: give only one of " + choiceOf(at.field.ContainingOneof())
	}
	if m := wellKnown.FindStringSubmatch(said); m != nil {
		return at.path, want(m[1], at)
	}
	if wrongEncoding.MatchString(said) {
		return "", "is not UTF-8: send JSON in UTF-8"
	}
	if at.whole && at.field != nil {
		return at.path, shape(at)
	}
	if at.whole {
		return "", "must be a " + string(at.within.Name()) + ", an object in braces; its fields are: " + fieldsOf(at.within)
	}
	return "", "is not JSON: check commas, quotes and brackets"
}

// or is the path, and where there is none a name that protojson gave.
func (s spot) or(name string) string {
	if s.field == nil {
		return name
	}
	return s.path
}

// unknown names the field only where the name can hold no number.
func unknown(name string, at spot) (field, advice string) {
	advice = fmt.Sprintf("is no field of %s; its fields are: %s", at.within.Name(), fieldsOf(at.within))
	if at.field != nil { // the name's place was not found
		advice = "is no field of the contract: names are in camelCase and listed in /docs"
	}
	if plainName.MatchString(name) {
		return below(at.path, name), advice
	}
	return at.path, "a name " + advice
}

// want says what a field of a kind must be.
func want(kind string, at spot) string {
	switch kind {
	case "string":
		return "must be a string in quotes"
	case "bool":
		return "must be true or false"
	case "enum":
		return "must be " + oneOf(at)
	case "bytes":
		return "must be a string in base64"
	case "Timestamp":
		return `must be a date and time such as "2026-11-21T09:30:00Z"`
	case "Duration":
		return `must be a number of seconds such as "90s"`
	}
	return "must be a number in the range of its type"
}

// mostNames is how many values of an enumeration are listed.
const mostNames = 8

// oneOf lists the values that a field takes.
func oneOf(at spot) string {
	if at.field == nil || at.field.Enum() == nil {
		return "one of the long names that /docs lists, in quotes"
	}
	values := at.field.Enum().Values()
	var names []string
	for i := 1; i < min(values.Len(), mostNames+1); i++ {
		names = append(names, string(values.Get(i).Name()))
	}
	words := "one of " + strings.Join(names, ", ")
	if len(names) == 1 {
		words = names[0]
	}
	if values.Len() > mostNames+1 {
		words += " and the others that /docs lists"
	}
	return words + ", in quotes"
}

// shape says what a field's whole value must look like.
func shape(at spot) string {
	f := at.field
	switch {
	case f.IsMap():
		return "must be an object in braces"
	case f.IsList() && !at.element:
		return "must be a list in brackets"
	case f.Message() == nil:
		return want(f.Kind().String(), at)
	case f.Message().ParentFile().Package() == "google.protobuf":
		return want(string(f.Message().Name()), at)
	}
	return "must be an object in braces; its fields are: " + fieldsOf(f.Message())
}
