package fhir_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	"github.com/openlhcr/openlhcr/adapters/fhir"
	"github.com/openlhcr/openlhcr/adapters/fhir/decode"
	"github.com/openlhcr/openlhcr/adapters/fhir/mapping"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
	adapterv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/adapter/v1"
	lhcrv1 "github.com/openlhcr/openlhcr/gen/go/lhcr/v1"
)

// TestARecordSaysTheSameInEitherFormat reads each sandbox patient's record as it is and as
// XML: the answers may differ in nothing but the original bytes.
func TestARecordSaysTheSameInEitherFormat(t *testing.T) {
	all, err := patients.All()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, p := range all {
		for _, region := range p.Regions() {
			compared++
			body := p.Bundle(region)
			in := fhir.Input{RegionID: region, Version: fhir.STU3, Now: now, Strict: true, NHSNumber: p.NHSNumber, Courses: mapping.CourseRuleGPConnect}
			sameFacts(t, p.Slug+" in "+region, in, body, asXML(t, body))
		}
	}
	if compared < 20 {
		t.Errorf("%d records were compared", compared)
	}
}

// sameFacts reads both bodies and holds the answers against each other.
func sameFacts(t *testing.T, name string, in fhir.Input, asJSON, asXML []byte) {
	t.Helper()
	in.IncludeSource = true
	var facts [2]*fhir.Reading
	for i, body := range [][]byte{asJSON, asXML} {
		in.Payloads = []fhir.Payload{{Body: body}}
		got, err := fhir.Read(in)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		facts[i] = got
	}
	if diff := cmp.Diff(facts[0].Account, facts[1].Account); diff != "" {
		t.Errorf("%s: the account differs (-json +xml):\n%s", name, diff)
	}
	if diff := cmp.Diff(stable(t, facts[0].Response), stable(t, facts[1].Response), protocmp.Transform(), plainNumbers()); diff != "" {
		t.Errorf("%s: the answer differs (-json +xml):\n%s", name, diff)
	}
}

// plainNumbers lets through what only JSON tells of an element that no struct knows: that
// its value is a number.
func plainNumbers() cmp.Option {
	return protocmp.FilterMessage(&lhcrv1.Value{}, cmp.Comparer(func(a, b protocmp.Message) bool {
		if x, y := plainWords(a), plainWords(b); x != "" || y != "" {
			return x == y
		}
		return cmp.Equal(a, b)
	}))
}

// plainWords is a value that is text or a number.
func plainWords(m protocmp.Message) string {
	for _, kind := range []string{"text", "integer"} {
		if words, ok := m[kind].(string); ok {
			return words
		}
	}
	return ""
}

// stable is an answer without its originals, and without the ids that were made from them.
func stable(t *testing.T, r *adapterv1.FetchResponse) *adapterv1.FetchResponse {
	t.Helper()
	out := proto.CloneOf(r)
	out.Sources = nil
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	headers(out.GetRecord().ProtoReflect(), func(h *lhcrv1.ItemHeader) {
		if h.GetItemIdUnstable() {
			raw = bytes.ReplaceAll(raw, []byte(h.GetItemId()), bytes.Repeat([]byte("x"), len(h.GetItemId())))
		}
	})
	out = &adapterv1.FetchResponse{}
	if err := proto.Unmarshal(raw, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// headers calls do for the header of every item.
func headers(m protoreflect.Message, do func(*lhcrv1.ItemHeader)) {
	if h, ok := m.Interface().(*lhcrv1.ItemHeader); ok {
		do(h)
		return
	}
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsMap() || f.Message() == nil:
		case f.IsList():
			for i := range v.List().Len() {
				headers(v.List().Get(i).Message(), do)
			}
		default:
			headers(v.Message(), do)
		}
		return true
	})
}

// fhirXML calls do for every published file that is FHIR XML.
func fhirXML(t *testing.T, do func(path string, body []byte)) {
	t.Helper()
	root := testdata(t)
	count := 0
	err := filepath.WalkDir(root, func(p string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(p, ".xml") {
			return err
		}
		body, err := os.ReadFile(p)
		if err != nil || decode.FormatOf(body) != decode.FormatFHIRXML {
			return err
		}
		count++
		do(p, body)
		return nil
	})
	if err != nil || count < 216 {
		t.Fatalf("read %d files: %v", count, err)
	}
}

func TestEveryPublishedXMLFileIsRead(t *testing.T) {
	fhirXML(t, func(path string, body []byte) {
		got, err := fhir.Read(fhir.Input{RegionID: "test", Payloads: []fhir.Payload{{Body: body}}, Now: now, Strict: true, IncludeSource: true})
		if err != nil {
			t.Errorf("%s: %v", path, err)
			return
		}
		wellFormed(t, path, got)
		if got.Account.Resources == 0 && !strings.Contains(path, "-No") {
			t.Errorf("%s: nothing came of it", path)
		}
		for _, s := range got.Response.GetSources() {
			if !bytes.Contains(body, s.GetContent()) || s.GetContent()[0] != '<' || s.GetMediaType() != "application/fhir+xml" {
				t.Errorf("%s: an original is no part of the file, or said to be %s", path, s.GetMediaType())
			}
		}
	})
}

