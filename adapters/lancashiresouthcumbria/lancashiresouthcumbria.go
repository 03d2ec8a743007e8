// Package lancashiresouthcumbria is the adapter of the Lancashire Person Record Exchange
// Service: documents by IHE XDS.b, the patient by PIX V3. What it assumes of the region,
// region.yaml says.
package lancashiresouthcumbria

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/ihe"
)

// ID is the region's id.
const ID = "lancashire-south-cumbria"

//go:embed region.yaml
var source []byte

// Entry is the region for a registry.
func Entry() adapters.Entry { return ihe.Entry(source) }
