package xds_test

import (
	"errors"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/ihe/soap"
	"github.com/openlhcr/openlhcr/adapters/ihe/xds"
)

func response(status, documents string) string {
	return `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><RetrieveDocumentSetResponse xmlns="urn:ihe:iti:xds-b:2007">` +
		`<rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:` + status + `"/>` +
		documents + `</RetrieveDocumentSetResponse></s:Body></s:Envelope>`
}

func document(home, repository, id, content string) string {
	return "<DocumentResponse>" + home + "<RepositoryUniqueId>" + repository + "</RepositoryUniqueId><DocumentUniqueId>" + id +
		"</DocumentUniqueId><mimeType>text/plain</mimeType>" + content + "</DocumentResponse>"
}

const (
	hello = "<Document>aGVsbG8=</Document>"
	bye   = "<Document>Ynll</Document>"
)

func TestFindingADocumentInAnAnswer(t *testing.T) {
	key := xds.Key{Home: "urn:oid:2.999.8", Repository: "1.2", Document: "1.2.3"}
	for name, c := range map[string]struct {
		documents string
		want      string // "" for none, "?" for one that cannot be told
	}{
		"there":                   {document("", "1.2", "1.2.3", hello), "hello"},
		"with blanks":             {document("", "\n 1.2 ", " 1.2.3\n", hello), "hello"},
		"among others":            {document("", "1.2", "1.2.4", bye) + document("", "1.2", "1.2.3", hello), "hello"},
		"of its community":        {document("<HomeCommunityId>2.999.8</HomeCommunityId>", "1.2", "1.2.3", hello), "hello"},
		"of another community":    {document("<HomeCommunityId>urn:oid:2.999.9</HomeCommunityId>", "1.2", "1.2.3", hello), ""},
		"of another repository":   {document("", "1.3", "1.2.3", hello), ""},
		"of none":                 {"", ""},
		"twice the same":          {document("", "1.2", "1.2.3", hello) + document("", "1.2", "1.2.3", hello), "hello"},
		"twice and not the same":  {document("", "1.2", "1.2.3", hello) + document("", "1.2", "1.2.3", bye), "?"},
		"without content":         {document("", "1.2", "1.2.3", ""), "?"},
		"with a part that is not": {document("", "1.2", "1.2.3", `<Document><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:a"/></Document>`), "?"},
	} {
		t.Run(name, func(t *testing.T) {
			m, err := soap.Read("", []byte(response("Success", c.documents)))
			if err != nil {
				t.Fatal(err)
			}
			r, err := xds.ReadRetrieved(m)
			if err != nil || r.Status != xds.StatusSuccess {
				t.Fatalf("%v %v", r, err)
			}
			d, ok := r.Find(key)
			got := string(d.Content)
			if d.Err != nil {
				got = "?"
			}
			if got != c.want || ok != (c.want != "") {
				t.Errorf("%q (%v), want %q", got, ok, c.want)
			}
		})
	}
}

func TestAnswersOfNoRepository(t *testing.T) {
	m, err := soap.Read("", []byte(`<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><AdhocQueryResponse/></s:Body></s:Envelope>`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := xds.ReadRetrieved(m); !errors.Is(err, xds.ErrNotXDS) {
		t.Errorf("%v", err)
	}
}

// FuzzPayload reads anything as a registry's answer: it gives an answer or an error of ours.
func FuzzPayload(f *testing.F) {
	f.Add([]byte(found("Success", whole, "")))
	f.Add([]byte(found("PartialSuccess", `<ObjectRef id="a"/><Association associationType="x:RPLC" sourceObject="a" targetObject="b"/>`, "")))
	f.Add([]byte(response("Success", document("", "1", "2", hello))))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := xds.Payload(body)
		var told *soap.Error
		if err != nil {
			if !errors.Is(err, xds.ErrNotXDS) && !errors.As(err, &told) {
				t.Fatal(err)
			}
			return
		}
		if len(p.Read.Resources) != 1 {
			t.Fatalf("%d bundles", len(p.Read.Resources))
		}
	})
}
