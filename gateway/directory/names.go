package directory

import (
	"slices"
	"strings"
	"unicode"
)

// committeeKey is a committee's name without what varies between its spellings:
// "Community Pharmacy West Yorkshire" and "West Yorkshire LPC" are one committee. A
// committee that has another name now is found by its former one.
func committeeKey(name string) string {
	key := key(name, "local pharmaceutical committee", "pharmaceutical committee", "community pharmacy", "lpc", "l p c", "pharmacy", "cp")
	if now, ok := formerCommittees()[key]; ok {
		return now
	}
	return key
}

// formerCommittees are former and longer names of committees, by the key of the name that
// they go by now. They are general knowledge, and lead to a name only: whether a region
// serves a committee, its definition says.
func formerCommittees() map[string]string {
	return map[string]string{
		"buckinghamshire":                "bucks",
		"manchester":                     "greater manchester",
		"hampshire isle of wight":        "south central",
		"hampshire iow":                  "south central",
		"surrey":                         "surrey sussex",
		"sussex":                         "surrey sussex",
		"east sussex":                    "surrey sussex",
		"west sussex":                    "surrey sussex",
		"oxfordshire":                    "thames valley",
		"berkshire":                      "thames valley",
		"kensington chelsea westminster": "kensington westminster chelsea",
	}
}

// boardKey is the same for an integrated care board.
func boardKey(name string) string {
	key := key(name, "integrated care board", "integrated care system", "integrated care partnership", "nhs", "icb", "ics")
	if now, ok := shortBoards()[key]; ok {
		return now
	}
	return key
}

// shortBoards are short names by which boards are called, by their keys.
func shortBoards() map[string]string {
	return map[string]string{
		"bob":      "buckinghamshire oxfordshire berkshire west",
		"bsw":      "bath north east somerset swindon wiltshire",
		"bnssg":    "bristol north somerset south gloucestershire",
		"blmk":     "bedfordshire luton milton keynes",
		"cornwall": "cornwall isles of scilly",
		"gm":       "greater manchester",
		"hiow":     "hampshire isle of wight",
		"hny":      "humber north yorkshire",
		"lsc":      "lancashire south cumbria",
		"ncl":      "north central london",
		"nel":      "north east london",
		"nenc":     "north east north cumbria",
		"nwl":      "north west london",
		"sel":      "south east london",
		"swl":      "south west london",
	}
}

// regionKey is the same for a region, by its name or its id.
func regionKey(name string) string {
	return key(name, "shared care records", "shared care record", "care records", "care record", "shared record", "region")
}

// key lowers a name, drops punctuation, "&", "and" and "the", and then each of the phrases
// from its beginning and its end, until none is left there. A name of nothing else keeps
// its words.
func key(name string, drop ...string) string {
	name = strings.NewReplacer("'", "", "’", "").Replace(strings.ToLower(name))
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	words = slices.DeleteFunc(words, func(word string) bool { return word == "and" || word == "the" })
	for before := -1; before != len(words); {
		before = len(words)
		for _, phrase := range drop {
			words = trim(words, strings.Fields(phrase))
		}
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
