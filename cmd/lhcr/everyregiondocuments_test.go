package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox"
	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/fault"
	"github.com/openlhcr/openlhcr/cmd/lhcr/demo"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
	"github.com/openlhcr/openlhcr/sdk"
)

// shelved is one content of a document that a region lists, and how to ask for it.
type shelved struct {
	document *lhcrv1.Document
	content  *lhcrv1.Attachment
	query    sdk.DocumentQuery
}

// uniqueID is the document's OID, where it has one.
func (s shelved) uniqueID() string {
	return strings.TrimPrefix(s.document.GetMasterIdentifier().GetValue(), "urn:oid:")
}

// shelf is every content that a region lists of a patient.
func shelf(t *testing.T, client *sdk.Client, p sandbox.Patient, region string) []shelved {
	t.Helper()
	query := agreeing(p, region)
	query.Sections = []lhcrv1.Section{documented}
	var all []shelved
	for _, d := range mustLookup(t, client, query).Unguarded().GetRecord().GetDocuments() {
		for _, c := range d.GetContents() {
			all = append(all, shelved{d, c, sdk.DocumentQuery{
				Patient: query.Patient, Access: query.Access, RegionID: region, ItemID: d.GetHeader().GetItemId(), ContentID: c.GetContentId(),
			}})
		}
	}
	return all
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

// flaw is why a document cannot be had, or nothing.
func flaw(d *documents.Document) error {
	switch {
	case d.Lost:
		return errLost
	case len(d.Content) > sdk.DefaultMaxDocumentBytes:
		return documentTooLarge
	case d.Hash != documents.Hash(d.Content), d.Name == "content-of-another":
		return answerInvalid // the second says itself that it is about somebody else
	}
	return nil
}

// errLost stands for the reasons of a document that is listed and does not come: which,
// depends on the words of its repository.
var errLost = errors.New("listed and not there")

var (
	documentNotFound = sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_NOT_FOUND)
	documentTooLarge = sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_DOCUMENT_TOO_LARGE)
	answerInvalid    = sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_REGION_ANSWER_INVALID)
)

// mayBeListed says whether a region may list a document: one about somebody else it
// must not, and of those replaced only MHD tells.
func mayBeListed(region string, d *documents.Document) bool {
	soap := slices.Contains(overSOAP(), region)
	return d.About == "" && (d.Status == documents.Approved || !soap)
}

