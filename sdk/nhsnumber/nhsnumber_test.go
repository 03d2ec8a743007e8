package nhsnumber_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

func TestParse(t *testing.T) {
	cases := []struct {
		name, in, want string
		err            error
	}{
		{"together", "9990000018", "9990000018", nil},
		{"printed with blanks", "999 000 0018", "9990000018", nil},
		{"printed with hyphens", "999-000-0018", "9990000018", nil},
		{"a check digit of eleven is nought", "9990000050", "9990000050", nil},
		{"wrong check digit", "9990000019", "", nhsnumber.ErrCheckDigit},
		{"a check digit of ten never occurs", "9990000000", "", nhsnumber.ErrCheckDigit},
		{"too short", "999000001", "", nhsnumber.ErrLength},
		{"too long", "99900000180", "", nhsnumber.ErrLength},
		{"empty", "", "", nhsnumber.ErrLength},
		{"a letter", "999000001X", "", nhsnumber.ErrCharacter},
		{"blanks elsewhere", "9990 00 0018", "", nhsnumber.ErrCharacter},
		{"digits of another script", "९९९0000018", "", nhsnumber.ErrCharacter},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got, err := nhsnumber.Parse(c.in)
			if !errors.Is(err, c.err) || got.Reveal() != c.want {
				t.Errorf("got %q, %v; want %q, %v", got.Reveal(), err, c.want, c.err)
			}
		})
	}
}

func TestNumberIsNeverPrinted(t *testing.T) {
	n, err := nhsnumber.Parse("9990000018")
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "n", n, "in", struct{ N nhsnumber.Number }{n})
	body, err := json.Marshal(map[string]any{"n": n})
	if err == nil {
		t.Error("a number must refuse to be marshalled")
	}
	printed := log.String() + string(body) + fmt.Sprint(err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x"} {
		printed += fmt.Sprintf(verb, n) + fmt.Sprintf(verb, &n) + fmt.Sprintf(verb, []any{n})
	}
	if strings.Contains(printed, "0018") || strings.Contains(printed, "3939393030") {
		t.Errorf("digits got out: %s", printed)
	}
	if n.Printed() != "999 000 0018" {
		t.Errorf("printed form: %s", n.Printed())
	}
}

func FuzzNHSNumber(f *testing.F) {
	f.Add("9990000018")
	f.Add("999 000 0018")
	f.Fuzz(func(t *testing.T, s string) {
		n, err := nhsnumber.Parse(s)
		if err != nil {
			if len(s) > 3 && strings.Contains(err.Error(), s) {
				t.Error("the error repeats the text")
			}
			return
		}
		again, err := nhsnumber.Parse(n.Printed())
		if err != nil || again != n || len(n.Reveal()) != 10 {
			t.Errorf("not read again: %v", err)
		}
	})
}
