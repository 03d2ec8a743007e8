// Package southwest is the adapter of the South West's shared care records: a patient index (IHE
// PIXm) that names a person's records, then FHIR R4. What is assumed of the region, region.yaml
// says.
package southwest

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// ID is the region's id.
const ID = "south-west"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return fhirsearch.Entry(source, fhirsearch.Adapter) }
