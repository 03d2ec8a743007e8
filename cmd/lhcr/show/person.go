package show

import (
	"slices"
	"strings"

	"github.com/openlhcr/openlhcr/cmd/lhcr/paint"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// person is the header: who the record is about, as each region knows it.
func (p *page) person() {
	people := p.record.PersonDemographics()
	p.shown[people.Section()] = true
	items, gaps := people.WithGaps()
	seen := []string{}
	for _, person := range items {
		line := p.personLine(person)
		if slices.Contains(seen, line) {
			continue
		}
		seen = append(seen, line)
		p.line(paint.Bold, line)
		for _, note := range personNotes(person) {
			p.indented(paint.Alarm, "  ", note)
		}
	}
	if len(items) == 0 {
		p.line(paint.Bold, "Person: "+orUnstated(people.Words()))
	}
	for _, line := range gapLines(gaps) {
		p.indented(paint.Alarm, "! ", "person: "+line)
	}
}

func (p *page) personLine(person *lhcrv1.Person) string {
	said := joined(", ",
		name(person.GetNames()),
		joined(" ", "born", orUnstated(day(person.GetBirthDate()))),
		joined(" ", "NHS number", orUnstated(spaced(person.GetNhsNumber()))),
		person.GetGender(),
		address(person.GetAddresses()),
	)
	return said + " (" + person.GetHeader().GetRegionId() + ")"
}

func personNotes(person *lhcrv1.Person) []string {
	var notes []string
	if person.GetDeceased() || person.GetDeceasedAt() != nil {
		notes = append(notes, joined(" ", "RECORDED AS DECEASED", day(person.GetDeceasedAt())))
	}
	if person.GetRestricted() {
		notes = append(notes, "RESTRICTED RECORD: an address may be missing for that reason.")
	}
	if person.GetSupersededBy() != "" {
		notes = append(notes, "THIS NHS NUMBER WAS REPLACED BY ANOTHER.")
	}
	for _, n := range person.GetHeader().GetNotes() {
		notes = append(notes, n.GetText())
	}
	if person.GetNhsNumber() != "" && !person.GetNhsNumberValid() {
		notes = append(notes, "THE NHS NUMBER'S CHECK DIGIT IS WRONG.")
	}
	return notes
}

// spaced is an NHS number as people read it: 3 3 4.
func spaced(number string) string {
	if len(number) != 10 {
		return number
	}
	return number[:3] + " " + number[3:6] + " " + number[6:]
}

// name is the usual or official name, else the first.
func name(names []*lhcrv1.HumanName) string {
	if len(names) == 0 {
		return "name " + unstated
	}
	chosen := names[0]
	for _, use := range []string{"official", "usual"} {
		for _, n := range names {
			if n.GetUse() == use {
				chosen = n
			}
		}
	}
	if chosen.GetText() != "" {
		return chosen.GetText()
	}
	return joined(" ", strings.Join(chosen.GetPrefixes(), " "), strings.Join(chosen.GetGiven(), " "), strings.ToUpper(chosen.GetFamily()))
}

func address(addresses []*lhcrv1.Address) string {
	if len(addresses) == 0 {
		return ""
	}
	a := addresses[0]
	if a.GetText() != "" {
		return strings.Join(strings.Fields(a.GetText()), " ")
	}
	return joined(", ", joined(", ", a.GetLines()...), a.GetCity(), a.GetPostalCode())
}
