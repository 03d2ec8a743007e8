package xds

import (
	"strings"

	"github.com/beevik/etree"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/soap"
)

// discover answers Cross Gateway Patient Discovery (ITI-55; ITI TF-2, 3.55.4.2), by NHS number as a national patient
// identifier.
func (c *community) discover(m *soap.Message) (string, func(fault.Kind) fault.Reply) {
	a, list := c.v3(m)
	var folder *documents.Folder
	if list != nil {
		folder = c.match(a, list)
	}
	return numberOf(folder), func(kind fault.Kind) fault.Reply {
		switch {
		case kind == fault.ErrorIn200:
			a.refuse("InternalError", "simulated failure for patient "+numberOf(folder), "")
		case kind == fault.WrongPatient && folder != nil && a.Response == "OK":
			c.identify(a, c.people.other(folder))
		}
		return a.reply(xcpdTemplate, v3Space+":PRPA_IN201306UV02:CrossGatewayPatientDiscovery", m)
	}
}

// match fills the answer in and gives the patient whom the number names, also when the rest does not fit.
func (c *community) match(a *acknowledged, list *etree.Element) *documents.Folder {
	if a.TheirHome == "" {
		a.refuse("AnswerNotAvailable", "the sender does not name its home community", "")
		return nil
	}
	number := ""
	for _, id := range soap.Children(list, v3Space, "livingSubjectId") {
		if value := instanceOf(soap.Child(id, v3Space, "value")); value.Root == nhsNumbers {
			number = value.Extension
		}
	}
	folder := c.people.byNumber[number]
	birth := valueOf(soap.At(list, v3Space, "livingSubjectBirthTime", "value"), "value")
	if folder == nil || !folder.InDomain || !strings.HasPrefix(digits(folder.Patient.DateOfBirth), birth[:min(len(birth), 8)]) {
		a.notFound()
		return folder
	}
	c.identify(a, folder)
	return folder
}

// identify names the patient with what the community knows of them.
func (c *community) identify(a *acknowledged, folder *documents.Folder) {
	p := folder.Patient
	words := strings.Fields(p.Name)
	a.IDs = []instance{{c.Authority, c.people.localID(p.NHSNumber)}}
	a.Number, a.BirthTime = p.NHSNumber, digits(p.DateOfBirth)
	a.Given, a.Family = words[0], words[len(words)-1]
}

func digits(day string) string { return strings.ReplaceAll(day, "-", "") }
