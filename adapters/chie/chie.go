// Package chie is the adapter of the Care and Health Information Exchange of Hampshire and the
// Isle of Wight: Graphnet CareCentric, with the password of a registered user. What the region
// never shares, region.yaml says.
package chie

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// ID is the region's id.
const ID = "chie"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return fhirsearch.Entry(source, fhirsearch.Adapter) }
