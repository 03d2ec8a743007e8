package lancashiresouthcumbria_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/openlhcr/openlhcr/adapters/sandbox/lancashiresouthcumbria"
	"github.com/openlhcr/openlhcr/adapters/sandbox/pki"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe"
	"github.com/openlhcr/openlhcr/adapters/sandbox/probe/iheprobe"
)

// replaced gives a call with a part of its assertion changed before it is signed.
func replaced(old, with string) func(*iheprobe.Call) {
	return func(c *iheprobe.Call) { c.Assertion = strings.Replace(c.Assertion, old, with, 1) }
}

func TestMessagesThatAreNotRightAreRefused(t *testing.T) {
	d := started(t)
	from := time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)
	for name, test := range map[string]struct {
		change func(*iheprobe.Call)
		status int
		says   string
	}{
		"action of another transaction": {func(c *iheprobe.Call) { c.Action = retrieveAction }, 400, "ActionNotSupported"},
		"actions differ": {func(c *iheprobe.Call) {
			c.ContentType = `application/soap+xml; action="urn:other"`
		}, 400, "InvalidAddressingHeader"},
		"no action":    {func(c *iheprobe.Call) { c.Omit = "Action" }, 400, "wsa:Action"},
		"no messageID": {func(c *iheprobe.Call) { c.Omit = "MessageID" }, 400, "wsa:MessageID"},
		"no to":        {func(c *iheprobe.Call) { c.Omit = "To" }, 400, "wsa:To"},
		"to elsewhere": {func(c *iheprobe.Call) {
			c.Omit, c.Header = "To", `<wsa:To>https://other.example/registry</wsa:To>`
		}, 400, "DestinationUnreachable"},
		"reply elsewhere": {func(c *iheprobe.Call) {
			c.Header = `<wsa:ReplyTo><wsa:Address>https://other.example</wsa:Address></wsa:ReplyTo>`
		}, 400, "OnlyAnonymousAddressSupported"},
		"header not understood": {func(c *iheprobe.Call) {
			c.Header = `<x:Odd xmlns:x="urn:x" env:mustUnderstand="1"/>`
		}, 500, "MustUnderstand"},
		"not SOAP 1.2 by type": {func(c *iheprobe.Call) { c.ContentType = "text/xml" }, 415, "application/soap+xml"},
		"MTOM to the registry": {func(c *iheprobe.Call) { c.ContentType = "multipart/related" }, 415, "application/soap+xml"},
		"GET":                  {func(c *iheprobe.Call) { c.Method = http.MethodGet }, 405, "POST"},
		"another payload":      {func(c *iheprobe.Call) { c.Payload = `<other/>` }, 400, "AdhocQueryRequest"},
		"no XML":               {func(c *iheprobe.Call) { c.Payload = `<other>` }, 400, "well-formed"},
		"no assertion":         {func(c *iheprobe.Call) { c.Assertion = "" }, 500, "wsse:InvalidSecurity"},
		"unsigned":             {func(c *iheprobe.Call) { c.Unsigned = true }, 500, "wsse:FailedCheck"},
		"another issuer":       {replaced("<saml2:Issuer>", "<saml2:Issuer>not "), 500, "wsse:FailedAuthentication"},
		"another audience":     {replaced("<saml2:Audience>", "<saml2:Audience>not "), 500, "another audience"},
		"expired":              {replaced(`NotOnOrAfter="`, `NotOnOrAfter="`+from+`" X="`), 500, "expired"},
		"lives too long":       {replaced(`NotOnOrAfter="2`, `NotOnOrAfter="3`), 500, "longer than an hour"},
		"no person":            {replaced("555000111222", ""), 500, "NameID"},
		"no name":              {replaced("Pat Example", ""), 500, "subject-id"},
		"no organisation":      {replaced("Example Pharmacy", ""), 500, "subject:organization"},
		"organisation no ODS":  {replaced("|FA001", "|example pharmacy"), 500, "ODS code"},
		"no role":              {replaced(`code="R1290"`, ""), 500, "role"},
		"purpose not known":    {replaced(`code="TREATMENT"`, `code="MARKETING"`), 500, "purpose of use"},
		"no authentication": {func(c *iheprobe.Call) {
			c.Assertion = strings.ReplaceAll(c.Assertion, "AuthnContextClassRef", "Other")
		}, 500, "authentication"},
		"no confirmation": {replaced("cm:bearer", "cm:guess"), 500, "confirmation"},
		"another version": {replaced(`Version="2.0"`, `Version="1.1"`), 500, "version 2.0"},
	} {
		t.Run(name, func(t *testing.T) {
			call := d.Call(d.Access.BaseURL, queryAction, iheprobe.FindDocuments("1^^^&2.999.7.1&ISO", "LeafClass"))
			test.change(&call)
			answer, err := d.Do(t, call)
			if err != nil {
				t.Fatal(err)
			}
			if answer.Status != test.status || !strings.Contains(string(answer.Body), test.says) {
				t.Errorf("%d, want %d and %q: %s", answer.Status, test.status, test.says, answer.Body)
			}
		})
	}
}

