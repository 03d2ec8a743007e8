// Package exampleshire is a region that speaks a protocol which a kit knows: all that is
// its own stands in region.yaml.
package exampleshire

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return fhirsearch.Entry(source, fhirsearch.Adapter) }
