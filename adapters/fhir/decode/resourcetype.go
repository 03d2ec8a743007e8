package decode

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// leadingType reads the resource type when it is an object's first element, as
// it nearly always is.
func leadingType(object []byte) (string, bool) {
	rest, ok := after(object, '{')
	if !ok {
		return "", false
	}
	rest, ok = bytes.CutPrefix(rest, []byte(`"resourceType"`))
	if !ok {
		return "", false
	}
	rest, ok = after(rest, ':')
	if !ok || len(rest) == 0 || rest[0] != '"' {
		return "", false
	}
	end := bytes.IndexByte(rest[1:], '"')
	if end < 0 || bytes.IndexByte(rest[1:end+1], '\\') >= 0 {
		return "", false
	}
	return alias(rest[1 : end+1]), true
}

// after passes blanks, the byte c and blanks.
func after(b []byte, c byte) ([]byte, bool) {
	b = bytes.TrimLeft(b, " \t\r\n")
	if len(b) == 0 || b[0] != c {
		return nil, false
	}
	return bytes.TrimLeft(b[1:], " \t\r\n"), true
}

// findType looks through an object's elements for its resource type.
func findType(object []byte) string {
	dec := jsontext.NewDecoder(bytes.NewBuffer(object), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if _, err := dec.ReadToken(); err != nil {
		return ""
	}
	for dec.PeekKind() == '"' {
		name, err := dec.ReadToken()
		if err != nil {
			return ""
		}
		if name.String() == "resourceType" && dec.PeekKind() == '"' {
			value, err := dec.ReadToken()
			if err != nil {
				return ""
			}
			return value.String()
		}
		if dec.SkipValue() != nil {
			return ""
		}
	}
	return ""
}

// TypeName gives a resource type as it may be reported: letters only, so that
// nothing else of a payload gets into a report by this way.
func TypeName(name string) string {
	if name == "" {
		return "(no type)"
	}
	for _, c := range []byte(name) {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') || len(name) > 40 {
			return "(unknown type)"
		}
	}
	return name
}

func joined(path []string) string {
	if len(path) == 0 {
		return "(payload)"
	}
	return strings.Join(path, ".")
}
