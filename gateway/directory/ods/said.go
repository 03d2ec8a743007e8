package ods

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"
)

// said is what one file says of one organisation.
type said struct {
	code, name string
	// status as the file has it; empty where it says nothing of it
	status standing
	board  bool
	// stub says that it is named only because others refer to it
	stub  bool
	links []link
}

// standing is whether an organisation is open.
type standing int

const (
	unsaid standing = iota
	open
	closed
)

// link ties an organisation to another.
type link struct {
	kind relation
	code string
}

// relation is how one organisation is tied to another.
type relation int

const (
	in relation = iota
	formerly
	successor
	predecessor
)

// maxName is how much of a name is kept, in bytes.
const maxName = 200

var errTooMany = errors.New("holds more organisations than there can be")

// take lays what a file says beside what was said before. Fault is what is wrong with it.
func (l *loader) take(s said) (fault string, err error) {
	s.code = form(s.code)
	if !isCode(s.code) {
		return "no ODS code", nil
	}
	o := l.organisations[s.code]
	if o == nil {
		if len(l.organisations) >= mostOrganisations {
			return "", errTooMany
		}
		o = &Organisation{Code: l.code(s.code), Open: s.status != closed}
		l.organisations[o.Code] = o
	}
	if name := shortened(s.name); name != "" && (!s.stub || o.Name == "") {
		o.Name = name
	}
	if s.status != unsaid && !s.stub {
		o.Open = s.status == open
	}
	o.Board = o.Board || s.board || isBoardName(s.name)
	for _, t := range s.links {
		l.link(o, t)
	}
	return "", nil
}

func (l *loader) link(o *Organisation, t link) {
	code := form(t.code)
	if !isCode(code) || code == o.Code {
		return
	}
	list := map[relation]*[]string{in: &o.In, formerly: &o.Formerly, successor: &o.Successors, predecessor: &o.Predecessors}[t.kind]
	if len(*list) < mostLinks && !slices.Contains(*list, code) {
		*list = append(*list, l.code(code))
	}
}

// code is a code as it is kept, once.
func (l *loader) code(code string) string {
	if kept, ok := l.codes[code]; ok {
		return kept
	}
	code = strings.Clone(code)
	l.codes[code] = code
	return code
}

func shortened(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if len(name) > maxName {
		name = name[:maxName]
		for !utf8.ValidString(name) {
			name = name[:len(name)-1]
		}
	}
	return strings.Clone(name)
}

// isBoardName says whether a name is that of an integrated care board. A board's places
// ("NHS … ICB - 16C") are called otherwise.
func isBoardName(name string) bool { return strings.HasSuffix(words(name), " INTEGRATED CARE BOARD") }
