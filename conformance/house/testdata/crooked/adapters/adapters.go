package adapters

import (
	_ "github.com/openlhcr/openlhcr/adapters/ihe"
)
