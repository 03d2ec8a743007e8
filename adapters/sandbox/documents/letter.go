package documents

import (
	_ "embed"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

// anticoagulation is the CDA of one letter of a series.
//
//go:embed letter.xml.tmpl
var anticoagulation string

// names splits a patient's name: the last word is the family name.
func names(p patients.Patient) (given, family string) {
	words := strings.Fields(p.Name)
	return strings.Join(words[:len(words)-1], " "), words[len(words)-1]
}

func digits(day string) string { return strings.ReplaceAll(day, "-", "") }
