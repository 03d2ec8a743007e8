package telemetry

import "github.com/openlhcr/openlhcr/sdk/nhsnumber"

// mask takes NHS numbers out of a text: ten digits, written together or as 3-3-4 with
// spaces or hyphens, that are no part of a longer word and whose check digit is right.
func mask(text string) string {
	masked, from := "", 0
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		size := numberAt(text, i)
		if size == 0 {
			i += digitsAt(text, i) - 1 // none begins within a word
			continue
		}
		if _, err := nhsnumber.Parse(text[i : i+size]); err == nil {
			masked += text[from:i] + "[number]"
			from = i + size
		}
		i += size - 1
	}
	return masked + text[from:]
}

// numberAt is the length of what has the form of an NHS number at this place of a text,
// or 0.
func numberAt(text string, at int) int {
	if at > 0 && isWord(text[at-1]) {
		return 0
	}
	i := at
	for group, digits := range [...]int{3, 3, 4} {
		if group > 0 && i < len(text) && (text[i] == ' ' || text[i] == '-') {
			i++
		}
		for range digits {
			if i >= len(text) || !isDigit(text[i]) {
				return 0
			}
			i++
		}
	}
	if i < len(text) && isWord(text[i]) {
		return 0
	}
	return i - at
}

// digitsAt is how many digits stand at this place.
func digitsAt(text string, at int) int {
	i := at
	for i < len(text) && isDigit(text[i]) {
		i++
	}
	return i - at
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isWord says whether a character is of a word (ASCII, as in regular expressions).
func isWord(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
}
