// Package cheshiremerseyside is the adapter of Cheshire & Merseyside: the data of the Cheshire Care
// Record (Graphnet CareCentric) and the documents of Share2Care e-Xchange (IHE XCA). Each of the
// two has a definition of its own, and a deployment that is connected to the first alone gives no
// documents and says so.
package cheshiremerseyside

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/composite"
	"github.com/openlhcr/openlhcr/adapters/fhirsearch"
	"github.com/openlhcr/openlhcr/adapters/ihe"
)

// ID is the region's id.
const ID = "cheshire-merseyside"

//go:embed region.yaml
var data []byte

//go:embed documents.yaml
var documents []byte

// Entry is the region for a registry. The deployment's part "documents" is the second system.
func Entry() adapters.Entry {
	return composite.Entry(
		composite.Part{Entry: fhirsearch.Entry(data, fhirsearch.Adapter)},
		composite.Part{Name: "documents", Entry: ihe.Entry(documents)},
	)
}
