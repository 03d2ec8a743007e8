// Package london is the adapter of the shared care record of London: FHIR R4 with SMART backend services for data, and an IHE MHD registry for documents.
// Each of the two has a definition of its own, and a deployment that
// is connected to the first alone gives no documents and says so.
package london

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/composite"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// ID is the region's id.
const ID = "london"

//go:embed region.yaml
var data []byte

//go:embed documents.yaml
var documents []byte

// Entry is the region for a registry. The deployment's part "documents" is the second system.
func Entry() adapters.Entry {
	return composite.Entry(
		composite.Part{Entry: fhirsearch.Entry(data, fhirsearch.Adapter)},
		composite.Part{Name: "documents", Entry: fhirsearch.Entry(documents, fhirsearch.Adapter)},
	)
}
