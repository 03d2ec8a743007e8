package lancashiresouthcumbria_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/lancashiresouthcumbria"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/system"
)

const (
	margaret = "9990001006"
	nhs      = "2.16.840.1.113883.2.1.4.1"

	pixAction      = "urn:hl7-org:v3:PRPA_IN201309UV02"
	queryAction    = "urn:ihe:iti:2007:RegistryStoredQuery"
	retrieveAction = "urn:ihe:iti:2007:RetrieveDocumentSet"
)

// domain is the running domain and a consumer of it.
type domain struct {
	*iheprobe.Probe
	sys *system.System
	t   *testing.T
}

func started(t *testing.T) domain {
	t.Helper()
	sys, err := lancashiresouthcumbria.Start(everybody(t), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	d := domain{iheprobe.New(t, sys.Access()), sys, t}
	t.Cleanup(func() {
		d.Close()
		if err := sys.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func everybody(t *testing.T) []patients.Patient {
	t.Helper()
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func (d domain) pix(number string) iheprobe.Answer {
	d.t.Helper()
	return d.Must(d.t, d.Call(d.Access.Addresses["pix"], pixAction, iheprobe.PIXQuery(nhs, number, lancashiresouthcumbria.Authority)))
}

func (d domain) query(payload string) iheprobe.Answer {
	d.t.Helper()
	return d.Must(d.t, d.Call(d.Access.BaseURL, queryAction, payload))
}

func (d domain) retrieve(ids ...string) iheprobe.Answer {
	d.t.Helper()
	return d.Must(d.t, d.Call(d.Access.Addresses["repository"], retrieveAction,
		iheprobe.Retrieve("", lancashiresouthcumbria.Repository, ids...)))
}

// patientID finds the patient's id in the form that the registry wants.
func (d domain) patientID(number string) string {
	d.t.Helper()
	answer := d.pix(number)
	id := answer.Body.FindElement("./controlActProcess/subject/registrationEvent/subject1/patient/id")
	if id == nil {
		d.t.Fatalf("no id: %s", answer.XML)
	}
	return id.SelectAttrValue("extension", "") + "^^^&" + id.SelectAttrValue("root", "") + "&ISO"
}

func (d domain) folder(slug string) *documents.Folder {
	d.t.Helper()
	for _, p := range everybody(d.t) {
		if p.Slug == slug {
			folder, err := documents.Of(p, lancashiresouthcumbria.ID)
			if err != nil {
				d.t.Fatal(err)
			}
			return folder
		}
	}
	d.t.Fatalf("no %s", slug)
	return nil
}

func TestDocumentsAreFoundAndRetrieved(t *testing.T) {
	d := started(t)
	folder := d.folder("margaret")
	found := d.query(iheprobe.FindDocuments(d.patientID(margaret), "LeafClass"))
	if got := found.Find("AdhocQueryResponse", "status"); !strings.HasSuffix(got, ":Success") {
		t.Fatalf("status %s: %s", got, found.XML)
	}
	var ids, want []string
	for _, entry := range found.Body.FindElements(".//ExternalIdentifier[@identificationScheme='urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab']") {
		ids = append(ids, entry.SelectAttrValue("value", ""))
	}
	contents := map[string][]byte{}
	for _, document := range folder.Documents {
		want = append(want, document.UniqueID)
		contents[document.UniqueID] = document.Content
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(contents, d.retrieve(ids...).Documents(t)); diff != "" {
		t.Errorf("retrieved (-want +got):\n%s", diff)
	}
	caller := system.Caller{OrganisationODS: "FA001", Person: "555000111222", Role: "R1290", Purpose: "TREATMENT", RequestID: iheprobe.MessageID}
	if diff := cmp.Diff(caller, d.sys.LastCaller()); diff != "" {
		t.Errorf("caller (-want +got):\n%s", diff)
	}
}
