package xhtml

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// struck follows which elements are open, to know whether words were deleted by
// whoever wrote the narrative: by del, s or strike, or by a style that draws a line
// through them. Deleted words that read like live ones are dangerous.
type struck struct {
	path []struckElement
	open map[string]int // how often each name is open
	deep int            // how many of them strike out
}

type struckElement struct {
	name    string
	strikes bool
}

// void elements have no end.
var void = map[atom.Atom]bool{
	atom.Area: true, atom.Base: true, atom.Br: true, atom.Col: true, atom.Embed: true, atom.Hr: true, atom.Img: true,
	atom.Input: true, atom.Link: true, atom.Meta: true, atom.Param: true, atom.Source: true, atom.Track: true, atom.Wbr: true,
}

func (s *struck) start(token html.Token) {
	if void[token.DataAtom] {
		return
	}
	e := struckElement{name: token.Data, strikes: strikes(token)}
	if e.strikes {
		s.deep++
	}
	if s.open == nil {
		s.open = map[string]int{}
	}
	s.open[e.name]++
	s.path = append(s.path, e)
}

// end closes the innermost open element of this name, and those left open inside of it.
func (s *struck) end(name string) {
	if s.open[name] == 0 {
		return
	}
	for done := false; !done; {
		last := s.path[len(s.path)-1]
		s.path = s.path[:len(s.path)-1]
		s.open[last.name]--
		if last.strikes {
			s.deep--
		}
		done = last.name == name
	}
}

func (s *struck) active() bool { return s.deep > 0 }

// strikes reports an element whose words are struck out.
func strikes(token html.Token) bool {
	switch token.DataAtom {
	case atom.Del, atom.S, atom.Strike:
		return true
	}
	for _, a := range token.Attr {
		if a.Key == "style" && strings.Contains(strings.ToLower(a.Val), "line-through") {
			return true
		}
	}
	return false
}
