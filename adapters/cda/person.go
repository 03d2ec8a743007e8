package cda

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

// names carries names over (PN, EN): their parts, or the words that stand there.
func (r *reader) names(list []*xmltree.Element) []model.HumanName {
	var out []model.HumanName
	for _, e := range list {
		if n := name(e); n != nil {
			out = append(out, *n)
		}
	}
	return out
}

// nameUses are what a name is for (HL7 v3 EntityNameUse), as far as FHIR has a word for it. Read only.
var nameUses = map[string]string{"L": "official", "C": "official", "P": "nickname", "ASGN": "usual", "T": "temp", "OLD": "old"}

func name(e *xmltree.Element) *model.HumanName {
	n := &model.HumanName{Use: nameUses[e.Attr("use")], Period: interval(e.Child("validTime"))}
	for i := range e.Nodes {
		part := e.Nodes[i].Element
		if part == nil {
			continue
		}
		words := squeeze(part.Text())
		switch {
		case words == "":
		case part.Local == "family" && n.Family == "":
			n.Family = words
		case part.Local == "family":
			n.Family += " " + words
		case part.Local == "given":
			n.Given = append(n.Given, words)
		case part.Local == "prefix":
			n.Prefix = append(n.Prefix, words)
		case part.Local == "suffix":
			n.Suffix = append(n.Suffix, words)
		}
	}
	if n.Family == "" && len(n.Given) == 0 {
		n.Text = squeeze(e.Text())
	}
	if n.Family == "" && len(n.Given) == 0 && n.Text == "" {
		return nil
	}
	return n
}

// addresses carries postal addresses over (AD): their parts, or the words that stand there.
func (r *reader) addresses(list []*xmltree.Element) []model.Address {
	var out []model.Address
	for _, e := range list {
		if a := address(e); a != nil {
			out = append(out, *a)
		}
	}
	return out
}

func address(e *xmltree.Element) *model.Address {
	a := &model.Address{Use: placeUse(e.Attr("use")), Period: interval(e.Child("useablePeriod"))}
	said := false
	for i := range e.Nodes {
		part := e.Nodes[i].Element
		if part == nil || part.Local == "useablePeriod" {
			continue
		}
		words := squeeze(part.Text())
		if words == "" {
			continue
		}
		said = true
		addressPart(a, part.Local, words)
	}
	if !said {
		a.Text = squeeze(e.Text())
	}
	if !said && a.Text == "" {
		return nil
	}
	return a
}

func addressPart(a *model.Address, part, words string) {
	switch {
	case part == "city" && a.City == "":
		a.City = words
	case part == "county" && a.District == "":
		a.District = words
	case part == "state" && a.State == "":
		a.State = words
	case part == "postalCode" && a.PostalCode == "":
		a.PostalCode = words
	case part == "country" && a.Country == "":
		a.Country = words
	default:
		a.Line = append(a.Line, words)
	}
}

// placeUse is what an address or a telephone is for (HL7 v3 AddressUse); several uses are told by the first that FHIR has
// a word for.
func placeUse(uses string) string {
	for use := range strings.FieldsSeq(uses) {
		switch use {
		case "H", "HP", "HV":
			return "home"
		case "WP", "DIR", "PUB":
			return "work"
		case "TMP":
			return "temp"
		case "BAD", "OLD":
			return "old"
		case "MC":
			return "mobile"
		}
	}
	return ""
}

// telecoms carries telephone numbers and the like over (TEL).
func (r *reader) telecoms(list []*xmltree.Element) []model.ContactPoint {
	var out []model.ContactPoint
	for _, e := range list {
		value := strings.TrimSpace(e.Attr("value"))
		if value == "" {
			continue
		}
		c := model.ContactPoint{Use: placeUse(e.Attr("use")), Value: value, Period: interval(e.Child("useablePeriod"))}
		for scheme, system := range map[string]string{"tel:": "phone", "mailto:": "email", "fax:": "fax", "x-text-fax:": "fax", "x-text-tel:": "phone"} {
			if rest, ok := strings.CutPrefix(value, scheme); ok {
				c.System, c.Value = system, rest
			}
		}
		out = append(out, c)
	}
	return out
}
