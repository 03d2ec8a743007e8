package cda

import (
	"strconv"
	"strings"

	"github.com/openlhcr/openlhcr/adapters/fhir/model"
	"github.com/openlhcr/openlhcr/adapters/xmltree"
)

const (
	loinc       = "http://loinc.org"
	v3          = "http://terminology.hl7.org/CodeSystem/v3-"
	nullFlavors = v3 + "NullFlavor"
	actCode     = v3 + "ActCode"
)

// codeSystems are the addresses of code systems by their OIDs: HL7's registry, and NHS England's for the British ones
// (as GP2GP and ITK messages use them). Read only.
var codeSystems = map[string]string{
	"2.16.840.1.113883.6.96":           model.SNOMED,
	"2.16.840.1.113883.2.1.3.2.4.15":   model.SNOMED, // the UK edition, with dm+d inside it
	"2.16.840.1.113883.6.1":            loinc,
	"2.16.840.1.113883.6.8":            ucum,
	"2.16.840.1.113883.6.88":           "http://www.nlm.nih.gov/research/umls/rxnorm",
	"2.16.840.1.113883.6.69":           "http://hl7.org/fhir/sid/ndc",
	"2.16.840.1.113883.6.3":            "http://hl7.org/fhir/sid/icd-10",
	"2.16.840.1.113883.6.90":           "http://hl7.org/fhir/sid/icd-10-cm",
	"2.16.840.1.113883.6.103":          "http://hl7.org/fhir/sid/icd-9-cm",
	"2.16.840.1.113883.6.104":          "http://hl7.org/fhir/sid/icd-9-cm",
	"2.16.840.1.113883.6.4":            "http://www.cms.gov/Medicare/Coding/ICD10",
	"2.16.840.1.113883.6.12":           "http://www.ama-assn.org/go/cpt",
	"2.16.840.1.113883.12.292":         "http://hl7.org/fhir/sid/cvx",
	"2.16.840.1.113883.12.227":         "http://hl7.org/fhir/sid/mvx",
	"2.16.840.1.113883.6.101":          "http://nucc.org/provider-taxonomy",
	"2.16.840.1.113883.3.26.1.1":       "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
	"2.16.840.1.113883.4.9":            "http://fdasis.nlm.nih.gov",
	"2.16.840.1.113883.6.259":          "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html",
	"2.16.840.1.113883.2.1.6.2":        "http://read.info/readv2",
	"2.16.840.1.113883.2.1.3.2.4.14":   "http://read.info/ctv3",
	"2.16.840.1.113883.2.1.6.3":        "https://fhir.hl7.org.uk/Id/egton-codes",
	"2.16.840.1.113883.2.1.6.4":        "https://fhir.hl7.org.uk/Id/multilex-drug-codes",
	"2.16.840.1.113883.2.1.6.9":        "https://fhir.hl7.org.uk/Id/emis-drug-codes",
	"2.16.840.1.113883.2.1.6.15":       "https://fhir.hl7.org.uk/Id/resipuk-gemscript-drug-codes",
	"1.2.826.0.1285.0.2.1.104":         "https://fhir.nhs.uk/CodeSystem/NHSDigital-SDS-JobRoleCode",
	"2.16.840.1.113883.5.1":            v3 + "AdministrativeGender",
	"2.16.840.1.113883.5.2":            v3 + "MaritalStatus",
	"2.16.840.1.113883.5.4":            actCode,
	"2.16.840.1.113883.5.6":            v3 + "ActClass",
	"2.16.840.1.113883.5.7":            v3 + "ActPriority",
	"2.16.840.1.113883.5.8":            v3 + "ActReason",
	"2.16.840.1.113883.5.14":           v3 + "ActStatus",
	"2.16.840.1.113883.5.25":           v3 + "Confidentiality",
	"2.16.840.1.113883.5.60":           v3 + "LanguageAbilityMode",
	"2.16.840.1.113883.5.61":           v3 + "LanguageAbilityProficiency",
	"2.16.840.1.113883.5.83":           v3 + "ObservationInterpretation",
	"2.16.840.1.113883.5.84":           v3 + "ObservationMethod",
	"2.16.840.1.113883.5.88":           v3 + "ParticipationFunction",
	"2.16.840.1.113883.5.110":          v3 + "RoleClass",
	"2.16.840.1.113883.5.111":          v3 + "RoleCode",
	"2.16.840.1.113883.5.112":          v3 + "RouteOfAdministration",
	"2.16.840.1.113883.5.139":          v3 + "TimingEvent",
	"2.16.840.1.113883.5.1001":         v3 + "ActMood",
	"2.16.840.1.113883.5.1008":         nullFlavors,
	"2.16.840.1.113883.5.1076":         v3 + "ReligiousAffiliation",
	"2.16.840.1.113883.6.238":          "urn:oid:2.16.840.1.113883.6.238",
	"2.16.840.1.113883.2.1.3.2.4.16.1": "urn:oid:2.16.840.1.113883.2.1.3.2.4.16.1",
}

// system is the address of the code system that an element names: by its OID, else by the name that stands there.
func system(e *xmltree.Element) string {
	oid := strings.TrimSpace(e.Attr("codeSystem"))
	if uri, ok := codeSystems[oid]; ok {
		return uri
	}
	if table, ok := strings.CutPrefix(oid, "2.16.840.1.113883.12."); ok {
		if n, err := strconv.Atoi(table); err == nil && n < 10_000 {
			return "http://terminology.hl7.org/CodeSystem/v2-" + ("0000" + table)[len(table):]
		}
	}
	if oid == "" {
		return e.Attr("codeSystemName")
	}
	return uriOf(oid)
}

// uriOf makes an address of a root: an OID or a UUID, else what stands there.
func uriOf(root string) string {
	switch {
	case isOID(root):
		return "urn:oid:" + root
	case isUUID(root):
		return "urn:uuid:" + strings.ToLower(root)
	}
	return root
}

func isOID(s string) bool {
	dots := 0
	for i := range len(s) {
		switch {
		case s[i] == '.':
			dots++
		case s[i] < '0' || s[i] > '9':
			return false
		}
	}
	return dots > 0 && s[0] != '.'
}

func isUUID(s string) bool {
	return len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-'
}
