// Package console is the program's surroundings: its streams, its environment, and
// what its terminal can do.
package console

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
)

// fallbackWidth is the width of what is no terminal: a file, a pipe.
const fallbackWidth = 120

// Console is what a command reads from and writes to.
type Console struct {
	// In is standard input.
	In io.Reader
	// Out takes answers and nothing else.
	Out io.Writer
	// Err takes progress and problems. No identifier of a patient is written to it.
	Err io.Writer
	// Getenv reads the environment.
	Getenv func(string) string
	// Environ are the environment's variables, as os.Environ gives them.
	Environ []string
	// Width is how many characters a line of Out holds.
	Width int
	// Paint colours what is written to Out.
	Paint paint.Paint
}

// New is the console of a process. Colour is for terminals only, and not where
// NO_COLOR is set (no-color.org); COLUMNS overrides the terminal's width.
func New(in, out, err *os.File, getenv func(string) string) *Console {
	terminal := isTerminal(out)
	c := &Console{In: in, Out: out, Err: err, Getenv: getenv, Width: fallbackWidth}
	c.Paint.Colour = terminal && getenv("NO_COLOR") == "" && getenv("TERM") != "dumb"
	if columns, ok := columnsOf(out); ok && terminal {
		c.Width = columns
	}
	if n, err := strconv.Atoi(getenv("COLUMNS")); err == nil && n > 0 {
		c.Width = n
	}
	return c
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Progress tells on Err what lasts. A console that cannot be written to has no
// reader whom the failure could be told.
func (c *Console) Progress(words ...string) {
	for _, w := range words {
		_, _ = fmt.Fprintln(c.Err, w)
	}
}

// Write writes an answer to Out.
func (c *Console) Write(answer string) error {
	_, err := io.WriteString(c.Out, answer)
	return err
}
