package patients_test

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/openlhcr/openlhcr/adapters/sandbox/documents"
	"github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)

// folders are the patient's documents, exchange by exchange.
func folders(t *testing.T, p patients.Patient) []*documents.Folder {
	t.Helper()
	var found []*documents.Folder
	for _, region := range p.DocumentRegions() {
		folder, err := documents.Of(p, region)
		if err != nil {
			t.Fatalf("%s in %s: %v", p.Slug, region, err)
		}
		found = append(found, folder)
	}
	return found
}

// document tells whether one of the patient's documents passes the test.
func document(test func(patients.Patient, documents.Document) bool) func(*testing.T, patients.Patient) bool {
	return func(t *testing.T, p patients.Patient) bool {
		for _, folder := range folders(t, p) {
			if slices.ContainsFunc(folder.Documents, func(d documents.Document) bool { return test(p, d) }) {
				return true
			}
		}
		return false
	}
}

func folder(test func(*documents.Folder) bool) func(*testing.T, patients.Patient) bool {
	return func(t *testing.T, p patients.Patient) bool { return slices.ContainsFunc(folders(t, p), test) }
}

var (
	instant     = regexp.MustCompile(`^[0-9]{4}([0-9]{2}){0,5}$`)
	cdaPatient  = regexp.MustCompile(`root="2\.16\.840\.1\.113883\.2\.1\.4\.1" extension="([0-9]{10})"`)
	allergyCode = regexp.MustCompile(`-observation"/>\s*<code code="ASSERTION"[^>]*/>\s*<text>.*</text>\s*<statusCode[^>]*/>\s*<effectiveTime>.*</effectiveTime>\s*<value xsi:type="CD" code="([0-9]+)"`)
)

func contains(d documents.Document, words ...string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !bytes.Contains(d.Content, []byte(w)) })
}

// documentProofs are proofs of the hazards of documents.
func documentProofs() map[patients.Hazard]func(*testing.T, patients.Patient) bool {
	return map[patients.Hazard]func(*testing.T, patients.Patient) bool{
		patients.AllergyInDocument: func(t *testing.T, p patients.Patient) bool {
			return document(func(p patients.Patient, d documents.Document) bool {
				for _, match := range allergyCode.FindAllSubmatch(d.Content, -1) {
					if !says(string(match[1]))(t, p) {
						return true
					}
				}
				return false
			})(t, p)
		},
		patients.DocumentReplaced: folder(func(f *documents.Folder) bool {
			return slices.ContainsFunc(f.Documents, func(d documents.Document) bool { return d.Status == documents.Deprecated }) &&
				slices.ContainsFunc(f.Documents, func(d documents.Document) bool { return d.Replaces != "" && contains(d, "RPLC") })
		}),
		patients.DocumentRestricted: func(t *testing.T, p patients.Patient) bool {
			is := func(label string) bool {
				return document(func(_ patients.Patient, d documents.Document) bool { return d.Confidentiality == label })(t, p)
			}
			return is("R") && is("V")
		},
		patients.DocumentWordsOnly: document(func(_ patients.Patient, d documents.Document) bool {
			return contains(d, "<structuredBody>", "<table>") && !contains(d, "<entry")
		}),
		patients.DocumentWrongHash: document(func(_ patients.Patient, d documents.Document) bool {
			return d.Hash != documents.Hash(d.Content)
		}),
		patients.DocumentBroken: document(func(_ patients.Patient, d documents.Document) bool {
			return d.MediaType == "text/xml" && !wellFormed(d.Content)
		}),
		patients.DocumentOfAnother: document(func(p patients.Patient, d documents.Document) bool {
			match := cdaPatient.FindSubmatch(d.Content)
			return d.About == "" && match != nil && string(match[1]) != p.NHSNumber
		}),
		patients.DocumentLost:     document(func(_ patients.Patient, d documents.Document) bool { return d.Lost }),
		patients.DocumentTooLarge: document(func(_ patients.Patient, d documents.Document) bool { return d.Size > 8<<20 }),
		patients.ManyDocuments: folder(func(f *documents.Folder) bool {
			allergies := 0
			for _, d := range f.Documents {
				allergies += len(allergyIn(d))
			}
			return len(f.Documents) >= 60 && allergies == 1 && len(allergyIn(f.Documents[0])) == 1
		}),
		patients.NoDocuments: folder(func(f *documents.Folder) bool { return f.InDomain && len(f.Documents) == 0 }),
		patients.IndexOnly:   folder(func(f *documents.Folder) bool { return !f.InDomain }),
	}
}