// TestPublishedPairsSayTheSame compares what was published in both formats.
func TestPublishedPairsSayTheSame(t *testing.T) {
	pairs := 0
	fhirXML(t, func(path string, body []byte) {
		dir, file := filepath.Split(strings.TrimSuffix(path, ".xml") + ".json")
		for _, other := range []string{strings.Replace(dir, "/xml/", "/json/", 1) + file, dir + "json-derived/" + file} {
			if asJSON, err := os.ReadFile(other); err == nil {
				pairs++
				sameFacts(t, filepath.Base(other), fhir.Input{RegionID: "test", Now: now, Strict: true}, asJSON, body)
			}
		}
	})
	if pairs < 100 {
		t.Errorf("%d pairs", pairs)
	}
}

func TestOriginalsOfXMLAreXML(t *testing.T) {
	condition := `<Condition><id value="c"/><subject><reference value="Patient/p"/></subject><note><text value="caf` + "\xe9" + `"/></note></Condition>`
	patient := `<Patient><id value="p"/><identifier><system value="https://fhir.nhs.uk/Id/nhs-number"/><value value="` + ann + `"/></identifier></Patient>`
	body := `<Bundle xmlns="http://hl7.org/fhir"><type value="searchset"/><entry><resource>` + patient + `</resource></entry><entry><resource>` + condition + `</resource></entry></Bundle>`
	for _, tc := range []struct {
		name, declaration, media string
		version                  fhir.Version
	}{
		{"STU3", "", "application/fhir+xml; fhirVersion=3.0", fhir.STU3},
		{"R4 in Windows-1252", `<?xml version="1.0" encoding="windows-1252"?>`, "application/fhir+xml; fhirVersion=4.0; charset=windows-1252", fhir.R4},
		{"unstated", "\xef\xbb\xbf", "application/fhir+xml", fhir.VersionUnstated},
	} {
		t.Run(tc.name, func(t *testing.T) {
			in := input(sections(problems), tc.declaration+body)
			in.IncludeSource, in.Version = true, tc.version
			got := read(t, in)
			want := []*lhcrv1.SourceResource{{
				RegionId: "test", ItemId: record(got).GetProblems()[0].GetHeader().GetItemId(), MediaType: tc.media, Content: []byte(condition),
			}}
			if diff := cmp.Diff(want, got.Response.GetSources(), protocmp.Transform()); diff != "" {
				t.Errorf("the originals differ (-want +got):\n%s", diff)
			}
		})
	}
}

// TestOriginalsKeepTheMediaTypeOfTheirPage mixes a page of each format.
func TestOriginalsKeepTheMediaTypeOfTheirPage(t *testing.T) {
	asJSON := annsRecord(of("Condition a"))
	asOther, err := decode.JSON([]byte(annsRecord(of("Condition c"))), 0)
	if err != nil {
		t.Fatal(err)
	}
	in := input(sections(problems), asJSON, string(asXML(t, []byte(annsRecord(of("Condition b"))))))
	in.Payloads = append(in.Payloads, fhir.Payload{Read: asOther, MediaType: "text/xml"})
	in.IncludeSource, in.Version = true, fhir.R4
	var got []string
	for _, s := range read(t, in).Response.GetSources() {
		got = append(got, s.GetMediaType())
	}
	want := []string{"application/fhir+json; fhirVersion=4.0", "application/fhir+xml; fhirVersion=4.0", "text/xml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOtherXMLIsNoRecord(t *testing.T) {
	for name, body := range map[string]string{
		"a web page":      "<!DOCTYPE html><html><body>9990000018</body></html>",
		"a document":      `<ClinicalDocument xmlns="urn:hl7-org:v3"><id extension="9990000018"/></ClinicalDocument>`,
		"broken markup":   `<Bundle xmlns="http://hl7.org/fhir"><entry></Bundle>`,
		"an entity":       `<!DOCTYPE Bundle [<!ENTITY a "b">]><Bundle xmlns="http://hl7.org/fhir"/>`,
		"half a web page": "<html><body>",
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fhir.Read(input(sections(problems), body))
			if !errors.Is(err, decode.ErrNotJSON) || !errors.Is(err, decode.ErrNotXML) || strings.Contains(err.Error(), "999") {
				t.Errorf("got %v", err)
			}
		})
	}
	_, err := fhir.Read(input(sections(problems), `<Bundle xmlns="http://hl7.org/fhir"><entry>`))
	if !errors.Is(err, decode.ErrTruncated) {
		t.Errorf("half a bundle: %v", err)
	}
}
