// Package greatnorth is the adapter of the Great North Care Record: FHIR R4 with SMART backend
// services. The region asks for the person's consent for each period of care, which the caller
// remembers and sends with each request; without one nobody is asked. What is assumed of the
// region, region.yaml says.
package greatnorth

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// ID is the region's id.
const ID = "great-north"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return fhirsearch.Entry(source, fhirsearch.Adapter) }
