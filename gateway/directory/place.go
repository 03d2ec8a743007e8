package directory

import (
	"fmt"
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/gateway/directory/ods"
)

const (
	organisationUnknown = "This deployment's configuration names no region for this ODS code. " +
		"Ask whoever runs the gateway to add it under organisations or to load the public data of organisations (directory.ods_files), " +
		"look the regions up by committee or board, or name regions in each request."
	organisationNowhere = "Neither this deployment's configuration nor the public data of organisations that it has loaded knows this ODS code. " +
		"Check the code, ask whoever runs the gateway whether the data is of late, look the regions up by committee or board, or name regions in each request."
	organisationClosed = "The loaded public data says that this organisation has closed%s. " +
		"If it has not, ask whoever runs the gateway to add it under organisations."
	organisationBoardless = "The loaded public data knows this organisation and not to which integrated care board it belongs. " +
		"Ask whoever runs the gateway to add it under organisations, look the regions up by committee or board, or name regions in each request."
	boardUnserved = "The loaded public data places it under %s, and no region's definition names that board. " +
		"Look the regions up by pharmaceutical committee, or choose from ListRegions."
)

// placement are the regions of whoever lies in the area of a board. In part says that this
// may be wrong: the definitions name only some of the boards that this one was made of, or
// one under which somebody was before.
type placement struct {
	found
	inPart bool
}

// place finds an organisation by what is public of it: it is a board itself, or the loaded
// data says under which board it lies.
func (d *Directory) place(code string) placement {
	code = strings.ToUpper(strings.TrimSpace(code))
	if regions := d.boards[code]; len(regions) > 0 {
		return placement{found: found{regions, boardKnown}}
	}
	start, ok := d.extract.Find(code)
	switch {
	case d.extract == nil:
		return unplaced(organisationUnknown)
	case !ok:
		return unplaced(organisationNowhere)
	case !start.Open:
		return d.placeClosed(start)
	}
	return d.follow(start)
}

func unplaced(because string) placement { return placement{found: found{because: because}} }

// placeClosed is for who has closed. A board that others took the place of is served where they are.
func (d *Directory) placeClosed(o ods.Organisation) placement {
	if regions := d.serving(o.Successors); o.Board && len(regions) > 0 {
		return placement{found: found{regions,
			"The board has become " + d.names(o.Successors) + ", as the loaded public data says, and the definitions of these regions name it."}}
	}
	then := ""
	if len(o.Successors) > 0 {
		then = ", and that " + d.names(o.Successors) + " took its place: ask for that"
	}
	return unplaced(fmt.Sprintf(organisationClosed, then))
}

const (
	// mostSteps from an organisation to its board: practice, place, board.
	mostSteps = 4
	// mostMet of others on the way.
	mostMet = 64
)

// follow goes from an organisation to those in whose area it lies, up to its boards.
func (d *Directory) follow(start ods.Organisation) placement {
	met, boards := d.above(start)
	if regions := d.serving(boards); len(regions) > 0 {
		return placement{found: found{regions,
			"The loaded public data places it under " + d.names(d.served(boards)) + ", and the definitions of these regions name that board."}}
	}
	var former, made []string
	for _, o := range met {
		former = union(former, o.Formerly)
	}
	for _, code := range boards {
		if o, ok := d.extract.Find(code); ok {
			made = union(made, o.Predecessors)
		}
	}
	if then := d.served(both(former, made)); len(then) > 0 {
		return placement{inPart: len(made) == 0, found: found{d.serving(then),
			"The loaded public data places it under " + d.names(boards) + " and before under " + d.names(then) + ", which the definitions of these regions name."}}
	}
	if then := d.served(made); len(then) > 0 {
		return d.merged(boards, made, then)
	}
	if len(boards) == 0 {
		return unplaced(organisationBoardless)
	}
	return unplaced(fmt.Sprintf(boardUnserved, d.names(boards)))
}

// merged is for a board that was made of others, some of which the definitions name.
func (d *Directory) merged(boards, made, then []string) placement {
	because := "The loaded public data places it under " + d.names(boards) + ", which was made of " + d.names(made) +
		": the definitions of these regions name " + d.names(then) + "."
	inPart := len(then) < len(made)
	if inPart {
		because += " That is only part of the board's area: check that you lie in it."
	}
	return placement{found: found{d.serving(then), because}, inPart: inPart}
}

// above are whom an organisation meets on the way up, itself first, and the boards at
// which the way ends.
func (d *Directory) above(start ods.Organisation) (met []ods.Organisation, boards []string) {
	seen := map[string]bool{start.Code: true}
	level := []ods.Organisation{start}
	for range mostSteps {
		var next []ods.Organisation
		for _, o := range level {
			if d.isBoard(o.Code) {
				boards = append(boards, o.Code)
				continue
			}
			met = append(met, o)
			for _, code := range o.In {
				if seen[code] || len(seen) >= mostMet {
					continue
				}
				seen[code] = true
				next = append(next, d.organisationOf(code))
			}
		}
		level = next
	}
	slices.Sort(boards)
	return met, slices.Compact(boards)
}

// organisationOf is what is known of a code, which can be nothing but itself.
func (d *Directory) organisationOf(code string) ods.Organisation {
	if o, ok := d.extract.Find(code); ok {
		return o
	}
	return ods.Organisation{Code: code}
}

// isBoard says whether a code is a board's: the loaded data, a definition or the list of
// the boards of 2022 says so.
func (d *Directory) isBoard(code string) bool {
	if o, ok := d.extract.Find(code); ok && o.Board {
		return true
	}
	_, named := d.boards[code]
	return named || boardNameOf(code) != ""
}

// serving are the regions whose definitions name any of the boards.
func (d *Directory) serving(boards []string) []string {
	var regions []string
	for _, code := range boards {
		regions = union(regions, d.boards[code])
	}
	return regions
}

// served are those of the boards that definitions name.
func (d *Directory) served(boards []string) []string {
	return slices.DeleteFunc(slices.Clone(boards), func(code string) bool { return len(d.boards[code]) == 0 })
}

// both are the codes that stand in two lists; those of the first where the second is empty.
func both(one, other []string) []string {
	if len(other) == 0 {
		return one
	}
	return slices.DeleteFunc(slices.Clone(one), func(code string) bool { return !slices.Contains(other, code) })
}

// names are the names of organisations with their codes, as a sentence has them.
func (d *Directory) names(codes []string) string {
	if len(codes) == 0 {
		return "nobody that is known"
	}
	words := make([]string, len(codes))
	for i, code := range codes {
		words[i] = code
		if name := d.nameOf(code); name != "" {
			words[i] = name + " (" + code + ")"
		}
	}
	return list(words)
}

func (d *Directory) nameOf(code string) string {
	if o, ok := d.extract.Find(code); ok && o.Name != "" {
		return o.Name
	}
	return boardNameOf(code)
}

// mostNamed organisations of one name are told.
const mostNamed = 10

// organisationNamed finds an organisation by its name in the loaded data. Of several none
// is chosen, unless all of them lie in the same regions.
func (d *Directory) organisationNamed(name string) found {
	codes := d.extract.Named(name)
	if len(codes) == 0 {
		return found{}
	}
	first := d.organisation(codes[0])
	for _, code := range codes[1:] {
		if !slices.Equal(d.organisation(code).regions, first.regions) {
			told := codes[:min(len(codes), mostNamed)]
			return found{because: fmt.Sprintf("%d organisations have this name, and not all of them lie in the same regions. Ask by ODS code: %s.", len(codes), strings.Join(told, ", "))}
		}
	}
	return first
}
