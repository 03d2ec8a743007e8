package lancashiresouthcumbria_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
)

const (
	findQuery = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
	getQuery  = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
	approved  = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
	both      = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved','urn:oasis:names:tc:ebxml-regrep:StatusType:Deprecated')"
	uniqueID  = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
	patientID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
	farida    = "9990001847"
	leonard   = "9990002657"
	tomasz    = "9990003467"
)

// identifiers are the external identifiers of the listed entries, of one scheme.
func identifiers(answer iheprobe.Answer, scheme string) (found []string) {
	for _, e := range answer.Body.FindElements(".//ExternalIdentifier[@identificationScheme='" + scheme + "']") {
		found = append(found, e.SelectAttrValue("value", ""))
	}
	return found
}

func (d domain) findWith(number string, more ...string) iheprobe.Answer {
	d.t.Helper()
	slots := append([]string{"$XDSDocumentEntryPatientId", "'" + d.patientID(number) + "'"}, more...)
	return d.query(iheprobe.StoredQuery(findQuery, "LeafClass", "", slots...))
}

func TestParametersNarrowAQuery(t *testing.T) {
	d := started(t)
	const status = "$XDSDocumentEntryStatus"
	for name, test := range map[string]struct {
		number string
		slots  []string
		want   []string
	}{
		"approved":            {leonard, []string{status, approved}, []string{"2.999.7.3.1202"}},
		"replaced too":        {leonard, []string{status, both}, []string{"2.999.7.3.1201", "2.999.7.3.1202"}},
		"discharge":           {margaret, []string{status, approved, "$XDSDocumentEntryTypeCode", "('373942005^^2.16.840.1.113883.2.1.3.2.4.15')"}, []string{"2.999.7.3.1001"}},
		"another scheme":      {margaret, []string{status, approved, "$XDSDocumentEntryTypeCode", "('373942005^^2.16.840.1.113883.6.96')"}, nil},
		"restricted":          {"9990003114", []string{status, approved, "$XDSDocumentEntryConfidentialityCode", "('R^^2.16.840.1.113883.5.25','V^^2.16.840.1.113883.5.25')"}, []string{"2.999.7.3.1402", "2.999.7.3.1403"}},
		"since":               {margaret, []string{status, approved, "$XDSDocumentEntryCreationTimeFrom", "20251118120000"}, []string{"2.999.7.3.1001", "2.999.7.3.1002"}},
		"until":               {margaret, []string{status, approved, "$XDSDocumentEntryCreationTimeTo", "'20251118120000'"}, []string{"2.999.7.3.1003"}},
		"of the service":      {margaret, []string{status, approved, "$XDSDocumentEntryServiceStartTimeFrom", "2025"}, []string{"2.999.7.3.1001"}},
		"of a service before": {margaret, []string{status, approved, "$XDSDocumentEntryServiceStartTimeTo", "2026"}, []string{"2.999.7.3.1001"}},
		"two of one name":     {margaret, []string{status, approved, "$XDSDocumentEntryFormatCode", "('urn:ihe:pcc:xds-ms:2007^^1.3.6.1.4.1.19376.1.2.3')", "$XDSDocumentEntryFormatCode", "('other^^1')"}, nil},
	} {
		answer := d.findWith(test.number, test.slots...)
		if diff := cmp.Diff(test.want, identifiers(answer, uniqueID)); diff != "" || !strings.HasSuffix(answer.Find("AdhocQueryResponse", "status"), ":Success") {
			t.Errorf("%s (-want +got):\n%s%s", name, diff, answer.Find("RegistryError", "codeContext"))
		}
	}
}

func TestReferencesLeadToEntries(t *testing.T) {
	d := started(t)
	references := d.query(iheprobe.FindDocuments(d.patientID(margaret), "ObjectRef"))
	var ids []string
	for _, ref := range references.Body.FindElements(".//ObjectRef") {
		ids = append(ids, "'"+ref.SelectAttrValue("id", "")+"'")
	}
	entries := d.query(iheprobe.StoredQuery(getQuery, "LeafClass", "", "$XDSDocumentEntryEntryUUID", "("+strings.Join(ids, ",")+")"))
	if diff := cmp.Diff([]string{"2.999.7.3.1001", "2.999.7.3.1002", "2.999.7.3.1003"}, identifiers(entries, uniqueID)); diff != "" {
		t.Errorf("by UUID (-want +got):\n%s", diff)
	}
	one := d.query(iheprobe.StoredQuery(getQuery, "LeafClass", "", "$XDSDocumentEntryUniqueId", "('2.999.7.3.1002')"))
	if diff := cmp.Diff([]string{"2.999.7.3.1002"}, identifiers(one, uniqueID)); diff != "" {
		t.Errorf("by unique id (-want +got):\n%s", diff)
	}
	none := d.query(iheprobe.StoredQuery(getQuery, "LeafClass", "", "$XDSDocumentEntryEntryUUID", "('urn:uuid:00000000-0000-4000-8000-000000000000')"))
	if !strings.HasSuffix(none.Find("AdhocQueryResponse", "status"), ":Success") || len(identifiers(none, uniqueID)) != 0 {
		t.Errorf("a document that nobody has: %s", none.XML)
	}
}

func TestEntryOfAnotherPatientNamesHerself(t *testing.T) {
	d := started(t)
	own := d.patientID(farida)
	got := identifiers(d.findWith(farida, "$XDSDocumentEntryStatus", approved), patientID)
	others := 0
	for _, id := range got {
		if id != own {
			others++
		}
	}
	if len(got) != 3 || others != 1 {
		t.Errorf("patients %v, want 3 with one other than %s", got, own)
	}
}

func TestLongListComesWhole(t *testing.T) {
	d := started(t)
	got := identifiers(d.findWith(tomasz, "$XDSDocumentEntryStatus", approved), uniqueID)
	if len(got) != 64 {
		t.Fatalf("%d documents, want 64", len(got))
	}
	contents := d.retrieve(got...).Documents(t)
	for _, id := range got {
		if !strings.Contains(string(contents[id]), `<id root="`+id+`"/>`) {
			t.Errorf("%s came with other content", id)
		}
	}
}
