package main

import "testing"

func TestExtensionsOfDocuments(t *testing.T) {
	for media, want := range map[string]string{
		"application/pdf": ".pdf", "Text/Plain; charset=utf-8": ".txt", "text/xml": ".xml", "application/hl7-cda+xml": ".xml", "image/tiff": ".tif",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx", "application/msword": ".doc", "application/fhir+json": ".json",
		"application/xhtml+xml": ".html", "application/octet-stream": ".bin", "../../etc/passwd": ".bin", "x/../../y+xml": ".xml", "": ".bin",
	} {
		if got := extensions(media)[0]; got != want {
			t.Errorf("%q: %q, want %q", media, got, want)
		}
	}
}
