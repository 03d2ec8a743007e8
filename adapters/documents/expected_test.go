package documents_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/documents"
	"github.com/openlhcr/openlhcr/adapters/fhir/model"
)

const (
	pdf  = "%PDF-1.4 words"
	html = "  <!DOCTYPE HTML><html><body>Sorry</body></html>"
)

func TestWhatAListSaysOfADocument(t *testing.T) {
	for name, c := range map[string]struct {
		listed model.Attachment
		want   adapters.ListedDocument
	}{
		"all of it":            {model.Attachment{ContentType: "application/pdf", Size: "14", Hash: "abc"}, adapters.ListedDocument{MediaType: "application/pdf", Size: 14, Hash: "abc"}},
		"nothing":              {model.Attachment{}, adapters.ListedDocument{}},
		"a size of words":      {model.Attachment{Size: "large"}, adapters.ListedDocument{}},
		"a size below nothing": {model.Attachment{Size: "-1"}, adapters.ListedDocument{}},
		"the hash of nothing":  {model.Attachment{Size: "0", Hash: "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709"}, adapters.ListedDocument{}},
		"the same in base64":   {model.Attachment{Hash: "2jmj7l5rSw0yVb/vlWAYkK/YBwk="}, adapters.ListedDocument{}},
	} {
		if diff := cmp.Diff(c.want, documents.Expected(&c.listed)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
