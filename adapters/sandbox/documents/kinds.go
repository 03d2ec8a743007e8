package documents

import "fmt"

// The OIDs of the coding schemes that registries name.
const (
	snomedUK     = "2.16.840.1.113883.2.1.3.2.4.15"
	formatCodes  = "1.3.6.1.4.1.19376.1.2.3"
	cdaMedia     = "text/xml"
	pdfMedia     = "application/pdf"
	textMedia    = "text/plain"
	sufficient   = "urn:ihe:iti:xds:2017:mimeTypeSufficient"
	medicalSum   = "urn:ihe:pcc:xds-ms:2007"
	sharedRecord = "urn:ihe:pcc:xphr:2007"
)

// kind is what documents of one sort have in common.
type kind struct {
	class, typ Code
	format     Code
	media      string
}

func snomed(code, display string) Code { return Code{Code: code, Display: display, System: snomedUK} }

func format(code, display string) Code {
	return Code{Code: code, Display: display, System: formatCodes}
}

// kinds are the sorts of document that the patients have. The class is what a registry files under, the type what it is.
func kinds() map[string]kind {
	report := snomed("371531000", "Report of clinical encounter")
	letter := snomed("823691000000103", "Clinical letter")
	any := format(sufficient, "mimeType Sufficient")
	return map[string]kind{
		"discharge-summary": {report, snomed("373942005", "Discharge summary"), format(medicalSum, "XDS Medical Summaries"), cdaMedia},
		"clinic-letter":     {letter, snomed("823681000000100", "Outpatient letter"), format(sharedRecord, "HL7 CCD Document"), cdaMedia},
		"text-cda":          {letter, snomed("823681000000100", "Outpatient letter"), format("urn:ihe:iti:xds-sd:text:2008", "CDA wrapped text"), cdaMedia},
		"pdf-letter":        {letter, letter, any, pdfMedia},
		"pdf-report":        {report, snomed("4201000179104", "Imaging report"), any, pdfMedia},
		"note":              {report, snomed("371531000", "Report of clinical encounter"), any, textMedia},
	}
}

func (d *Document) classify() error {
	k, ok := kinds()[d.Kind]
	if !ok {
		return fmt.Errorf("%s is of no known kind: %q", d.Name, d.Kind)
	}
	d.Class, d.Type, d.Format = k.class, k.typ, k.format
	if d.MediaType == "" {
		d.MediaType = k.media
	}
	return nil
}
