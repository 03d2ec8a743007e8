package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// largest is the size above which no document is delivered.
const largest = sdk.DefaultMaxDocumentBytes

// listed are the documents of a patient that a region lists, each content once.
func listed(t *testing.T, client *sdk.Client, p sandbox.Patient, region string) []held {
	t.Helper()
	query := agreeing(p, region)
	query.Sections = []lhcrv1.Section{lhcrv1.Section_SECTION_DOCUMENTS}
	var all []held
	for _, d := range mustLookup(t, client, query).Unguarded().GetRecord().GetDocuments() {
		for _, c := range d.GetContents() {
			all = append(all, held{d, c, sdk.DocumentQuery{
				Patient: query.Patient, Access: query.Access, RegionID: region, ItemID: d.GetHeader().GetItemId(), ContentID: c.GetContentId(),
			}})
		}
	}
	return all
}

// held is one content of a document, and how to ask for it.
type held struct {
	document *lhcrv1.Document
	content  *lhcrv1.Attachment
	query    sdk.DocumentQuery
}

// uniqueID is the document's OID, where it has one.
func (l held) uniqueID() string {
	return strings.TrimPrefix(l.document.GetMasterIdentifier().GetValue(), "urn:oid:")
}

// exchanged are the documents that a region's exchange has of a patient, by unique id.
func exchanged(t *testing.T, p sandbox.Patient, region string) map[string]*documents.Document {
	t.Helper()
	folder, err := documents.Of(p, region)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*documents.Document{}
	if folder == nil || !folder.InDomain {
		return all
	}
	for i := range folder.Documents {
		all[folder.Documents[i].UniqueID] = &folder.Documents[i]
	}
	return all
}

// deliverable says whether a document can be had whole.
func deliverable(d *documents.Document) bool {
	return !d.Lost && d.Hash == documents.Hash(d.Content) && len(d.Content) <= largest
}

// mayBeListed says whether a region may list a document: one about somebody else it
// must not, and of those replaced only MHD tells.
func mayBeListed(region string, d *documents.Document) bool {
	overSOAP := slices.Contains([]string{"lancashire-south-cumbria", "cheshire-merseyside"}, region)
	return d.About == "" && (d.Status == documents.Approved || !overSOAP)
}

func TestEveryListedDocumentOfAnExchangeIsTheExchangesOwn(t *testing.T) {
	d := all(t)
	client := supplier(t, d)
	for _, p := range everybody(t) {
		for _, region := range p.DocumentRegions() {
			t.Run(region+"/"+p.Slug, func(t *testing.T) {
				kept := exchanged(t, p, region)
				for _, l := range listed(t, client, p, region) {
					want := kept[l.uniqueID()]
					if want == nil || !mayBeListed(region, want) {
						t.Fatalf("a document is listed that must not be: %v", want)
					}
					delete(kept, l.uniqueID())
					mustFetch(t, client, l, want)
				}
				for id, missing := range kept {
					if mayBeListed(region, missing) {
						t.Errorf("%s (%s) is not listed", id, missing.Name)
					}
				}
			})
		}
	}
}

func mustFetch(t *testing.T, client *sdk.Client, l held, want *documents.Document) {
	t.Helper()
	body, info, err := client.ReadDocument(t.Context(), l.query)
	switch {
	case !deliverable(want):
		if err == nil {
			t.Errorf("%s is delivered though it is not whole", want.Name)
		}
		t.Logf("XX %s %v", want.Name, err)
	case err != nil:
		t.Errorf("%s: %v", want.Name, err)
	case !bytes.Equal(body, want.Content) || info.GetSize() != uint64(len(want.Content)) || info.GetMediaType() != want.MediaType:
		t.Errorf("%s: %d bytes of %s, want %d of %s", want.Name, len(body), info.GetMediaType(), len(want.Content), want.MediaType)
	}
}
