package telemetry

import (
	"math/rand/v2"
	"regexp"
	"testing"

	"github.com/openlhcr/openlhcr/sdk/nhsnumber"
)

// What is masked is what a regular expression would find.
func TestNoNumberIsPassedOver(t *testing.T) {
	numbers := regexp.MustCompile(`\b\d{3}[ -]?\d{3}[ -]?\d{4}\b`)
	expected := func(text string) string {
		return numbers.ReplaceAllStringFunc(text, func(found string) string {
			if _, err := nhsnumber.Parse(found); err == nil {
				return "[number]"
			}
			return found
		})
	}
	r := rand.New(rand.NewPCG(7, 7))
	parts := []string{"9990000018", "999 000 0018", "999-000-0018", "999-0000018", "9990000019", "999", "000", "0018", " ", "-", "x", "_", "é", ".", "1"}
	masked := 0
	for range 200_000 {
		text := ""
		for range r.IntN(6) {
			text += parts[r.IntN(len(parts))]
		}
		want, got := expected(text), mask(text)
		if got != want {
			t.Fatalf("%q becomes %q, want %q", text, got, want)
		}
		if got != text {
			masked++
		}
	}
	if masked < 1000 {
		t.Errorf("%d texts were masked: the test says little", masked)
	}
}
