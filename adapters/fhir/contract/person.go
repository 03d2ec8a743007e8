package contract

import (
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// HumanName carries a name over.
func HumanName(n *model.HumanName) *lhcrv1.HumanName {
	if n == nil {
		return nil
	}
	return &lhcrv1.HumanName{
		Use: n.Use, Text: n.Text, Family: n.Family, Given: n.Given,
		Prefixes: n.Prefix, Suffixes: n.Suffix, Period: Period(n.Period),
	}
}

// HumanNames carries several over.
func HumanNames(list []model.HumanName) []*lhcrv1.HumanName {
	var out []*lhcrv1.HumanName
	for i := range list {
		out = append(out, HumanName(&list[i]))
	}
	return out
}

// NameInWords is a name on one line: its text, else its parts in order.
func NameInWords(list []model.HumanName) string {
	if len(list) == 0 {
		return ""
	}
	n := &list[0]
	if n.Text != "" {
		return n.Text
	}
	parts := append(append(append([]string{}, n.Prefix...), n.Given...), n.Family)
	return strings.Join(strings.Fields(strings.Join(append(parts, n.Suffix...), " ")), " ")
}

// Address carries an address over.
func Address(a *model.Address) *lhcrv1.Address {
	if a == nil {
		return nil
	}
	return &lhcrv1.Address{
		Use: a.Use, Type: a.Type, Text: a.Text, Lines: a.Line, City: a.City,
		District: districtAndState(a), PostalCode: a.PostalCode, Country: a.Country, Period: Period(a.Period),
	}
}

// districtAndState is the district; a state, which British addresses rarely have,
// follows it.
func districtAndState(a *model.Address) string {
	switch {
	case a.District == "":
		return a.State
	case a.State == "" || a.State == a.District:
		return a.District
	}
	return a.District + ", " + a.State
}

// Addresses carries several over.
func Addresses(list []model.Address) []*lhcrv1.Address {
	var out []*lhcrv1.Address
	for i := range list {
		out = append(out, Address(&list[i]))
	}
	return out
}

// Telecoms carries telephone numbers and the like over.
func Telecoms(list []model.ContactPoint) []*lhcrv1.Telecom {
	var out []*lhcrv1.Telecom
	for i := range list {
		c := &list[i]
		out = append(out, &lhcrv1.Telecom{
			System: c.System, Value: c.Value, Use: c.Use, Rank: Uint(c.Rank), Period: Period(c.Period),
		})
	}
	return out
}