func TestEveryListedDocumentOfAnExchangeIsTheExchangesOwn(t *testing.T) {
	d := all(t)
	client := supplier(t, d)
	for _, p := range everybody(t) {
		for _, region := range p.DocumentRegions() {
			t.Run(region+"/"+p.Slug, func(t *testing.T) {
				kept := exchanged(t, p, region)
				for _, s := range shelf(t, client, p, region) {
					want := kept[s.uniqueID()]
					if want == nil || !mayBeListed(region, want) {
						t.Fatal("a document is listed that must not be")
					}
					delete(kept, s.uniqueID())
					mustBeHad(t, d, client, s, want)
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

// mustBeHad fetches a document by the SDK and by the command line: the bytes are those
// of the exchange, or there are none.
func mustBeHad(t *testing.T, d *demo.Demo, client *sdk.Client, s shelved, want *documents.Document) {
	t.Helper()
	body, info, err := client.ReadDocument(t.Context(), s.query)
	if why := flaw(want); why != nil {
		mustFailFor(t, err, why)
		mustLeaveNoFile(t, d, s)
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", want.Name, err)
	}
	if !bytes.Equal(body, want.Content) || info.GetMediaType() != want.MediaType {
		t.Errorf("%s: %d bytes of %s, want %d of %s", want.Name, len(body), info.GetMediaType(), len(want.Content), want.MediaType)
	}
	if want.Kind == "clinic-letter" && want.File == "" {
		return // one of a series: the command line has seen enough of them
	}
	folder := t.TempDir()
	if got := fetched(t, d, s, folder); got.code != exitDone {
		t.Fatalf("%s: exit code %d: %s", want.Name, got.code, got.err)
	}
	if files := inside(t, folder); len(files) != 1 || !bytes.Equal(mustRead(t, files[0]), want.Content) {
		t.Errorf("%s: the files are %d, or not the document", want.Name, len(files))
	}
}

func mustFailFor(t *testing.T, err, why error) {
	t.Helper()
	if err == nil || !errors.Is(why, errLost) && !errors.Is(err, why) {
		t.Errorf("%v, want %v", err, why)
	}
}

// fetched runs `document get` into a folder.
func fetched(t *testing.T, d *demo.Demo, s shelved, folder string) result {
	t.Helper()
	patient := s.query.Patient
	return lhcr(t, patient.NHSNumber+"\n"+patient.DateOfBirth+"\n", connected(d, "document", "get", "--nhs-number-file", "-",
		"--region", s.query.RegionID, "--item", s.query.ItemID, "--content", s.query.ContentID, "-o", folder)...)
}

func mustLeaveNoFile(t *testing.T, d *demo.Demo, s shelved) {
	t.Helper()
	folder := t.TempDir()
	if got := fetched(t, d, s, folder); got.code == exitDone || got.err == "" {
		t.Errorf("exit code %d: %q", got.code, got.err)
	}
	if files := inside(t, folder); len(files) > 0 {
		t.Errorf("%d files are left", len(files))
	}
}

// inside are the files of a folder, hidden ones too.
func inside(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, e := range entries {
		files = append(files, filepath.Join(folder, e.Name()))
	}
	return files
}

// Where documents are Binary resources beside the data, their bytes are those too.
func TestEveryListedDocumentOfAFHIRServerIsItsOwn(t *testing.T) {
	d := all(t)
	client := supplier(t, d)
	for region, slug := range map[string]string{"south-west": "silas", "yorkshire": "margaret", "dorset": "farida"} {
		t.Run(region, func(t *testing.T) {
			p := patient(t, slug)
			kept, found := binaries(t, p.Bundle(region)), shelf(t, client, p, region)
			if len(found) == 0 {
				t.Fatal("no document is listed")
			}
			for _, s := range found {
				body, _, err := client.ReadDocument(t.Context(), s.query)
				if err != nil || !slices.ContainsFunc(kept, func(b []byte) bool { return bytes.Equal(b, body) }) {
					t.Errorf("%d bytes that are none of the region's (%v)", len(body), err)
				}
				folder := t.TempDir()
				if got := fetched(t, d, s, folder); got.code != exitDone || !bytes.Equal(mustRead(t, inside(t, folder)[0]), body) {
					t.Errorf("exit code %d: %s", got.code, got.err)
				}
			}
		})
	}
}

// binaries are the contents of the Binary resources of a Bundle.
func binaries(t *testing.T, bundle []byte) [][]byte {
	t.Helper()
	var b struct {
		Entry []struct{ Resource map[string]any }
	}
	if err := json.Unmarshal(bundle, &b); err != nil {
		t.Fatal(err)
	}
	var all [][]byte
	for _, e := range b.Entry {
		if e.Resource["resourceType"] != "Binary" {
			continue
		}
		data, ok := e.Resource["data"].(string)
		if !ok {
			data, _ = e.Resource["content"].(string) // as it is called in STU3
		}
		content, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content)
	}
	return all
}

// witnesses are patients with documents, by region.
func witnesses() map[string]string {
	return map[string]string{
		"cheshire-merseyside": "cerys", "greater-manchester": "margaret", "lancashire-south-cumbria": "margaret",
		"london": "lola", "south-west": "silas", "yorkshire": "margaret",
	}
}

func TestADocumentThatIsNotWhatIsListedLeavesNoFile(t *testing.T) {
	d := all(t)
	client := supplier(t, d)
	for region, slug := range witnesses() {
		kinds := []fault.Kind{fault.Garbage, fault.Truncated, fault.ServerError, fault.Forbidden, fault.Redirect, fault.GiantBody}
		if slices.Contains(overSOAP(), region) {
			kinds = append(kinds, fault.IHEKinds()...)
		}
		p := patient(t, slug)
		for _, s := range oneOf(shelf(t, client, p, region)) {
			for _, kind := range kinds {
				if kind == fault.TooManyResults {
					continue // befalls lists, and what is listed is known already
				}
				t.Run(region+"/"+s.content.GetMediaType()+"/"+string(kind), func(t *testing.T) {
					d.Sandbox.System(region).Fault(sandbox.Fault{Kind: kind, NHSNumber: p.NHSNumber, ResourceType: fault.ContentType})
					defer calm(d)
					_, _, err := client.ReadDocument(t.Context(), s.query)
					mustFailFor(t, err, reasons()[kind])
					mustLeaveNoFile(t, d, s)
				})
			}
		}
	}
}

// oneOf is one document of a shelf, a PDF where there is one.
func oneOf(all []shelved) []shelved {
	if i := slices.IndexFunc(all, func(s shelved) bool { return s.content.GetMediaType() == "application/pdf" }); i > 0 {
		return all[i : i+1]
	}
	return all[:1]
}

// reasons are what a fault of a document's retrieval is called.
func reasons() map[fault.Kind]error {
	down, refusal := sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_REGION_UNAVAILABLE), sdk.Reason(lhcrv1.ErrorReason_ERROR_REASON_REGION_REFUSED)
	return map[fault.Kind]error{
		fault.Garbage: answerInvalid, fault.Truncated: answerInvalid, fault.GiantBody: documentTooLarge,
		fault.ServerError: down, fault.Redirect: down, fault.Forbidden: refusal, fault.SOAPFault: down,
		fault.MissingPart: answerInvalid, fault.WrongHash: answerInvalid, fault.TruncatedMultipart: answerInvalid,
	}
}

// A document is fetched for whom it was listed, and for nobody else.
func TestNobodyGetsAnotherPatientsDocument(t *testing.T) {
	d := all(t)
	client, known := supplier(t, d), bySlug(t)
	for region, slug := range witnesses() {
		others := map[string]sandbox.Patient{"known": known["sadie"], "unknown": known["maeve"]}
		for who, other := range others {
			t.Run(region+"/"+who, func(t *testing.T) {
				for _, s := range shelf(t, client, known[slug], region) {
					s.query.Patient = everything(other).Patient
					_, _, err := client.ReadDocument(t.Context(), s.query)
					mustFailFor(t, err, documentNotFound)
					mustLeaveNoFile(t, d, s)
				}
			})
		}
	}
}
