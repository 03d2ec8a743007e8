package config

import (
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a configuration.
type Problem struct {
	// Key is the path of the key: "listen.grpc". Empty when no key is to blame.
	Key string
	// Line is its line in the file, from 1. Zero when it is not from the file.
	Line int
	// Message says what is wrong and what to do. It repeats no secret.
	Message string
}

// String is the problem on one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	return b.String() + p.Message
}

// Problems are all that is wrong, as one error.
type Problems []Problem

var _ error = Problems(nil)

// Error lists the problems, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// orNil is the problems as an error: none at all is no error.
func (p Problems) orNil() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

// sorted orders the problems by line, then key, so that the same file always gives the same text.
func (p Problems) sorted() Problems {
	slices.SortStableFunc(p, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.Key, b.Key)
	})
	return p
}
