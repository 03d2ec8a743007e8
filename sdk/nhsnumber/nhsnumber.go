// Package nhsnumber reads NHS numbers and keeps them from being printed.
//
// An NHS number is ten digits, the last of which checks the others by modulus
// 11 (NHS Data Dictionary, "NHS NUMBER").
package nhsnumber

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// Number is a valid NHS number. It formats as "[NHS number]" under every verb,
// so that it cannot reach a log or an error by accident: [Number.Reveal] gives
// the digits. The zero value is no number.
type Number struct{ digits string }

var (
	_ fmt.Formatter  = Number{}
	_ slog.LogValuer = Number{}
)

// The reasons why a text is no NHS number; none repeats the text.
var (
	ErrLength     = errors.New("NHS number: ten digits are due")
	ErrCharacter  = errors.New("NHS number: only digits, and blanks or hyphens between its parts, are allowed")
	ErrCheckDigit = errors.New("NHS number: the check digit is wrong")
)

const redacted = "[NHS number]"

// Parse reads ten digits, together or in the printed form of three, three and
// four with a blank or a hyphen between them. The error is one of this
// package's and holds nothing of s.
func Parse(s string) (Number, error) {
	digits, err := compact(s)
	if err != nil {
		return Number{}, err
	}
	if len(digits) != 10 {
		return Number{}, ErrLength
	}
	if !checks(digits) {
		return Number{}, ErrCheckDigit
	}
	return Number{digits: digits}, nil
}

// compact takes the two separators of the printed form out.
func compact(s string) (string, error) {
	if len(s) == 12 && isSeparator(s[3]) && isSeparator(s[7]) {
		s = s[:3] + s[4:7] + s[8:]
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return "", ErrCharacter
		}
	}
	return s, nil
}

func isSeparator(c byte) bool { return c == ' ' || c == '-' }

// checks weighs the first nine digits from ten down to two; eleven less the
// remainder by eleven is the tenth, where eleven is written 0 and ten never
// occurs.
func checks(digits string) bool {
	sum := 0
	for i := range 9 {
		sum += int(digits[i]-'0') * (10 - i)
	}
	due := (11 - sum%11) % 11
	return due == int(digits[9]-'0')
}

// IsZero reports the zero value, which is no number.
func (n Number) IsZero() bool { return n.digits == "" }

// Reveal gives the ten digits, for a message body or a comparison.
func (n Number) Reveal() string { return n.digits }

// Printed gives the digits in the printed form, "999 123 4567", for a screen.
func (n Number) Printed() string {
	if n.IsZero() {
		return ""
	}
	return n.digits[:3] + " " + n.digits[3:6] + " " + n.digits[6:]
}

// String never gives the digits.
func (n Number) String() string { return redacted }

// GoString never gives the digits.
func (n Number) GoString() string { return redacted }

// Format never gives the digits, whatever the verb.
func (n Number) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, redacted) }

// LogValue never gives the digits.
func (n Number) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText refuses: a number is revealed, never marshalled by accident.
func (n Number) MarshalText() ([]byte, error) {
	return nil, errors.New("NHS number: not marshalled; use Reveal")
}
