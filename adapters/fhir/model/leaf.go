package model

import (
	"strconv"
	"strings"
)

// Bool is a boolean that may be absent. Real records leave out, or write as
// text, booleans whose absence is not "false".
type Bool uint8

// The states of a [Bool].
const (
	Unset Bool = iota // the element is absent
	False
	True
)

// ParseBool reads "true" or "false", in any capitals, and the 1 and 0 that XML Schema's
// boolean allows besides; anything else is not a boolean.
func ParseBool(s string) (Bool, bool) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "true", "1":
		return True, true
	case "false", "0":
		return False, true
	}
	return Unset, false
}

// IsTrue reports a recorded "true".
func (b Bool) IsTrue() bool { return b == True }

// IsFalse reports a recorded "false"; absence is not false.
func (b Bool) IsFalse() bool { return b == False }

// IsSet reports that the element was there.
func (b Bool) IsSet() bool { return b != Unset }

// Number is a decimal or integer with the digits as they were sent: "1.50" and
// "1.5" differ, and so they do here.
type Number string

// Int reads a whole number; a fraction, text or absence is not one.
func (n Number) Int() (int64, bool) {
	v, err := strconv.ParseInt(string(n), 10, 64)
	return v, err == nil
}

// IsNumber reports that the text is a number as FHIR writes one. Text in a
// number's place is kept, and found out here.
func (n Number) IsNumber() bool {
	if n == "" {
		return false
	}
	for _, r := range n {
		if (r < '0' || r > '9') && r != '.' && r != '-' && r != '+' && r != 'e' && r != 'E' {
			return false
		}
	}
	_, err := strconv.ParseFloat(string(n), 64)
	return err == nil
}
