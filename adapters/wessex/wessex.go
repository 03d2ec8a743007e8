// Package wessex is a name: Wessex stands for two shared care records that are not
// joined up, the Care and Health Information Exchange and the Dorset Care Record.
package wessex

import (
	_ "embed"

	"github.com/openlhcr/openlhcr/adapters"
	"github.com/openlhcr/openlhcr/adapters/definition"
)

// ID is the name's id.
const ID = "wessex"

//go:embed name.yaml
var source []byte

// Entry is the name for a registry. It makes no adapter.
func Entry() adapters.Entry { return definition.MustParseName(source).Entry() }
