package main

import (
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const clinicLetter = `<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<id root="1.2.3" extension="clinicLetter"/><title>Clinic clinicLetter</title>
<recordTarget><patientRole><id root="2.16.840.1.113883.2.1.4.1" extension="9990000018"/><patient><birthTime value="19510417"/></patient></patientRole></recordTarget>
<component><structuredBody><component><section><code code="48765-2" codeSystem="2.16.840.1.113883.6.1"/><title>Allergies</title><text>Latex</text>
<entry><observation classCode="OBS" moodCode="EVN"><value xsi:type="CD" code="1003755004" codeSystem="2.16.840.1.113883.6.96" displayName="Allergy to latex"/></observation></entry>
</section></component></structuredBody></component></ClinicalDocument>`

func repositoryAnswer(documents ...string) string {
	out := `<RetrieveDocumentSetResponse xmlns="urn:ihe:iti:xds-b:2007"><rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"/>`
	for i, d := range documents {
		out += `<DocumentResponse><RepositoryUniqueId>1.2</RepositoryUniqueId><DocumentUniqueId>1.2.3.` + string('1'+rune(i)) + `</DocumentUniqueId><mimeType>application/octet-stream</mimeType><Document>` +
			base64.StdEncoding.EncodeToString([]byte(d)) + `</Document></DocumentResponse>`
	}
	return out + `</RetrieveDocumentSetResponse>`
}

const envelope = `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Header/><e:Body>`

func TestInspectReadsEachKindByItself(t *testing.T) {
	fhirXML := `<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/><entry><resource><AllergyIntolerance><code><text value="Latex"/></code></AllergyIntolerance></resource></entry></Bundle>`
	pdf := strings.Replace(clinicLetter, clinicLetter[strings.Index(clinicLetter, "<structuredBody>"):strings.Index(clinicLetter, "</component></ClinicalDocument>")],
		`<nonXMLBody><text mediaType="application/pdf" representation="B64">JVBERg==</text></nonXMLBody>`, 1)
	registry := `<query:AdhocQueryResponse xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"><rs:RegistryErrorList xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"><rs:RegistryError errorCode="XDSRegistryBusy" severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/></rs:RegistryErrorList></query:AdhocQueryResponse>`
	repository := repositoryAnswer(clinicLetter, "%PDF-1.7")
	for name, c := range map[string]struct {
		body string
		says []string
	}{
		"FHIR XML":                     {fhirXML, []string{"Latex"}},
		"a clinical document":          {clinicLetter, []string{"Allergy to latex", "Clinic clinicLetter", "Latex"}},
		"a section alone":              {clinicLetter[strings.Index(clinicLetter, "<section>") : strings.Index(clinicLetter, "</section>")+len("</section>")], []string{"Allergy to latex", "would deliver nothing"}},
		"an unstructured document":     {pdf, []string{"application/pdf of 4 bytes", "Clinic clinicLetter"}},
		"a registry's answer":          {registry, []string{"XDSRegistryBusy"}},
		"a registry's in SOAP":         {envelope + registry + `</e:Body></e:Envelope>`, []string{"XDSRegistryBusy"}},
		"a repository's answer":        {repository, []string{"2 documents came", "Allergy to latex", "application/octet-stream"}},
		"a repository's in SOAP":       {envelope + repository + `</e:Body></e:Envelope>`, []string{"2 documents came", "Allergy to latex"}},
		"FHIR in a repository":         {repositoryAnswer(latex), []string{"1 documents came", "Latex"}},
		"a repository's in parts":      {parts(repository), []string{"2 documents came", "Allergy to latex"}},
		"a captured HTTP message":      {"POST /x HTTP/1.1\r\nContent-Type: multipart/related; boundary=b\r\n\r\n" + parts(repository), []string{"Allergy to latex"}},
		"a repository that sends none": {envelope + repositoryAnswer() + `</e:Body></e:Envelope>`, []string{"0 documents came"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := lhcr(t, "", "inspect", write(t, "file", c.body))
			if got.code != exitDone {
				t.Fatal(got.err)
			}
			mustSay(t, got.out, c.says...)
		})
	}
}

// A document that came cut short, or not at all, may have named an allergy: no section says then that nothing is
// recorded.
func TestInspectSaysWhichDocumentsOfARepositoryAreBroken(t *testing.T) {
	half := clinicLetter[:len(clinicLetter)/2]
	for name, body := range map[string]string{
		"cut short":        envelope + repositoryAnswer(half) + `</e:Body></e:Envelope>`,
		"beside a whole":   repositoryAnswer(half, clinicLetter),
		"cut by its parts": parts(repositoryAnswer(half)),
		"empty":            repositoryAnswer(""),
		"XML by its type":  strings.Replace(repositoryAnswer("Latex"), "application/octet-stream", "text/xml; charset=utf-8", 1),
	} {
		t.Run(name, func(t *testing.T) {
			got := lhcr(t, "", "inspect", write(t, "file", body))
			if got.code != exitDone {
				t.Fatal(got.err)
			}
			mustSay(t, got.out, "a document could not be read: what it holds is missing", "not whole")
			if strings.Contains(got.out, "Nothing recorded.") {
				t.Error("a section is said to hold nothing")
			}
		})
	}
}

// parts makes a message of one part out of XML.
func parts(xml string) string {
	return "--b\r\nContent-Type: application/xop+xml; type=\"application/soap+xml\"\r\nContent-ID: <root>\r\n\r\n" + envelope + xml + "</e:Body></e:Envelope>\r\n--b--\r\n"
}

func TestInspectSaysWhatItCannotRead(t *testing.T) {
	for name, c := range map[string]struct{ body, says string }{
		"a schema":             {`<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>`, "an XML schema"},
		"a question":           {`<query:AdhocQueryRequest xmlns:query="urn:x"/>`, "a question to a document registry"},
		"a question in SOAP":   {envelope + `<RetrieveDocumentSetRequest/></e:Body></e:Envelope>`, "a question to a document repository"},
		"a fault":              {envelope + `<e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code></e:Fault></e:Body></e:Envelope>`, "a SOAP fault"},
		"an assertion":         {`<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>`, "an assertion about a user"},
		"a patient query":      {envelope + `<PRPA_IN201309UV02/></e:Body></e:Envelope>`, "an HL7 version 3 message about who a patient is"},
		"a web page":           {`<!DOCTYPE html><html><body>Sign in</body></html>`, "declares a document type"},
		"a plain web page":     {`<html><body>Sign in</body></html>`, "a web page"},
		"another XML":          {`<note>9990000018</note>`, "XML of a kind that is not known"},
		"an entity":            {`<!DOCTYPE x [<!ENTITY e "9990000018">]><ClinicalDocument xmlns="urn:hl7-org:v3">&e;</ClinicalDocument>`, "declares a document type"},
		"XML that is broken":   {`<ClinicalDocument xmlns="urn:hl7-org:v3"><title></ClinicalDocument>`, "not well formed"},
		"a document cut short": {clinicLetter[:700], "cut short"},
		"words":                {"Dear colleague, 9990000018", "neither JSON nor XML"},
		"a picture":            {"\x89PNG\r\n", "neither JSON nor XML"},
		"nothing":              {"", "neither JSON nor XML"},
		"a forced kind":        {"", "what can be read is"},
	} {
		t.Run(name, func(t *testing.T) {
			args := []string{"inspect", write(t, "file", c.body)}
			if name == "a forced kind" {
				args = append(args, "--as", "cda")
			}
			got := lhcr(t, "", args...)
			if got.code != exitFailed {
				t.Errorf("exit code %d:\n%s", got.code, got.out)
			}
			mustSay(t, got.err, c.says, "what can be read is FHIR as JSON or XML")
			mustNotSay(t, got.err, "9990000018")
		})
	}
}

func TestInspectTakesAForcedKind(t *testing.T) {
	mustSay(t, lhcr(t, "", "inspect", "--as", "repository", write(t, "r.xml", repositoryAnswer(clinicLetter))).out, "Allergy to latex")
	if got := lhcr(t, "", "inspect", "--as", "registry", write(t, "l.xml", clinicLetter)); got.code != exitFailed {
		t.Errorf("a letter was read as a registry's answer:\n%s", got.out)
	}
}

// Every published file of what regions and national services send is read with an account that balances, or refused in
// words that say what it is.
func TestInspectReadsOrRefusesEveryPublishedKind(t *testing.T) {
	root := os.Getenv("LHCR_TESTDATA")
	if root == "" {
		t.Skip("LHCR_TESTDATA does not name the folder of the published examples")
	}
	for folder, atLeast := range map[string]int{
		"scr-r4": 6, "ihe-xds-xca": 15, "ihe-mhd": 3, "cda": 49, "uk-core-r4": 242, "pathology-r4": 49, "immunisation-r4": 8, "pds-r4": 22,
	} {
		t.Run(folder, func(t *testing.T) {
			files := filesIn(t, filepath.Join(root, folder))
			got := lhcr(t, "", append([]string{"inspect", "--format", "json"}, files...)...)
			all := lines(t, got.out)
			for _, l := range all {
				if a := l.Account; a.Resources != a.Items+a.Supporting+a.Reported {
					t.Errorf("an account does not balance: %+v", a)
				}
			}
			refused := 0
			for said := range strings.Lines(got.err) {
				if !strings.HasPrefix(said, "lhcr: "+root) {
					continue
				}
				refused++
				if !strings.Contains(said, "what can be read is") && !strings.Contains(said, "several NHS numbers") {
					t.Error(said)
				}
			}
			if len(all) < atLeast || len(all)+refused != len(files) {
				t.Errorf("%d files: %d read, %d refused", len(files), len(all), refused)
			}
		})
	}
}

// filesIn are the files of a folder, what describes it left out.
func filesIn(t *testing.T, folder string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() != "README.md" {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
