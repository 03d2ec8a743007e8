package telemetry

import (
	"math/rand/v2"
	"testing"
)

// Texts that are not looked at hold nothing that would be found.
func TestNoNumberIsPassedOver(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	looked := 0
	for range 50_000 {
		text := make([]byte, r.IntN(24))
		for i := range text {
			text[i] = "0123456789 -0123456789 -ax"[r.IntN(26)]
		}
		if mayHoldNumber(string(text)) {
			looked++
		} else if numbers.Match(text) {
			t.Fatalf("%q is passed over", text)
		}
	}
	if looked < 1000 || looked > 49_000 {
		t.Errorf("%d texts were looked at", looked)
	}
	for _, text := range []string{"9990000018", "999 000 0018", "999-000-0018", "of 9990000018."} {
		if mask(text) == text {
			t.Errorf("%q stays", text)
		}
	}
}
