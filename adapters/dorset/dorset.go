// Package dorset is the adapter of the Dorset Care Record: FHIR R4 over mutual TLS with
// OAuth2 client credentials. What it assumes of the region, region.yaml says.
package dorset

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// ID is the region's id.
const ID = "dorset"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return fhirsearch.Entry(source, fhirsearch.Adapter) }