func allergyIn(d documents.Document) [][]byte {
	return regexp.MustCompile(`displayName="Allerg[^"]* to [^"]*"`).FindAll(d.Content, -1)
}

func wellFormed(content []byte) bool {
	decoder := xml.NewDecoder(bytes.NewReader(content))
	decoder.CharsetReader = latin1
	for {
		switch _, err := decoder.Token(); {
		case err == nil:
		case err.Error() == "EOF":
			return true
		default:
			return false
		}
	}
}

func TestDocumentsAreWhatTheirRegistrySays(t *testing.T) {
	unique := map[string]string{}
	for _, p := range all(t) {
		for _, f := range folders(t, p) {
			for _, d := range f.Documents {
				name := p.Slug + " " + d.Name
				if owner, taken := unique[d.UniqueID]; taken {
					t.Errorf("%s: unique id of %s", name, owner)
				}
				unique[d.UniqueID] = name
				checkDocument(t, p, d, name)
			}
		}
	}
	if len(unique) < 90 {
		t.Errorf("%d documents, want 90", len(unique))
	}
}

func checkDocument(t *testing.T, p patients.Patient, d documents.Document, name string) {
	t.Helper()
	switch d.MediaType {
	case "application/pdf":
		if !bytes.HasPrefix(d.Content, []byte("%PDF-1.4\n")) || !bytes.HasSuffix(d.Content, []byte("%%EOF\n")) {
			t.Errorf("%s is no PDF", name)
		}
	case "text/xml":
		if !contains(d, `<id root="`+d.UniqueID+`"/>`, `<confidentialityCode code="`+d.Confidentiality+`"`) {
			t.Errorf("%s: the registry has another id or confidentiality", name)
		}
		if !wellFormed(d.Content) && !slices.Contains(p.Hazards, patients.DocumentBroken) {
			t.Errorf("%s is no XML", name)
		}
		number := p.NHSNumber
		if d.About != "" {
			number = d.About
		}
		if match := cdaPatient.FindSubmatch(d.Content); (match == nil || string(match[1]) != number) &&
			!slices.Contains(p.Hazards, patients.DocumentOfAnother) {
			t.Errorf("%s is about another patient", name)
		}
	}
	if d.Author.ODS == "" || d.Title == "" || !instant.MatchString(d.Created) || strings.Contains(d.Title, p.NHSNumber) {
		t.Errorf("%s: its entry lacks something", name)
	}
}

func TestSeriesIsAlwaysTheSame(t *testing.T) {
	hashes := func() (all []string) {
		for _, p := range patientsWith(t, patients.ManyDocuments) {
			for _, d := range folders(t, p)[0].Documents {
				all = append(all, d.Hash)
			}
		}
		return all
	}
	first := hashes()
	if !slices.Equal(first, hashes()) {
		t.Error("two readings differ")
	}
	if slices.Sort(first); len(slices.Compact(first)) < 60 {
		t.Error("documents of a series are alike")
	}
}

func patientsWith(t *testing.T, h patients.Hazard) (found []patients.Patient) {
	t.Helper()
	for _, p := range all(t) {
		if slices.Contains(p.Hazards, h) {
			found = append(found, p)
		}
	}
	return found
}
