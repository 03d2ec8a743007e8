package sandbox

import (
	_ "github.com/openlhcr/openlhcr/adapters/ihe"
	_ "github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)
