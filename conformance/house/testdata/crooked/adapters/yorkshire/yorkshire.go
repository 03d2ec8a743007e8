// Package yorkshire imports what tests alone may.
package yorkshire

import _ "github.com/openlhcr/openlhcr/adapters/adaptertest/lend"
