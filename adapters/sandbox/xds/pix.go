package xds

import (
	"slices"

	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

const unknownKey = "204" // HL7 table 0357: unknown key identifier

// crossReference answers the PIX V3 query (ITI-45; ITI TF-2, 3.45.4.2).
func (c *community) crossReference(m *soap.Message) (string, func(fault.Kind) fault.Reply) {
	a, list := c.v3(m)
	var folder *documents.Folder
	if list != nil {
		folder = c.lookUp(a, list)
	}
	return numberOf(folder), func(kind fault.Kind) fault.Reply {
		switch {
		case kind == fault.ErrorIn200:
			a.refuse("207", "simulated failure for patient "+numberOf(folder), "")
		case kind == fault.WrongPatient && folder != nil && a.Response == "OK":
			c.name(a, c.people.other(folder), wanted(list))
		}
		return a.reply(pixTemplate, v3Space+":PRPA_IN201310UV02", m)
	}
}

// lookUp fills the answer in and gives the patient, if there is one.
func (c *community) lookUp(a *acknowledged, list *etree.Element) *documents.Folder {
	asked := soap.Children(list, v3Space, "patientIdentifier")
	if len(asked) != 1 {
		a.refuse("101", "one patientIdentifier must be given", "")
		return nil
	}
	id := instanceOf(soap.Child(asked[0], v3Space, "value"))
	for i, domain := range wanted(list) {
		if domain != c.Authority && domain != nhsNumbers {
			a.refuse(unknownKey, "the assigning authority "+domain+" is not known", location("dataSource", i))
			return nil
		}
	}
	folder := c.people.byLocal[id.Extension]
	if id.Root == nhsNumbers {
		folder = c.people.byNumber[id.Extension]
	}
	if folder == nil || id.Root != nhsNumbers && id.Root != c.Authority {
		a.refuse(unknownKey, "the patient identifier is not known", location("patientIdentifier", 0))
		return nil
	}
	c.name(a, folder, wanted(list))
	if len(a.IDs) == 0 {
		a.notFound()
	}
	return folder
}

// name puts the patient's ids in the wanted domains into the answer, all of them when none is named.
func (c *community) name(a *acknowledged, folder *documents.Folder, domains []string) {
	number := folder.Patient.NHSNumber
	a.IDs, a.Number = nil, number
	if folder.InDomain && (len(domains) == 0 || slices.Contains(domains, c.Authority)) {
		a.IDs = append(a.IDs, instance{c.Authority, c.people.localID(number)})
	}
	if len(domains) == 0 || slices.Contains(domains, nhsNumbers) {
		a.IDs = append(a.IDs, instance{nhsNumbers, number})
	}
}

// wanted are the assigning authorities whose ids are asked for.
func wanted(list *etree.Element) []string {
	var domains []string
	for _, source := range soap.Children(list, v3Space, "dataSource") {
		domains = append(domains, instanceOf(soap.Child(source, v3Space, "value")).Root)
	}
	return domains
}

func location(parameter string, i int) string {
	return "/PRPA_IN201309UV02/controlActProcess/queryByParameter/parameterList/" + parameter + "[" + string(rune('1'+i)) + "]/value"
}
