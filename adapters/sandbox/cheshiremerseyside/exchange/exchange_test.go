package exchange_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/sandbox/cheshiremerseyside/exchange"
	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	cerys  = "9990004315"
	dennis = "9990001413"
	sadie  = "9990003386"
	vera   = "9990003629"
	nhs    = "2.16.840.1.113883.2.1.4.1"
	home   = "urn:oid:" + exchange.HomeCommunity

	queryAction    = "urn:ihe:iti:2007:CrossGatewayQuery"
	retrieveAction = "urn:ihe:iti:2007:CrossGatewayRetrieve"
	discovery      = "urn:hl7-org:v3:PRPA_IN201305UV02:CrossGatewayPatientDiscovery"
)

// gateway is the responding gateway and an initiating one that calls it.
type gateway struct {
	*iheprobe.Probe
	sys *system.System
	t   *testing.T
}

func started(t *testing.T) gateway {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	sys, err := exchange.Start(all, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	g := gateway{iheprobe.New(t, sys.Access()), sys, t}
	t.Cleanup(func() {
		g.Close()
		if err := sys.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func (g gateway) query(payload string) iheprobe.Answer {
	g.t.Helper()
	return g.Must(g.t, g.Call(g.Access.BaseURL, queryAction, payload))
}

func (g gateway) retrieve(payload string) iheprobe.Answer {
	g.t.Helper()
	return g.Must(g.t, g.Call(g.Access.Addresses["repository"], retrieveAction, payload))
}

func (g gateway) discover(number, birth string) iheprobe.Answer {
	g.t.Helper()
	return g.Must(g.t, g.Call(g.Access.Addresses["xcpd"], discovery, iheprobe.Discovery("2.999.1", nhs, number, birth)))
}

func TestPatientsAreDiscovered(t *testing.T) {
	g := started(t)
	for name, test := range map[string]struct {
		number, birth, response string
		found                   bool
	}{
		"known":                {cerys, "19900530", "OK", true},
		"known, no birth date": {cerys, "", "OK", true},
		"known, year of birth": {cerys, "1990", "OK", true},
		"another birth date":   {cerys, "19900531", "NF", false},
		"known, no documents":  {sadie, "20070707", "OK", true},
		"unknown":              {"9990002738", "19940105", "NF", false},
		"never seen here":      {vera, "19530412", "NF", false},
	} {
		answer := g.discover(test.number, test.birth)
		id := answer.Body.FindElement("./controlActProcess/subject/registrationEvent/subject1/patient/id[@root='" + exchange.Authority + "']")
		if answer.Find("queryResponseCode", "code") != test.response || (id != nil) != test.found ||
			test.found && !strings.Contains(string(answer.XML), `extension="`+test.number+`"`) {
			t.Errorf("%s: %s", name, answer.XML)
		}
	}
}

func TestAskerMustNameItsCommunity(t *testing.T) {
	g := started(t)
	answer := g.Must(t, g.Call(g.Access.Addresses["xcpd"], discovery, iheprobe.Discovery("", nhs, cerys, "")))
	if answer.Find("acknowledgement/typeCode", "code") != "AE" || answer.Body.FindElement(".//registrationEvent") != nil {
		t.Errorf("%s", answer.XML)
	}
}

func TestDocumentsComeByNumberAndByTheCommunitysOwnID(t *testing.T) {
	g := started(t)
	own := g.discover(cerys, "").Body.FindElement(".//patient/id").SelectAttrValue("extension", "")
	for _, id := range []string{cerys + "^^^&" + nhs + "&ISO", own + "^^^&" + exchange.Authority + "&ISO"} {
		found := g.query(iheprobe.FindDocuments(id, "LeafClass"))
		var ids []string
		for _, entry := range found.Body.FindElements(".//ExtrinsicObject") {
			if got := entry.SelectAttrValue("home", ""); got != home {
				t.Errorf("home %q", got)
			}
			ids = append(ids, entry.FindElement("./ExternalIdentifier[@identificationScheme='urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab']").SelectAttrValue("value", ""))
		}
		answer := g.retrieve(iheprobe.Retrieve(home, exchange.Repository, ids...))
		hashes := map[string]string{}
		for id, content := range answer.Documents(t) {
			hashes[id] = documents.Hash(content)
		}
		if diff := cmp.Diff(g.hashes("cerys"), hashes); diff != "" {
			t.Errorf("documents (-want +got):\n%s", diff)
		}
		if answer.Find("HomeCommunityId", "") != "" || answer.Body.FindElement(".//HomeCommunityId").Text() != home {
			t.Errorf("the answer does not name its community: %s", answer.XML)
		}
	}
}

func (g gateway) hashes(slug string) map[string]string {
	g.t.Helper()
	all, err := patients.All()
	if err != nil {
		g.t.Fatal(err)
	}
	stated := map[string]string{}
	for _, p := range all {
		if p.Slug != slug {
			continue
		}
		folder, err := documents.Of(p, exchange.ID)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, d := range folder.Documents {
			stated[d.UniqueID] = d.Hash
		}
	}
	return stated
}

func TestCommunityMustBeNamed(t *testing.T) {
	g := started(t)
	get := func(home string) string {
		return iheprobe.StoredQuery("urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", "LeafClass", home, "$XDSDocumentEntryUniqueId", "('2.999.8.3.1001')")
	}
	for name, test := range map[string]struct {
		answer iheprobe.Answer
		code   string
	}{
		"get without":      {g.query(get("")), "XDSMissingHomeCommunityId"},
		"get elsewhere":    {g.query(get("urn:oid:2.999.404")), "XDSUnknownCommunity"},
		"get":              {g.query(get(home)), ""},
		"retrieve without": {g.retrieve(iheprobe.Retrieve("", exchange.Repository, "2.999.8.3.1001")), "XDSMissingHomeCommunityId"},
		"elsewhere":        {g.retrieve(iheprobe.Retrieve("urn:oid:2.999.404", exchange.Repository, "2.999.8.3.1001")), "XDSUnknownCommunity"},
	} {
		if got := test.answer.Find("RegistryError", "errorCode"); got != test.code {
			t.Errorf("%s: %q, want %q: %s", name, got, test.code, test.answer.XML)
		}
		if test.code != "" && test.answer.Find("RegistryError", "location") != home {
			t.Errorf("%s: the error does not say whose it is: %s", name, test.answer.XML)
		}
	}
}

func TestActionsOfAnAffinityDomainAreRefused(t *testing.T) {
	g := started(t)
	answer := g.Must(t, g.Call(g.Access.BaseURL, "urn:ihe:iti:2007:RegistryStoredQuery", iheprobe.FindDocuments(cerys+"^^^&"+nhs+"&ISO", "LeafClass")))
	if answer.Status != http.StatusBadRequest || !strings.Contains(string(answer.XML), "ActionNotSupported") {
		t.Errorf("%d: %s", answer.Status, answer.XML)
	}
}

func TestFaultsOfDiscovery(t *testing.T) {
	g := started(t)
	g.sys.Fault(fault.Fault{Kind: fault.WrongPatient, NHSNumber: dennis, ResourceType: "Patient", Times: 1})
	if answer := g.discover(dennis, ""); strings.Contains(string(answer.XML), `asOtherIDs classCode="CIT"><id root="`+nhs+`" extension="`+dennis) || answer.Body.FindElement(".//patient/id") == nil {
		t.Errorf("another patient: %s", answer.XML)
	}
	g.sys.Fault(fault.Fault{Kind: fault.ErrorIn200, NHSNumber: dennis, ResourceType: "Patient", Times: 1})
	if answer := g.discover(dennis, ""); answer.Find("acknowledgement/typeCode", "code") != "AE" || answer.Body.FindElement(".//reasonOf") == nil {
		t.Errorf("application error: %s", answer.XML)
	}
}