func TestAssertionSignedByAnotherKeyIsRefused(t *testing.T) {
	d, other := started(t), started(t)
	d.Access.SigningKeyPEM, d.Access.SigningCertPEM = other.Access.SigningKeyPEM, other.Access.SigningCertPEM
	answer := d.query(iheprobe.FindDocuments("1^^^&2.999.7.1&ISO", "LeafClass"))
	if answer.Status != http.StatusInternalServerError || !strings.Contains(string(answer.XML), "FailedCheck") {
		t.Errorf("%d: %s", answer.Status, answer.XML)
	}
}

func TestChangedAfterSigningIsRefused(t *testing.T) {
	d := started(t)
	call := d.Call(d.Access.BaseURL, queryAction, iheprobe.FindDocuments("1^^^&2.999.7.1&ISO", "LeafClass"))
	call.Assertion, call.Unsigned = strings.Replace(d.Signed(t, call), "FA001", "FB002", 1), true
	answer := d.Must(t, call)
	if answer.Status != http.StatusInternalServerError || !strings.Contains(string(answer.XML), "FailedCheck") {
		t.Errorf("%d: %s", answer.Status, answer.XML)
	}
	if got := d.sys.LastCaller().OrganisationODS; got != "" {
		t.Errorf("the caller is %s", got)
	}
}

func TestOnlyTheRegionsClientsAreLetIn(t *testing.T) {
	d := started(t)
	for name, pair := range map[string]*pki.KeyPair{"none": nil, "foreign": &d.Access.ForeignClient, "expired": &d.Access.ExpiredClient} {
		for purpose, address := range d.Access.Addresses {
			_, err := probe.Do(probe.Client(t, d.Access, pair), probe.Request(t, http.MethodGet, address, nil))
			if err == nil || !strings.Contains(err.Error(), "tls:") {
				t.Errorf("%s certificate at %s: %v", name, purpose, err)
			}
		}
	}
}

func TestStoredQueriesThatAreNotRightFail(t *testing.T) {
	d := started(t)
	id := d.patientID(margaret)
	status := "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"
	find, get := "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d", "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"
	for name, test := range map[string]struct{ payload, code string }{
		"unknown query":            {iheprobe.StoredQuery("urn:uuid:00000000-0000-0000-0000-000000000000", "LeafClass", ""), "XDSUnknownStoredQuery"},
		"unknown patient":          {iheprobe.FindDocuments("404^^^&2.999.7.1&ISO", "LeafClass"), "XDSUnknownPatientId"},
		"number of the NHS":        {iheprobe.FindDocuments(margaret+"^^^&"+nhs+"&ISO", "LeafClass"), "XDSUnknownPatientId"},
		"id without its authority": {iheprobe.FindDocuments("404", "LeafClass"), "XDSRegistryError"},
		"no status":                {iheprobe.StoredQuery(find, "LeafClass", "", "$XDSDocumentEntryPatientId", "'"+id+"'"), "XDSStoredQueryMissingParam"},
		"no patient":               {iheprobe.StoredQuery(find, "LeafClass", "", "$XDSDocumentEntryStatus", status), "XDSStoredQueryMissingParam"},
		"value not quoted":         {iheprobe.StoredQuery(find, "LeafClass", "", "$XDSDocumentEntryPatientId", id), "XDSRegistryError"},
		"unknown parameter": {iheprobe.StoredQuery(find, "LeafClass", "", "$XDSDocumentEntryPatientId", "'"+id+"'",
			"$XDSDocumentEntryStatus", status, "$Odd", "'1'"), "XDSRegistryError"},
		"odd return type": {iheprobe.FindDocuments(id, "RegistryObject"), "XDSRegistryError"},
		"nothing to get":  {iheprobe.StoredQuery(get, "LeafClass", ""), "XDSStoredQueryParamNumber"},
	} {
		answer := d.query(test.payload)
		if got := answer.Find("RegistryError", "errorCode"); answer.Status != http.StatusOK || got != test.code ||
			!strings.HasSuffix(answer.Find("AdhocQueryResponse", "status"), ":Failure") {
			t.Errorf("%s: %d %s, want %s: %s", name, answer.Status, got, test.code, answer.XML)
		}
	}
}

func TestRetrievalOfWhatIsNotHeld(t *testing.T) {
	d := started(t)
	for name, test := range map[string]struct {
		payload, status string
		codes           []string
	}{
		"one of two": {iheprobe.Retrieve("", lancashiresouthcumbria.Repository, "2.999.7.3.1001", "2.999.404"), ":PartialSuccess", []string{"XDSDocumentUniqueIdError"}},
		"lost":       {iheprobe.Retrieve("", lancashiresouthcumbria.Repository, "2.999.7.3.1602"), ":Failure", []string{"XDSDocumentUniqueIdError"}},
		"elsewhere":  {iheprobe.Retrieve("", "2.999.404", "2.999.7.3.1001"), ":Failure", []string{"XDSUnknownRepositoryId"}},
	} {
		answer := d.Must(t, d.Call(d.Access.Addresses["repository"], retrieveAction, test.payload))
		if got := answer.Find("RegistryResponse", "status"); !strings.HasSuffix(got, test.status) || answer.Find("RegistryError", "errorCode") != test.codes[0] {
			t.Errorf("%s: %s: %s", name, got, answer.XML)
		}
	}
}
