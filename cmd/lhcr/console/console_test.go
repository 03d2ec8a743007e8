package console_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/openlhcr/openlhcr/cmd/lhcr/console"
)

func TestAFileGetsNoColourAndAnAgreedWidth(t *testing.T) {
	out, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = out.Close() }() // the test is over
	for name, test := range map[string]struct {
		columns string
		want    int
	}{"by itself": {"", 120}, "as told": {"77", 77}, "told nonsense": {"wide", 120}} {
		c := console.New(os.Stdin, out, os.Stderr, func(key string) string {
			if key == "COLUMNS" {
				return test.columns
			}
			return ""
		})
		if c.Paint.Colour || c.Width != test.want {
			t.Errorf("%s: colour %v, width %d", name, c.Paint.Colour, c.Width)
		}
	}
}

// /dev/null is a character device, as terminals are.
func TestColourIsForTerminalsWithoutNoColor(t *testing.T) {
	out, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Skip("there is no device that could pass for a terminal")
	}
	defer func() { _ = out.Close() }() // the test is over
	for value, want := range map[string]bool{"": true, "1": false} {
		c := console.New(os.Stdin, out, os.Stderr, func(key string) string {
			if key == "NO_COLOR" {
				return value
			}
			return ""
		})
		if c.Paint.Colour != want {
			t.Errorf("NO_COLOR=%q: colour %v", value, c.Paint.Colour)
		}
	}
}
