package house

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// namespaces are addresses that name a code system, an identifier system, a
// profile or an XML vocabulary. Nothing is ever fetched from them. An entry
// with a path permits only what begins with it: that host serves people too.
var namespaces = strings.Fields(`
	fhir.hl7.org.uk fhir.nhs.uk fhir.nhs.net hl7.org www.hl7.org terminology.hl7.org
	www.nlm.nih.gov/research/umls/rxnorm www.ama-assn.org/go/cpt nucc.org/provider-taxonomy fdasis.nlm.nih.gov
	ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl www.cms.gov/Medicare/Coding/ICD10
	www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html schemas.xmlsoap.org/soap/envelope/
	snomed.info loinc.org unitsofmeasure.org read.info dmd.nhs.uk dicom.nema.org www.w3.org
	docs.oasis-open.org/ profiles.ihe.net/
	yhcr.nhs.uk/Source yhcr.nhs.uk/Provenance yhcr.nhs.uk/RequestId
	fhir.yhcr.nhs.uk/StructureDefinition/ fhir.yhcr.nhs.uk/Id/ fhir.yhcr.nhs.uk/CodeSystem/
	fhir.interweavedigital.nhs.uk/Source fhir.interweavedigital.nhs.uk/Provenance`)

// reserved are the names that no machine of anybody's answers to (RFC 2606, RFC 6761).
var reserved = []string{".invalid", ".example", ".test", ".localhost"}

// local are the addresses of the developer's own machine.
var local = []string{"localhost", "127.0.0.1", "[::1]"}

// address matches a web address up to what cannot belong to it. Its host is
// empty, or holds % { or $, where the program puts the address together.
var address = regexp.MustCompile("(?i)https?://([^\\s\"'`<>\\\\|)]*)")

// strangers lists the addresses in source that are no namespace and no placeholder.
func strangers(name, source string) []string {
	var found []string
	for number, line := range strings.Split(source, "\n") {
		for _, match := range address.FindAllStringSubmatch(line, -1) {
			if !permitted(match[1]) {
				found = append(found, fmt.Sprintf("%s:%d names the address %s: only namespaces and placeholders may stand in the code", name, number+1, match[0]))
			}
		}
	}
	return found
}

// permitted judges what follows "https://".
func permitted(rest string) bool {
	host, _, _ := strings.Cut(rest, "/")
	host = strings.ToLower(host)
	if host == "" || strings.ContainsAny(host, "%{$") {
		return true
	}
	for _, namespace := range namespaces {
		if namespace == host || strings.Contains(namespace, "/") && strings.HasPrefix(rest, namespace) {
			return true
		}
	}
	return isPlaceholder(host)
}

func isPlaceholder(host string) bool {
	for _, name := range local {
		if host == name || strings.HasPrefix(host, name+":") {
			return true
		}
	}
	host, _, _ = strings.Cut(host, ":")
	host = strings.TrimRight(host, ".,;")
	for _, suffix := range reserved {
		if strings.HasSuffix(host, suffix) {
			return true
		}
	}
	return false
}

func TestNoRealAddressIsNamed(t *testing.T) {
	root := repository(t)
	for _, name := range handWritten(projectFiles(t, root), ".go", ".yaml", ".yml", ".proto") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		report(t, strangers(name, string(source)))
	}
}

func TestARealAddressIsFound(t *testing.T) {
	tests := map[string]bool{
		`const system = "https://fhir.nhs.uk/Id/nhs-number"`:   true,
		`const tag = "https://yhcr.nhs.uk/Source"`:             true,
		`base_url: https://fhir.dorset.invalid/r4`:             true,
		`address: http://localhost:8080/`:                      true,
		`address: http://127.0.0.1:8080/`:                      true,
		`"https://" + host + "/fhir"`:                          true,
		`fmt.Sprintf("https://%s/fhir", host)`:                 true,
		`base_url: https://fhir.yhcr.nhs.uk/fhir`:              false,
		`base_url: https://api.service.nhs.uk/records`:         false,
		`base_url: HTTPS://API.SERVICE.NHS.UK/records`:         false,
		`base_url: https://fhir.nhs.uk.attacker.co/`:           false,
		`base_url: https://localhost.attacker.co/`:             false,
		`base_url: https://invalid/`:                           false,
		`// see https://github.com/someone/something`:          false,
		`https://a.example/ and then https://b.service.nhs.uk`: false,
	}
	for source, want := range tests {
		if got := len(strangers("file.yaml", source)) == 0; got != want {
			t.Errorf("%s: permitted is %t, want %t", source, got, want)
		}
	}
	got := strangers("a/b.go", "package b\n\n// https://real.nhs.uk/x\n")
	want := []string{"a/b.go:3 names the address https://real.nhs.uk/x: only namespaces and placeholders may stand in the code"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("strangers (-want +got):\n%s", diff)
	}
}
