package conformance

import (
	_ "github.com/openlhcr/openlhcr/adapters/sandbox/patients"
)
