package directory

import (
	"slices"
	"strings"
	"unicode"
)

// committeeKey is a committee's name without what varies between its spellings:
// "Community Pharmacy West Yorkshire" and "West Yorkshire LPC" are one committee.
func committeeKey(name string) string {
	return key(name, "local pharmaceutical committee", "community pharmacy", "lpc", "pharmacy", "cp")
}

// boardKey is the same for an integrated care board.
func boardKey(name string) string {
	return key(name, "integrated care board", "integrated care system", "nhs", "icb", "ics")
}

// key lowers a name, reads "&" as "and", drops punctuation and then each of the
// words from its beginning and its end. A name of nothing else keeps its words.
func key(name string, drop ...string) string {
	words := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(name), "&", " and "), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for _, phrase := range append(drop, "the") {
		words = trim(words, strings.Fields(phrase))
	}
	return strings.Join(words, " ")
}

// trim takes a phrase off the beginning and the end, unless nothing would be left.
func trim(words, phrase []string) []string {
	if len(words) > len(phrase) && slices.Equal(words[:len(phrase)], phrase) {
		words = words[len(phrase):]
	}
	if n := len(words) - len(phrase); n > 0 && slices.Equal(words[n:], phrase) {
		words = words[:n]
	}
	return words
}
