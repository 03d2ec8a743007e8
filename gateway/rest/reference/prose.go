package reference

import (
	"regexp"
	"strings"
)

// paragraph is running text in which clause ids are marked.
type paragraph []span

// span is text, or a clause id. Anchored is set where the clause is met first.
type span struct {
	Text, Clause string
	Anchored     bool
}

var clause = regexp.MustCompile(`\b[A-Z]{3}-[0-9]{3}\b`)

// prose cuts a comment into paragraphs at its empty lines.
func (r *reader) prose(comment string) []paragraph {
	var out []paragraph
	for _, text := range strings.Split(comment, "\n\n") {
		if text = strings.Join(strings.Fields(text), " "); text != "" {
			out = append(out, r.mark(text))
		}
	}
	return out
}

func (r *reader) mark(text string) paragraph {
	var out paragraph
	end := 0
	for _, at := range clause.FindAllStringIndex(text, -1) {
		id := text[at[0]:at[1]]
		out = append(out, span{Text: text[end:at[0]]}, span{Clause: id, Anchored: !r.clauses[id]})
		r.clauses[id] = true
		end = at[1]
	}
	return append(out, span{Text: text[end:]})
}
