// Package thamesvalleysurrey is the adapter of the Thames Valley & Surrey Care Records: Graphnet
// CareCentric as its public specification has it, for the whole region.
package thamesvalleysurrey

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
)

// ID is the region's id.
const ID = "thames-valley-surrey"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return fhirsearch.Entry(source, fhirsearch.Adapter) }
